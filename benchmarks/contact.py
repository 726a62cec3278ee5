"""Messages acknowledged durably per second beside receipts; looking people up; destroying them."""

import base64
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import altcha

from benchmarks import load
from benchmarks.receipts import ORIGIN, decisions
from benchmarks.served import Served, founded, serving
from tests.visitor import Visitor, new_id
from wadjet import clock, database, vault
from wadjet.contact import challenge, service
from wadjet.settings import Settings
from wadjet.settings import load as load_settings

CLIENTS, SECONDS = (1, 16, 64), 3.0
SIZES = tuple(map(int, os.environ.get("SIZES", "1000 100000 1000000").split()))
DESTROYED = int(os.environ.get("DESTROYED", "10000"))
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
            "challenge": solved(settings),
        }
        made.append(load.post("/api/v1/contact", json.dumps(body).encode(), "application/json", Origin=ORIGIN))
    return made


def solved(settings: Settings) -> str:
    """A challenge of the server's whose first try is the right one: a thousand visitors' patience is not measured."""
    asked = altcha.create_challenge(
        challenge.ALGORITHM,
        challenge.COST,
        memory_cost=challenge.BLOCK,
        parallelism=1,
        counter=0,
        expires_at=clock.now() + timedelta(minutes=10),
        hmac_secret=service._secret(settings),
    )
    solution = altcha.solve_challenge(asked)
    assert solution
    return base64.b64encode(json.dumps(altcha.Payload(asked, solution).to_dict()).encode()).decode()


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
            while len(taken) < size:
                cards = [card(number) for number in range(len(taken), min(size, len(taken) + 1000))]
                taken += fill(cards, now)
            median = look_up(size)
            first = first or median
            print(f"{size:9,} people   look-up by e-mail {median * 1e6:6.0f} µs   {median / first:.1f} x", flush=True)
        started = time.perf_counter()
        for done in vault.destroy_all(taken[:DESTROYED], reason=CASE, now=now):
            print(f"\rdestroyed {done:,}", end="", flush=True)
        print(f"\rdestroying {DESTROYED:,} people: {time.perf_counter() - started:.1f} s")
        database.close_stores()


def card(number: int) -> vault.Card:
    return vault.Card("Қасымова", "Әйгерім", phone=f"+7701{number:07}", email=f"a{number}@example.kz")


def fill(cards: list[vault.Card], now: datetime) -> list[str]:
    """Take them in, a thousand to a commit."""
    with ThreadPoolExecutor(64) as pool:  # those who wait at once share a commit
        expected = list(pool.map(partial(vault.expect, now=now), cards))
    return database.vault.write(
        lambda: [vault.take_in(each, now=now, expected=person) for each, person in zip(cards, expected, strict=True)]
    )


def look_up(size: int) -> float:
    """The median of two thousand look-ups of people anywhere among them, in seconds."""
    took = []
    for number in range(2000):
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
