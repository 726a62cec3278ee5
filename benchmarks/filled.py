"""A home in which many have written, demanded and decided: rows as they are stored, put in past the rooms' verbs.

A verb takes half a millisecond a row and more, and a million of each are wanted. The keys are real and everything is
sealed under them, but a few hundred people have written it all, and each says the same every time; receipts are copies
of a real one under ids and times of their own.
"""

import os
import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks import contact, retention
from wadjet import clock, database, rights, vault
from wadjet.contact import models
from wadjet.ledger.journal import _CANONICAL
from wadjet.rights.intake import TABLE
from wadjet.settings import Settings

FEW, MANY = 40, 460  # people with five messages and demands each, and those who have written all the others
OPEN, OVERDUE = 120, 60  # demands that wait, and those of them whose day is over; the rest are done
WAITING, UNCONFIRMED = 60, 3  # messages
RECEIPT_DAYS = 10  # over which the receipts lie
SPAN = timedelta(days=900)  # over which all else does
SAMPLE = 1000  # of each kind, whose pages are asked for
_SAID = "Сәлеметсіз бе! Кеңсеңіз қашан ашық?"
_COPIED = "previous, site, event, version, language, proof, token, key"
_COPY = f"INSERT INTO receipt (id, chain, recorded_at, {_COPIED}) SELECT ?, ?, ?, {_COPIED} FROM receipt WHERE id = ?"
_JOURNAL = "INSERT INTO journal_entry (about, entry) VALUES (?, ?)"


@dataclass(frozen=True)
class Filled:
    """Whose pages are asked for.

    messages, requests  (time, id) of some of them, in the order of time: of messages received, of requests ended
    people              those with five of each; receipt_day: the local day whose receipts are read
    """

    messages: list[tuple[str, str]]
    requests: list[tuple[str, str]]
    people: list[str]
    receipt_day: str


@dataclass(frozen=True)
class _Writer:
    """Who wrote, and what of theirs is sealed."""

    person: str
    sealer: vault.Sealer
    message: list[bytes]
    demand: bytes


def fill(settings: Settings, size: int, now: datetime) -> Filled:
    """That many messages, demands and receipts, each with a row of a journal. The stores are open, and closed after."""
    people = contact.fill(settings, range(FEW + MANY), now)
    real = retention.a_receipt(settings, now)
    sealers = database.vault.read(lambda: vault.unlock_all(people))
    writers = [_writer(person, sealers[person]) for person in people]
    database.close_stores()
    receipts = [vault.new_id() for _ in range(size)]
    messages, requests = ([vault.new_id() for _ in range(size)] for _ in range(2))
    times = _times(size, now)
    with _raw(settings, "receipts") as store:
        store.executemany(_COPY, _receipts(receipts, real, now))
        store.executemany(_JOURNAL, _acts("record", "consent:decision:given", receipts, sorted(times)))
    with _raw(settings, "vault") as store:
        _insert(store, "contact_message", _messages(writers, messages, receipts, times, now))
        _insert(store, "rights_request", _requests(writers, requests, times, now))
        _insert(store, "request_subject", _subjects(writers, requests, times))
        store.executemany(_JOURNAL, _acts("collect", "contact:message:kept", messages, sorted(times)))
        store.executemany(_JOURNAL, _acts("record", "rights:request:received", requests, sorted(times)))
    return Filled(
        _some(zip(times[UNCONFIRMED:], messages[UNCONFIRMED:], strict=True)),
        _some(zip(times[OPEN:], requests[OPEN:], strict=True)),
        people[:FEW],
        (clock.local_date(now) - timedelta(days=RECEIPT_DAYS // 2)).isoformat(),
    )


def _writer(person: str, sealer: vault.Sealer) -> _Writer:
    names = [name for name in models.SEALED if name not in ("receipt", "patronymic")]
    words = [sealer.seal("contact_message", name, _SAID) for name in names]
    return _Writer(person, sealer, words, sealer.seal(TABLE, "said", '{"text": "%s"}' % (_SAID * 3)))


def _of(writers: list[_Writer], number: int) -> _Writer:
    few = number // 5
    return writers[few] if few < FEW else writers[FEW + number % MANY]


def _times(size: int, now: datetime) -> list[str]:
    """When each came: in no order, so that neighbours in time lie apart."""
    step = SPAN / size
    times = [clock.stamp(now - timedelta(days=1) - step * number) for number in range(size)]
    random.Random(5).shuffle(times)
    return times


def _some(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    found = list(rows)
    return sorted(random.Random(5).sample(found, min(SAMPLE, len(found))))


class _Raw(closing[sqlite3.Connection]):
    """A file of the home without journal or waiting for the disk, until all is in it."""

    def __enter__(self) -> sqlite3.Connection:
        store = super().__enter__()
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000"):
            store.execute(f"PRAGMA {pragma}")
        store.execute("BEGIN IMMEDIATE")
        return store

    def __exit__(self, *raised: object) -> None:
        self.thing.execute("COMMIT")  # type: ignore[attr-defined]
        self.thing.execute("PRAGMA journal_mode = WAL")  # type: ignore[attr-defined]
        super().__exit__(*raised)


def _raw(settings: Settings, name: str) -> _Raw:
    return _Raw(sqlite3.connect(settings.home / f"{name}.sqlite3", isolation_level=None))


def _insert(store: sqlite3.Connection, table: str, rows: Iterator[dict[str, object]]) -> None:
    first = next(rows)
    names = ", ".join(first)
    statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(first))})"
    store.execute(statement, (*first.values(),))
    store.executemany(statement, ((*row.values(),) for row in rows))


