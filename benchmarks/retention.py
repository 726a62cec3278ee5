"""How many records a run looks at and destroys per second, beside a bare DELETE of as many rows in the same run."""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from benchmarks.contact import fill
from benchmarks.served import founded
from wadjet import clock, consent, database, jose, policy, retention, vault
from wadjet.contact import models
from wadjet.contact.models import Row
from wadjet.settings import Settings, origin_of
from wadjet.settings import load as load_settings

SIZES = tuple(map(int, os.environ.get("SIZES", "1000 100000 1000000").split()))
BATCH = 500
_COPIED = "previous, site, event, version, language, proof, recorded_at, token, key"


def measure(size: int) -> None:
    """Print one size: the first look at all of it, a day on which nothing is due, the day on which all of it is."""
    with founded() as home:
        settings, now = load_settings(home, environ={}), clock.now()
        database.open_stores(settings)
        vault.start(settings, now=now)
        policy.reset()
        write(size, settings, now)
        bare = bare_delete(size)
        looked = cleaned(settings, now)
        quiet = cleaned(settings, now + timedelta(days=1))
        gone = cleaned(settings, now + timedelta(days=400))
        assert database.vault.read(lambda: database.vault.execute("SELECT count(*) FROM person").fetchone()[0]) == 0
        print(
            f"{size:9,} messages   bare DELETE {bare:9,.0f} rows/s   first look {size / looked:7,.0f}/s   "
            f"a quiet day {quiet:6.2f} s   destroyed {size / gone:7,.0f}/s   {size / gone / bare:.1%}",
            flush=True,
        )
        database.close_stores()


def a_receipt(settings: Settings, now: datetime) -> str:
    """The id of a real receipt of somebody who allowed an answer."""
    site = next(iter(settings.sites.values()))
    decided = {
        "id": jose.b64url(os.urandom(16)),
        "offer": consent.issue_offer(site, policy.current(now), settings=settings, now=now)[0],
        "event": "given",
        "purposes": {each.key: each.key == "feedback" for each in policy.current(now).asked("form")},
        "language": "kk",
        "at": clock.stamp(now),
    }
    origin, posted = origin_of(settings.base_url), consent.read_sent(decided)
    return consent.record(posted, origin=origin, commitment="sha-256:0", by_page=True, settings=settings, now=now).id


def write(size: int, settings: Settings, now: datetime) -> None:
    """That many messages by as many people, each with a receipt of its own; the receipts are copies of a real one."""
    real = a_receipt(settings, now)
    everybody = fill(settings, range(size), now)
    for start in range(0, size, BATCH):
        people = everybody[start : start + BATCH]
        receipts = [jose.b64url(os.urandom(16)) for _ in people]
        database.receipts.write(lambda receipts=receipts: copy(real, receipts))
        database.vault.write(lambda people=people, receipts=receipts: keep(people, receipts, now))


def copy(real: str, receipts: list[str]) -> None:
    statement = f"INSERT INTO receipt (id, chain, {_COPIED}) SELECT ?, ?, {_COPIED} FROM receipt WHERE id = ?"
    for each in receipts:
        database.receipts.execute(statement, each, each, real)


def keep(people: list[str], receipts: list[str], now: datetime) -> None:
    sealers = vault.unlock_all(people)
    for person, receipt in zip(people, receipts, strict=True):
        sealer = sealers[person]
        plain = dict.fromkeys(models.SEALED, "Сәлеметсіз бе! Кеңсеңіз қашан ашық?") | {"receipt": receipt}
        sealed = {name: sealer.seal("contact_message", name, text) for name, text in plain.items()}
        row = Row(vault.new_id(), person, "received", "kk", clock.stamp(now), sealed)
        models.insert(row, vault.index("receipt", receipt))


def bare_delete(size: int) -> float:
    """Rows a second of a DELETE by id, as many to a commit, from a copy of the table in the same file."""
    execute = database.vault.execute
    database.vault.write(lambda: execute("CREATE TABLE bare AS SELECT * FROM contact_message"))
    database.vault.write(lambda: execute("CREATE UNIQUE INDEX bare_id ON bare (id)"))
    ids = [row[0] for row in database.vault.read(lambda: execute("SELECT id FROM bare").fetchall())]

    def delete(batch: list[str]) -> None:
        for each in batch:
            execute("DELETE FROM bare WHERE id = ?", each)

    def work() -> None:
        for start in range(0, size, BATCH):
            database.vault.write(lambda start=start: delete(ids[start : start + BATCH]))

    took = seconds(work)
    database.vault.write(lambda: execute("DROP TABLE bare"))
    return size / took


def cleaned(settings: Settings, now: datetime) -> float:
    """The seconds of a whole run."""
    return seconds(lambda: sum(1 for _ in retention.run(settings, now, is_applying=True)))


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def run() -> None:
    for size in SIZES:
        measure(size)


if __name__ == "__main__":
    run()
