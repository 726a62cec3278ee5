"""Many people who write at once, retry as the form does, and remember every receipt they were given."""

import json
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.faults.crowd import PAUSE_SECONDS, working
from tests.faults.serving import Answer, Cut, Server, Wire, at_home
from tests.visitor import ORIGIN, new_id, payload
from tests.writer import Writer, solve_at_once
from wadjet import clock, consent, contact, database, jose, vault
from wadjet.contact import service
from wadjet.settings import Settings

LEAVING = 0.5  # how many of those who were not answered close the page


@dataclass
class Sent:
    """A message on its way: the body as posted, and how often it was."""

    body: dict[str, Any]
    tries: int = 0

    @property
    def id(self) -> str:
        return str(json.loads(jose.read_compact(self.body["decision"]).payload)["id"])


@dataclass
class Correspondence:
    """`clients` of one server; each writes as ever other people, and now and then as one who wrote before."""

    server: Server
    settings: Settings
    clients: int = 4
    told: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)  # body and receipt, by id
    refused: Counter[str] = field(default_factory=Counter)  # by slug
    odd: list[str] = field(default_factory=list)  # answers that nobody should ever get
    broken: int = 0  # requests without an answer

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._members = [_Member(self) for _ in range(self.clients)]
        self.stopping = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """They write for as long as the block lasts."""
        with working([member.work for member in self._members], self.stopping):
            yield

    def settle(self, seconds: float = 20) -> None:
        """Whatever was left without an answer is posted again, until it has one; or its writer has left for good.

        Who left is somebody else by then, and writes.
        """
        until = time.monotonic() + seconds
        for member in self._members:
            if random.random() < LEAVING:
                member.pending = None
            member.step()
            while member.pending:
                member.step()
                assert time.monotonic() < until, "a message that was posted is not taken"
            member.wire.close()

    def hear(self, sent: Sent, answer: Answer) -> bool:
        """Note an answer; whether the message is dealt with."""
        with self._lock:
            if answer.status_code in (200, 201):
                self._believe(sent, answer)
                return True
            self.refused[answer.slug] += 1
            if answer.slug == "challenge-invalid" and sent.tries > 1:  # its first try used it up
                sent.body["challenge"] = solve_at_once(self.settings)
            elif answer.slug != "unavailable":
                self.odd.append(f"{answer.status_code} {answer.text[:300]}")
                return True
            return False

    def miss(self) -> None:
        """An answer that never came."""
        with self._lock:
            self.broken += 1

    def _believe(self, sent: Sent, answer: Answer) -> None:
        _, receipt = self.told.setdefault(answer.json["id"], (sent.body, answer.json["receipt"]))
        if answer.json["id"] != sent.id or receipt != answer.json["receipt"]:
            self.odd.append(f"{sent.id} was answered with another receipt: {answer.text[:300]}")
        if answer.status_code == 200 and sent.tries == 1:
            self.odd.append(f"{sent.id} was there before it was posted")


class _Member:
    """One client: writes, and posts the same again until it hears what became of it."""

    def __init__(self, all_of_them: Correspondence) -> None:
        self.all = all_of_them
        self.wire: Wire = all_of_them.server.wire()
        self.template: dict[str, Any] = {}
        self.card: dict[str, str] = {}
        self.number = 0
        self.pending: Sent | None = None

    def work(self) -> None:
        while not self.all.stopping.is_set():
            self.step()
        self.wire.close()

    def step(self) -> None:
        """One message, or one more try of the last."""
        try:
            sent = self.pending = self.pending or self._compose()
            sent.tries += 1
            body = json.dumps(sent.body).encode()
            headers = {"Origin": ORIGIN}
            answer = self.wire.post("/api/v1/contact", data=body, headers=headers, content_type="application/json")
        except Cut:
            self.all.miss()
            time.sleep(PAUSE_SECONDS)
            return
        if self.all.hear(sent, answer):
            self.pending = None
        else:
            time.sleep(PAUSE_SECONDS)

    def _compose(self) -> Sent:
        fresh = Writer(self.wire)
        self.template = self.template or fresh.form_decision()
        self.number += 1
        if not self.card or self.number % 5:
            address = f"{new_id().lower().replace('_', '.').strip('-.').replace('..', '.')}@example.kz"
            self.card = {"last_name": "Қасымова", "first_name": "Әйгерім", "email": address}
        decision = fresh.sign(self.template | {"id": new_id()})
        message = f"{self.number}: {new_id()}"
        challenge = solve_at_once(self.all.settings)
        return Sent({**self.card, "message": message, "decision": decision, "challenge": challenge})


def check(settings: Settings, told: dict[str, tuple[dict[str, Any], str]]) -> None:
    """After a repair: every message told is there once, with its receipt, its person, its letters; and nothing else is.

    The home is nobody else's by now.
    """
    with at_home(settings):
        vault.start(settings, now=clock.now())
        contact.repair(settings=settings, now=clock.now() + 2 * service._ABANDONED)
        messages = [contact.read(each["id"], by="tests", now=clock.now()) for each in contact.listing()]
        receipts = dict(_rows(database.receipts, "SELECT id, token FROM receipt"))
        states = Counter(state for (state,) in _rows(database.vault, "SELECT state FROM contact_message"))
        letters = Counter(_rows(database.vault, "SELECT about, kind FROM outgoing"))
        people = {person for (person,) in _rows(database.vault, "SELECT id FROM person")}

    by_receipt = {each.receipt: each for each in messages}
    assert states == {"received": len(messages)}
    assert len(by_receipt) == len(messages)
    assert by_receipt.keys() == receipts.keys()  # every receipt here is a form's, told or not
    assert told.keys() <= by_receipt.keys()
    for receipt_id, message in by_receipt.items():
        committed = payload(receipts[receipt_id])["dpv:hasRecordOfActivity"][0]["dpv:hasDataSubject"]["commitment"]
        assert committed == consent.commit(service.opening(message))
    for receipt_id, (body, receipt) in told.items():
        assert receipts[receipt_id] == receipt
        assert by_receipt[receipt_id].written.items() <= body.items()
    assert letters == {(each.id, kind): 1 for each in messages for kind in service._LETTERS}
    assert people == {each.person for each in messages}
    assert len(people) == len({each.written["email"] for each in messages})


def _rows(store: database.Store, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in store.read(lambda: store.execute(sql).fetchall())]


def table_sizes(settings: Settings) -> dict[str, int]:
    """How many rows each table of a home on SQLite has, by `store.table`."""
    found = {}
    for store, url in zip(database.STORES, database.addresses(settings), strict=True):
        with closing(sqlite3.connect(settings.home / url)) as file:
            names = file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
            for (name,) in names:
                found[f"{store.name}.{name}"] = file.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    return found