def _receipts(ids: list[str], real: str, now: datetime) -> Iterator[tuple[str, ...]]:
    step = timedelta(days=RECEIPT_DAYS) / len(ids)
    for number, each in enumerate(ids, 1):
        yield each, each, clock.stamp(now - step * (len(ids) - number)), real


def _acts(act: str, event: str, ids: list[str], times: list[str]) -> Iterator[tuple[str, bytes]]:
    """A row for each; one of a thousand is of one of the staff."""
    for number, (each, at) in enumerate(zip(ids, times, strict=True)):
        by = {"by": "staff-7"} if number % 1000 == 1 else {}
        yield each, _CANONICAL.encode({"act": act, "at": at, "event": event, **by}).encode()


def _messages(
    writers: list[_Writer], ids: list[str], receipts: list[str], times: list[str], now: datetime
) -> Iterator[dict[str, object]]:
    day = clock.local_date(now)
    states = ("closed", "answered", "reduced")
    given = [name for name in models.SEALED if name not in ("receipt", "patronymic")]
    for number, (each, at) in enumerate(zip(ids, times, strict=True)):
        writer = _of(writers, number)
        state = states[number % 3]
        if number < UNCONFIRMED + WAITING:
            state = "unconfirmed" if number < UNCONFIRMED else "received"
        yield {
            "id": each,
            "person": writer.person,
            "state": state,
            "language": "kk",
            "received_at": at,
            "receipt": writer.sealer.seal("contact_message", "receipt", receipts[number]),
            **dict(zip(given, writer.message, strict=True)),
            "receipt_index": os.urandom(32),
            "look_on": (day + timedelta(days=number % 365)).isoformat(),
        }


def _subjects(writers: list[_Writer], ids: list[str], times: list[str]) -> Iterator[dict[str, object]]:
    for number, (each, at) in enumerate(zip(ids, times, strict=True)):
        person = _of(writers, number).person
        done = {} if number < OPEN else {"proof": "staff", "proven_at": at, "done_at": at}
        unproven = dict.fromkeys(("link", "mailed_at", "proof", "proven_at", "done_at"), "")
        yield {"request": each, "person": person, **unproven, **done}


def _requests(writers: list[_Writer], ids: list[str], times: list[str], now: datetime) -> Iterator[dict[str, object]]:
    kinds, day = list(rights.KINDS.values()), clock.local_date(now)
    for number, (each, at) in enumerate(zip(ids, times, strict=True)):
        kind, writer, is_open = kinds[number % len(kinds)], _of(writers, number), number < OPEN
        yield {
            "id": each,
            "person": writer.person,
            "kind": kind.name,
            "state": ("new", "taken")[number % 2] if is_open else ("fulfilled", "refused")[number % 2],
            "channel": rights.CHANNELS[number % 4],
            "received_at": at,
            "deadline": kind.deadline,
            "due_on": (day + timedelta(days=number - OVERDUE)).isoformat() if is_open else at[:10],
            "language": "kk",
            "is_automatic": 0,
            "taken_by": "" if is_open and number % 2 == 0 else f"staff-{number % 5 + 1}",
            "ground": "",
            "ended_at": "" if is_open else at,
            "told": "late" if is_open else "",
            "said": writer.demand,
            "answer": None if is_open else writer.demand,
        }
