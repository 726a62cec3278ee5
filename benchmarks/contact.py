"""Messages acknowledged durably per second beside receipts; looking people up; destroying them."""

import json
import os
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from benchmarks import load
from benchmarks.receipts import ORIGIN, decisions
from benchmarks.served import Served, founded, serving
from tests.visitor import Visitor, new_id
from tests.writer import solve_at_once
from wadjet import clock, database, vault
from wadjet.settings import Settings
from wadjet.settings import load as load_settings
from wadjet.vault import crypto, models, person_keys
from wadjet.vault import service as vault_service
from wadjet.vault.masters import Masters

CLIENTS, SECONDS = (1, 16, 64), 3.0
SIZES = tuple(map(int, os.environ.get("SIZES", "1000 100000 1000000").split()))
DESTROYED = int(os.environ.get("DESTROYED", "10000"))
CHUNK, COMMITTED = 500, 50_000  # people: sealed by a process at a time, stored by one commit
CASE = "case 1"


def messages(served: Served, home: Path, count: int) -> list[bytes]:
    """That many messages by as many people, ready to be sent; their work is done with the server's own secret."""
    settings = load_settings(home, environ={})
    offer = json.loads(served.ask("/api/v1/offer"))
    asked = [each["key"] for each in offer["purposes"] if each["asked"] == "form"]
    decision = {
        "offer": offer["token"],
        "event": "given",
        "purposes": {key: key == "feedback" for key in asked},
        "language": offer["language"],
        "at": "2026-11-24T06:14:48Z",
        "previous": None,
    }
    made = []
    for number in range(count):
        body = {
            "decision": Visitor(None).sign(decision | {"id": new_id()}),
            "last_name": "Қасымова",
            "first_name": "Әйгерім",
            "email": f"{new_id().lower().strip('-_')}{number}@example.kz",
            "message": "Сәлеметсіз бе! Кеңсеңіз қашан ашық?",
            "challenge": solve_at_once(settings),
        }
        made.append(load.post("/api/v1/contact", json.dumps(body).encode(), "application/json", Origin=ORIGIN))
    return made


def rates() -> None:
    """Print the table of messages beside receipts."""
    with founded() as home, serving("wadjet.app:create_app", home, WADJET_RATE_LIMIT="900000 per second") as real:
        for clients in CLIENTS:
            sent, beside = messages(real, home, int(SECONDS * 500)), decisions(real, int(SECONDS * 2500))
            receipts = load.run(real.port, beside, clients, SECONDS)
            ours = load.run(real.port, sent, clients, SECONDS)
            print(f"{clients:3d} clients   receipts {receipts}")
            print(f"              messages {ours}   {ours.rate / receipts.rate:.0%}", flush=True)


def people() -> None:
    """Print how long looking up takes beside ever more people, and destroying ten thousand."""
    now = clock.now()
    with founded() as home:
        settings = load_settings(home, environ={})
        database.open_stores(settings)
        vault.start(settings, now=now)
        taken: list[str] = []
        first = 0.0
        for size in SIZES:
            started = time.perf_counter()
            taken += fill(settings, range(len(taken), size), now)
            filled = time.perf_counter() - started
            median = look_up(size)
            first = first or median
            told = f"look-up by e-mail {median * 1e6:6.0f} µs   {median / first:.1f} x"
            print(f"{size:9,} people   {told}   filled in {filled:.0f} s", flush=True)
        started = time.perf_counter()
        for done in vault.destroy_all(taken[:DESTROYED], reason=CASE, now=now):
            print(f"\rdestroyed {done:,}", end="", flush=True)
        print(f"\rdestroying {DESTROYED:,} people: {time.perf_counter() - started:.1f} s")
        database.close_stores()


def card(number: int) -> vault.Card:
    return vault.Card("Қасымова", "Әйгерім", phone=f"+7701{number:07}", email=f"a{number}@example.kz")


class Taken(NamedTuple):
    """A person as stored: key and look-ups in the one file, the sealed card in the other."""

    key: models.Key
    lookups: models.Lookups
    sealed: list[bytes]


def fill(settings: Settings, numbers: range, now: datetime) -> list[str]:
    """Take people in as the vault stores them: every key wrapped, every field sealed, every act in the journal.

    One after another takes half a millisecond each. So all cores seal; and as the order of the look-ups is random, each
    commit rewrites most of their pages: it holds many, and they stay in memory meanwhile.
    """
    for store in (database.person_keys, database.vault):
        store.write(partial(store.execute, "PRAGMA cache_size = -1000000"))  # of the connection that writes, alone
    chunks = [numbers[at : at + CHUNK] for at in range(0, len(numbers), CHUNK)]
    taken: list[str] = []
    with ProcessPoolExecutor(os.cpu_count(), initializer=begin, initargs=(settings, person_keys.index_key())) as pool:
        sealed = pool.map(seal, chunks)
        while some := list(chain.from_iterable(islice(sealed, COMMITTED // CHUNK))):
            database.person_keys.write(partial(keep_keys, some))
            database.vault.write(partial(keep_cards, some, now))
            taken += (each.key.person for each in some)
    for person, number in zip(taken[:20], numbers, strict=False):
        assert database.vault.read(partial(vault.card, person)) == card(number)
    return taken


def begin(settings: Settings, index_key: bytes) -> None:
    """A process that seals: it has the keys of this home, and opens none of its stores."""
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    person_keys._bound = person_keys._Bound(Masters(settings), index_key)


def seal(numbers: range) -> list[Taken]:
    """Some people, each under a key of their own."""
    master, made = person_keys.masters().newest(), []
    for each in map(card, numbers):
        person, key = person_keys.new_id(), crypto.new_key()
        wrapped = crypto.seal(master.key, key, "wrap", person, master.id)
        sealed = vault_service._sealed(vault.Sealer(person, key), each)
        made.append(Taken(models.Key(person, master.id, wrapped), vault_service._lookups(each), sealed))
    return made


def keep_keys(people: list[Taken]) -> None:
    for each in people:
        models.insert_key(each.key, each.lookups, pending=None)


def keep_cards(people: list[Taken], now: datetime) -> None:
    day = clock.local_date(now)
    for each in people:
        models.insert(each.key.person, day.isoformat(), each.sealed)
        vault_service._note("collect", "taken-in", each.key.person, clock.start_of(day))


def look_up(size: int) -> float:
    """The median of a thousand look-ups of people anywhere among them, in seconds; of five rounds the best."""
    return min(median_of(range(at, at + 1000), size) for at in range(0, 5000, 1000))


def median_of(numbers: range, size: int) -> float:
    took = []
    for number in numbers:
        address = f"a{number * 7919 % size}@example.kz"
        started = time.perf_counter()
        assert database.vault.read(lambda address=address: vault.find(email=address))
        took.append(time.perf_counter() - started)
    return sorted(took)[len(took) // 2]


def run() -> None:
    rates()
    people()


if __name__ == "__main__":
    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    run()
