"""One address posts messages far beyond its limit: refused, at no cost on disk, and no withdrawal waits for it."""

import json
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.correspondence import table_sizes
from tests.faults.serving import Answer, Server, Wire, at_home, found, serving
from tests.visitor import ORIGIN, Visitor, new_id
from tests.writer import BOLAT, Writer, solve_at_once
from wadjet import clock, contact, vault
from wadjet.contact import links
from wadjet.settings import Settings

LIMIT, POSTS, CLIENTS = 60, 300, 4
LONG = "Ә" * 3000  # six thousand bytes


def post(wire: Wire, body: bytes) -> Answer:
    return wire.post("/api/v1/contact", data=body, headers={"Origin": ORIGIN}, content_type="application/json")


def flood(server: Server, bodies: list[bytes], started: threading.Event, answers: list[Answer]) -> None:
    with server.wire() as wire:
        for number, body in enumerate(bodies):
            answers.append(post(wire, body))
            if number == LIMIT // CLIENTS:
                started.set()


def bodies_of(writer: Writer, challenge: str) -> list[bytes]:
    """Each by another person and under another decision; the proof of work is one for all."""
    template = writer.form_decision()
    made = []
    for number in range(POSTS):
        fresh = Writer(writer.client)
        decision = fresh.sign(template | {"id": new_id()})
        card = BOLAT | {"email": f"{number}@example.kz", "message": LONG}
        made.append(json.dumps(card | {"decision": decision, "challenge": challenge}, ensure_ascii=False).encode())
    return made


def link_of(settings: Settings) -> str:
    """The path behind `withdraw` in the letter about the one message."""
    with at_home(settings):
        vault.start(settings, now=clock.now())
        (message,) = contact.listing()
        return urlsplit(links.withdrawal(message["id"], "feedback", "en", settings)).path


def bytes_on_disk(home: Path) -> int:
    return sum(path.stat().st_size for path in home.rglob("*") if path.is_file())


@pytest.mark.clause("8.4.b", "5.4")
def test_a_flood_of_messages_is_refused_leaves_nothing_and_holds_up_no_withdrawal(tmp_path: Path) -> None:
    settings = found(tmp_path / "home", rate_limit=f"{LIMIT} per hour")
    with serving(settings.home) as server, server.wire() as wire:
        visitor, writer = Visitor(wire), Writer(wire)
        given = [visitor.give()["id"] for _ in range(5)]
        challenge = solve_at_once(settings)
        fresh = Writer(wire)
        written = fresh.form(challenge=challenge, decision=fresh.sign(fresh.form_decision()))
        first = post(wire, json.dumps(written).encode())
        assert first.status_code == 201
        link = f"{link_of(settings)}?lang=en"
        bodies = bodies_of(writer, challenge)
        rows, size = table_sizes(settings), bytes_on_disk(settings.home)

        answers: list[Answer] = []
        started = threading.Event()
        threads = [
            threading.Thread(target=flood, args=(server, bodies[n::CLIENTS], started, answers)) for n in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        assert started.wait(20)
        withdrawn = [visitor.withdraw(receipt_id) for receipt_id in given]
        mailed = wire.post(link, data=b"", headers={}, content_type="application/x-www-form-urlencoded")
        during = sum(thread.is_alive() for thread in threads)
        for thread in threads:
            thread.join()

        refused = Counter((answer.status_code, answer.slug) for answer in answers)
        assert refused == {(403, "challenge-invalid"): LIMIT - 6, (429, "rate-limited"): POSTS - LIMIT + 6}
        assert all(0 < int(answer.headers["Retry-After"]) <= 3600 for answer in answers if answer.status_code == 429)
        assert during > 0  # they were still at it
        assert {answer.status_code for answer in withdrawn} == {201}
        assert mailed.status_code == 200
        grown_bytes = bytes_on_disk(settings.home) - size
        assert {visitor.status(each) for each in [*given, first.json["id"]]} == {"withdrawn"}

    grown = {name: count - rows[name] for name, count in table_sizes(settings).items() if count != rows[name]}
    # Six withdrawals, each with its row in the journal; that of the mailed link is noted in the vault's too.
    assert grown == {"receipts.receipt": 6, "receipts.journal_entry": 6, "vault.journal_entry": 1}
    assert grown_bytes < POSTS * len(LONG.encode()) // 4  # what the six wrote, and what the process does by itself
