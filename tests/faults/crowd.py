"""Many clients who post at once, retry as the widget does, and remember every word they were given."""

import json
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.serving import Answer, Cut, Server, Wire
from tests.visitor import Visitor, new_id, payload

PAUSE_SECONDS = 0.02  # before the next try, when something went wrong


@contextmanager
def working(members: Iterable[Callable[[], None]], stopping: threading.Event) -> Iterator[None]:
    """Each member works in a thread of its own for as long as the block lasts; then `stopping` is set."""
    stopping.clear()
    threads = [threading.Thread(target=work) for work in members]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


@dataclass
class Sent:
    """A decision on its way. `body`: as posted, signed or not; `tries`: how often it was posted."""

    visitor: Visitor
    decision: dict[str, Any]
    body: str | dict[str, Any]
    tries: int = 0


@dataclass
class Told:
    """A receipt as it was acknowledged."""

    sent: Sent
    receipt: str


@dataclass
class Crowd:
    """`clients` of one server. `withdrawing`: how often, from 0 to 1, the next decision ends an earlier one."""

    server: Server
    clients: int = 8
    withdrawing: float = 0.0
    told: dict[str, Told] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)  # by slug
    odd: list[str] = field(default_factory=list)  # answers that nobody should ever get
    slowest: float = 0.0
    broken: int = 0  # requests without an answer

    def __post_init__(self) -> None:
        self._members = [_Member(self) for _ in range(self.clients)]
        self._lock = threading.Lock()
        self.stopping = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """They post for as long as the block lasts."""
        with working([member.work for member in self._members], self.stopping):
            yield

    def settle(self, seconds: float = 10) -> None:
        """Whatever was left without an answer is posted again, until it has one."""
        until = time.monotonic() + seconds
        for member in self._members:
            while member.pending:
                member.step()
                assert time.monotonic() < until, "a decision that was posted is not taken"
            member.wire.close()

    def wait_for_receipts(self, seconds: float) -> None:
        """Until every client was told something new."""
        before, until = len(self.told), time.monotonic() + seconds
        while len(self.told) < before + self.clients:
            assert time.monotonic() < until, f"nothing is recorded within {seconds} s"
            time.sleep(0.02)

    def hear(self, sent: Sent, answer: Answer) -> bool:
        """Note an answer; whether the decision is dealt with."""
        with self._lock:
            self.slowest = max(self.slowest, answer.seconds)
            if answer.status_code in (200, 201):
                self._believe(sent, answer)
                return True
            if answer.headers["Content-Type"] != "application/problem+json" or answer.status_code in (400, 403, 500):
                self.odd.append(f"{answer.status_code} {answer.text[:300]}")
                return True
            self.refused[answer.slug] += 1
            if answer.slug == "policy-superseded" and answer.json["offer"]["policy"]["version"] <= decided_on(sent):
                self.odd.append(f"the offer to decide on instead is no newer: {answer.text[:300]}")
            if answer.slug == "unavailable" and not 1 <= int(answer.headers["Retry-After"] or 0) <= 2:
                self.odd.append(f"Retry-After: {answer.headers['Retry-After']}")
            return answer.slug != "unavailable"

    def _believe(self, sent: Sent, answer: Answer) -> None:
        receipt_id, receipt = answer.json["id"], answer.json["receipt"]
        known = self.told.setdefault(receipt_id, Told(sent, receipt))
        if receipt_id != sent.decision["id"] or known.receipt != receipt:
            self.odd.append(f"{sent.decision['id']} was answered with another receipt: {answer.text[:300]}")
        if answer.status_code == 200 and sent.tries == 1:
            self.odd.append(f"{receipt_id} was there before it was posted")

    def check_read_back(self, ids: list[str] | None = None, *, within: float = 0) -> None:
        """Every receipt (or these) is answered byte for byte, with the standing that follows from what was told.

        within  seconds for which 503 is still taken for an answer
        """
        until = time.monotonic() + within
        ended = {told.sent.decision["previous"] for told in self.told.values()}
        with self.server.wire() as wire:
            for receipt_id in self.told if ids is None else ids:
                while (answer := wire.get(f"/api/v1/receipts/{receipt_id}")).status_code == 503:
                    assert time.monotonic() < until, answer.text
                assert answer.status_code == 200, answer.text
                assert answer.json["receipt"] == self.told[receipt_id].receipt
                assert answer.json["status"] == ("withdrawn" if receipt_id in ended else "current")

    def check_replay(self, ids: list[str]) -> None:
        """The same decisions again, signed anew, answer the same receipts."""
        with self.server.wire() as wire:
            for receipt_id in ids:
                told = self.told[receipt_id]
                visitor, decision = told.sent.visitor, told.sent.decision
                visitor.client = wire
                again = visitor.post(visitor.sign(decision) if isinstance(told.sent.body, str) else decision)
                assert (again.status_code, again.json["receipt"]) == (200, told.receipt)

    def sample(self, most: int) -> list[str]:
        return random.sample(sorted(self.told), min(most, len(self.told)))


