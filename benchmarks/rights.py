"""Demands among ever more of them: what is due is found, a person's copy gathered, a full mailbox taken in."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.contact import fill
from benchmarks.served import founded
from tests.rights.desk import Desk, people_of
from wadjet import clock, database, deadlines, ledger, mail, rights, vault
from wadjet.mail.sources import Maildir
from wadjet.rights import copy, models, register
from wadjet.rights.intake import TABLE
from wadjet.rights.kinds import KINDS
from wadjet.settings import load as load_settings

SIZES = tuple(map(int, os.environ.get("SIZES", "1000 100000 1000000").split()))
MESSAGES = int(os.environ.get("MESSAGES", "10000"))
COMMITTED, ROUNDS = 50_000, 20
OPEN, WRITERS = 50, 500  # open demands among all of them, some of them due; people whose demands they are
SAMPLE = 20  # people who wrote, asked, and get their copies, at each size
MARKS = ("Дербес деректерді жаңарту", "Отзыв согласия на обработку персональных данных", "Сәлеметсіз бе", "Hello")


@contextmanager
def opened() -> Iterator[Desk]:
    """A home of its own, and a desk in it."""
    with founded() as home:
        settings = load_settings(home, environ={})
        database.open_stores(settings)
        vault.start(settings, now=clock.now())
        try:
            yield Desk(settings, clock.now)
        finally:
            database.close_stores()


def median(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """In milliseconds, after one round that nobody counts."""
    took = []
    work()
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    return sorted(took)[len(took) // 2]


def due() -> None:
    """Print how long the minute's look for what is due takes, and the first page of each list."""
    with opened() as desk:
        writers, first = [], 0.0
        for number in range(WRITERS):
            card = vault.Card("", "", email=f"w{number}@example.kz")
            writers.append(database.vault.write(partial(vault.take_in, card, now=desk.now)))
        stored = 0
        for size in SIZES:
            started = time.perf_counter()
            demand(desk, writers, range(stored, size))
            filled, stored = time.perf_counter() - started, size
            rights.watch(desk.settings, desk.now)  # tells the news, once
            look = median(lambda: rights.watch(desk.settings, clock.now()))
            open_ones = median(lambda: list(rights.listing(now=clock.now(), is_open=True)))
            page = median(lambda: list(islice(register.rows(), 500)))
            first = first or look
            print(
                f"{size:9,} demands  what is due {look:6.2f} ms  {look / first:4.1f} x   "
                f"the open ones {open_ones:6.2f} ms   first page of R6 {page:6.2f} ms   filled in {filled:.0f} s",
                flush=True,
            )


def demand(desk: Desk, writers: list[str], numbers: range) -> None:
    """Demands as they are stored, answered but for the first OPEN, whose days are near."""
    kinds, now = list(KINDS.values()), desk.now
    sealers = database.vault.read(partial(vault.unlock_all, writers))
    for start in range(numbers.start, numbers.stop, COMMITTED):
        some = range(start, min(start + COMMITTED, numbers.stop))
        rows = []
        for number in some:
            kind, person = kinds[number % len(kinds)], writers[number % len(writers)]
            received_at = now - timedelta(days=number % 1000 if number >= OPEN else number % 5)
            said = sealers[person].seal(TABLE, "said", '{"text": "%s"}' % ("Сәлеметсіз бе! " * 10))
            is_open = number < OPEN
            rows.append(
                models.Row(
                    id=vault.new_id(),
                    person=person,
                    kind=kind.name,
                    state="new" if is_open else "fulfilled",
                    channel="form",
                    received_at=clock.stamp(received_at),
                    deadline=kind.deadline,
                    due_on=deadlines.due_on(kind.deadline, received_at).isoformat(),
                    language="kk",
                    is_automatic=0,
                    taken_by="" if is_open else "dana",
                    ground="",
                    ended_at="" if is_open else clock.stamp(received_at),
                    told="",
                    said=said,
                    answer=None if is_open else said,
                )
            )
        database.vault.write(lambda rows=rows: [models.insert(row) for row in rows])


def copies() -> None:
    """Print how long it takes to gather one person's copy among ever more people."""
    with opened() as desk:
        taken, sample, first = 0, [], 0.0
        for size in SIZES:
            started = time.perf_counter()
            people = fill(desk.settings, range(taken, size), desk.now)
            journal(people, desk.now)
            filled, taken = time.perf_counter() - started, size
            sample += [asked(desk) for _ in range(SAMPLE)]
            gather = partial(copy.gather, language="kk", settings=desk.settings, now=desk.now)
            took = sorted(median(partial(gather, person), 5) for person in sample)[len(sample) // 2]
            first = first or took
            told = f"a person's copy {took:6.2f} ms  {took / first:4.1f} x"
            print(f"{size:9,} people   {told}   filled in {filled:.0f} s", flush=True)


def journal(people: list[str], now: datetime) -> None:
    """As many rows in the journal of consents."""

    def note(some: list[str]) -> None:
        for _ in some:
            ledger.append("record", "consent:decision:given", about=secrets.token_urlsafe(16), at=now, version=1)

    for start in range(0, len(people), COMMITTED):
        database.receipts.write(partial(note, people[start : start + COMMITTED]))


def asked(desk: Desk) -> str:
    """Somebody who wrote, asked for their copy and proved it; their id."""
    address = f"{secrets.token_hex(8)}@example.kz"
    desk.write(
        {"last_name": "Ахметова", "first_name": "Сәуле", "phone": "+77011234567", "email": address, "message": "Қалай?"}
    )
    request = desk.ask("information", address)
    desk.prove(request)
    desk.fulfil(request)
    (person,) = people_of(address)
    return person


def ingesting() -> None:
    """Print how many messages a second become demands, from a Maildir."""
    with opened() as desk:
        folder = deliver(desk.settings.home / "in")
        with Maildir(folder) as mailbox:
            started = time.perf_counter()
            done = mail.ingest(mailbox.waiting(), desk.settings)
            took = time.perf_counter() - started
            assert done == mail.Taken(taken=MESSAGES), done
            again = median(lambda: list(mailbox.waiting()), 3)
        assert len(list(rights.listing(now=clock.now()))) == MESSAGES
        print(f"{MESSAGES:9,} messages {MESSAGES / took:6.0f}/s   looking once more {again:.0f} ms", flush=True)


def deliver(folder: Path) -> Path:
    """A mailbox in which that many people have written."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    for number in range(MESSAGES):
        letter = EmailMessage()
        letter["From"], letter["To"] = f"Сәуле Ахметова <a{number}@example.kz>", "office@wadjet.kz"
        letter["Subject"], letter["Message-ID"] = MARKS[number % len(MARKS)], f"<{number}@example.kz>"
        letter.set_content("Сәлеметсіз бе!\n\n" + "Телефоным өзгерді, жаңасы осы хатта. " * 20)
        (folder / "new" / f"{int(time.time())}.{number:06}.host").write_bytes(letter.as_bytes())
    return folder


def run() -> None:
    due()
    copies()
    ingesting()


if __name__ == "__main__":
    run()