def decided_on(sent: Sent) -> int:
    """The version that its offer names."""
    return int(sent.decision["offer"].split("~")[1])


class _Member:
    """One client: decides, posts, and posts the same again until it hears what became of it."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.wire: Wire = crowd.server.wire()
        self.visitor = Visitor(self.wire)
        self.template: dict[str, Any] = {}
        self.given: list[Told] = []
        self.pending: Sent | None = None

    def work(self) -> None:
        while not self.crowd.stopping.is_set():
            self.step()
        self.wire.close()

    def step(self) -> None:
        """One decision, or one more try of the last."""
        try:
            sent = self.pending = self.pending or self._decide()
            self.visitor.client = self.wire
            sent.tries += 1
            answer = self.visitor.post(sent.body)
        except Cut:
            self.crowd.broken += 1
            time.sleep(PAUSE_SECONDS)
            return
        if not self.crowd.hear(sent, answer):
            time.sleep(PAUSE_SECONDS)
            return
        self.pending = None
        if answer.status_code == 409:
            self.template = {}
        elif answer.status_code == 201 and sent.decision["event"] == "given":
            self.given.append(Told(sent, answer.json["receipt"]))

    def _decide(self) -> Sent:
        if self.given and random.random() < self.crowd.withdrawing:
            ended = self.given.pop(random.randrange(len(self.given))).sent.decision["id"]
            choices = dict.fromkeys(self._offered()["purposes"], False)
            return self._signed({"event": "withdrawn", "purposes": choices, "previous": ended})
        if random.random() < 0.1:
            decision = self._offered() | {"id": new_id(), "event": "refused"}
            decision["purposes"] = dict.fromkeys(decision["purposes"], False)
            return Sent(self.visitor, decision, decision)
        return self._signed({})

    def _signed(self, changes: dict[str, Any]) -> Sent:
        decision = self._offered() | {"id": new_id()} | changes
        return Sent(self.visitor, decision, self.visitor.sign(decision))

    def _offered(self) -> dict[str, Any]:
        self.visitor.client = self.wire
        if not self.template:
            self.template = self.visitor.decision()
        return self.template


def rows(home: Path, receipts_database: str, sql: str) -> list[tuple[Any, ...]]:
    """What another program reads in the database."""
    if "://" in receipts_database:
        with psycopg.connect(receipts_database) as server:
            return server.execute(sql.encode()).fetchall()
    with closing(sqlite3.connect(home / receipts_database)) as file:
        return file.execute(sql).fetchall()


def check_store(home: Path, receipts_database: str, crowd: Crowd) -> None:
    """Every receipt told is stored once, as told; every receipt stored has its one row in the journal."""
    stored = rows(home, receipts_database, "SELECT id, token FROM receipt")
    journal = rows(home, receipts_database, "SELECT about, entry FROM journal_entry ORDER BY seq")
    tokens = dict(stored)
    noted = [(about, json.loads(bytes(entry))) for about, entry in journal]
    recorded = [(about, entry["receipt"]) for about, entry in noted if entry["act"] == "record"]

    assert len(tokens) == len(stored)
    assert {receipt_id: tokens.get(receipt_id) for receipt_id in crowd.told} == {
        receipt_id: told.receipt for receipt_id, told in crowd.told.items()
    }
    assert sorted(recorded) == sorted((receipt_id, sha256(token.encode()).hexdigest()) for receipt_id, token in stored)


def check_order(home: Path, receipts_database: str) -> None:
    """Every receipt names the version that was current at its place: the journal of both is one order."""
    journal = rows(home, receipts_database, "SELECT about, entry FROM journal_entry ORDER BY seq")
    tokens = dict(rows(home, receipts_database, "SELECT id, token FROM receipt ORDER BY seq"))
    current = 0
    for about, entry in ((about, json.loads(bytes(entry))) for about, entry in journal):
        if entry["act"] == "provide":
            assert entry["version"] == current + 1
            current = entry["version"]
        else:
            said = payload(tokens[about])["policy"]["version"]
            assert (entry["version"], said) == (current, current), f"{about} names {said} where {current} was current"
