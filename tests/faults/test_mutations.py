"""Requests and decisions spoilt at random: each is refused, or means what it meant; nobody is held up."""

import asyncio
import contextlib
import json
import os
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from joserfc.jwk import ECKey

from tests.faults.figures import Progress, figures
from tests.faults.mutate import Forger, spoil_bytes, spoil_text, spoil_value
from tests.faults.serving import Server, found, serving
from tests.visitor import ORIGIN, Visitor, new_id, payload

PATIENCE_SECONDS = 0.3  # a spoilt request may wait for bytes that never come
CLIENTS = 48
STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3}) ")
NOT_IMPLEMENTED = 501  # for a transfer coding nobody knows, as RFC 9112 6.1 asks: a refusal and no fault


@dataclass
class Assault:
    """What is sent, what came back. A failure names the seed and the number that bring it again."""

    server: Server
    visitor: Visitor
    seed: int = field(default_factory=lambda: int.from_bytes(os.urandom(4)))
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.forger = Forger(self.visitor.key, ECKey.generate_key("P-256"))
        self.template = self.visitor.decision()
        self.given = self.visitor.give()["id"]

    def post(self, body: bytes, kind: str = "application/jose") -> bytes:
        head = f"POST /api/v1/receipts HTTP/1.1\r\nHost: localhost\r\nOrigin: {ORIGIN}\r\nContent-Type: {kind}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def good_request(self, random: Random) -> bytes:
        form = f"id={quote(self.given)}".encode()
        return random.choice([
            b"GET /privacy/?lang=ru HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAccept-Language: kk, en;q=0.5\r\n\r\n",
            b"GET /privacy/v/1/changes/1/ HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n",
            b"GET /privacy/v/1.md?lang=en HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"GET /wadjet.js?site=wadjet.kz&lang=en HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br, gzip;q=0.1\r\n\r\n",
            b"GET /api/v1/offer?site=wadjet.kz HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: W/\"x\", \"y\"\r\n\r\n",
            f"GET /api/v1/receipts/{self.given} HTTP/1.1\r\nHost: localhost\r\nOrigin: {ORIGIN}\r\n\r\n".encode(),
            f"OPTIONS /api/v1/receipts HTTP/1.1\r\nHost: localhost\r\nOrigin: {ORIGIN}\r\n"
            "Access-Control-Request-Method: POST\r\n\r\n".encode(),
            b"POST /privacy/choices/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(form), form),
            b"POST /api/v1/receipts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: application/json\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            self.post(self.visitor.sign(self.template | {"id": new_id()}).encode()),
        ])  # fmt: skip

    async def requests(self, numbers: Any) -> None:
        """One spoilt request after the other, each on a connection of its own."""
        for number in numbers:
            random = Random(f"{self.seed}-{number}")
            sent = spoil_bytes(self.good_request(random), random)
            reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
            with contextlib.suppress(ConnectionError, TimeoutError):
                writer.write(sent)
                heard = b""
                while chunk := await asyncio.wait_for(reader.read(65536), PATIENCE_SECONDS):
                    heard += chunk
                    self.judge(number, sent, heard)
                    if heard:
                        break
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def judge(self, number: int, sent: bytes, heard: bytes) -> None:
        for status in map(int, STATUS.findall(heard)):
            self.answers[f"request {status}"] += 1
            if status >= 500 and status != NOT_IMPLEMENTED:
                self.wrong.append(f"{self.seed}-{number}: {sent!r} was answered {heard!r}")

    async def decisions(self, numbers: Any) -> None:
        """One spoilt decision after the other on a connection that stays."""
        async with Line(self.server.port) as line:
            for number in numbers:
                random = Random(f"{self.seed}-{number}")
                decision = self.template | {"id": new_id()}
                if random.random() < 0.3:
                    decision |= {"event": "withdrawn", "previous": self.given}
                    decision["purposes"] = dict.fromkeys(decision["purposes"], False)
                if random.random() < 0.2:
                    spoil = random.choice([spoil_text, lambda value, random: json.dumps(spoil_value(value, random)).encode()])
                    body, kind = spoil(decision, random), "application/json"
                else:
                    body, kind = self.forger.spoil(decision, self.visitor.sign(decision), random), "application/jose"
                status, answer = await line.ask(self.post(body, kind))
                self.answers[f"decision {status}"] += 1
                if status >= 500 or (status < 300 and not self.is_what_was_sent(body, kind, answer)):
                    self.wrong.append(f"{self.seed}-{number}: {body!r} was answered {status} {answer!r}")

    def is_what_was_sent(self, body: bytes, kind: str, answer: bytes) -> bool:
        """Whether an accepted body decodes, by another library, to just what its receipt says, by the same key."""
        receipt = payload(json.loads(answer)["receipt"])
        if kind == "application/json":
            said, thumbprint = json.loads(body), None
        else:
            head = jwt.get_unverified_header(body)
            said = json.loads(jwt.api_jws.decode(body, jwt.PyJWK(head["jwk"]), algorithms=["ES256"]))
            thumbprint = self.visitor.key.thumbprint()
            if ECKey.import_key(head["jwk"]).thumbprint() != thumbprint:
                return False
        if said["event"] == "withdrawn" and receipt["dpv:hasIdentifier"] != said["id"]:
            return receipt["event"] == "withdrawn"  # it had ended before, and is answered with that
        kept = receipt["decision"] == (said if thumbprint is None else body.decode())
        same = all(receipt[member] == said[member] for member in ("event", "language"))
        return kept and same and receipt["dpv:hasIdentifier"] == said["id"] and receipt.get("key") == thumbprint


class Line:
    """A connection that is opened again when the server has had enough of it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> "Line":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._streams:
            self._streams[1].close()
            await self._streams[1].wait_closed()
            self._streams = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        length = re.search(rb"Content-Length: ([0-9]+)", head)
        assert length, head
        body = await asyncio.wait_for(reader.readexactly(int(length[1])), 20)
        if b"Connection: close" in head:
            await self.__aexit__()
        return int(head[9:12]), body


async def assail(assault: Assault, numbers: range) -> None:
    """A quarter as spoilt requests, the rest as spoilt decisions."""
    border = numbers.start + len(numbers) // 4
    requests, decisions = range(numbers.start, border), range(border, numbers.stop)
    await asyncio.gather(
        *(assault.requests(requests[client::CLIENTS]) for client in range(CLIENTS)),
        *(assault.decisions(decisions[client::8]) for client in range(8)),
    )


def all_threads_answer(server: Server, most: int = 64) -> bool:
    """As many at once as one process has threads: none is stuck."""
    statuses = []

    def ask() -> None:
        with server.wire(5) as wire:
            statuses.append(wire.get("/readyz").status_code)

    threads = [threading.Thread(target=ask) for _ in range(most)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses == [200] * most


@pytest.mark.parametrize("mutations", figures(2000, 1_000_000))
def test_spoilt_requests_and_decisions_are_refused(mutations: int, tmp_path: Path, progress: Progress) -> None:
    home = tmp_path / "home"
    found(home)
    step = max(1000, mutations // 200)
    with serving(home) as server, server.wire() as wire:
        assault = Assault(server, Visitor(wire))
        asyncio.run(assail(assault, range(500)))
        resident, began = server.resident_bytes(), time.monotonic()
        for start in range(500, mutations, step):
            assault.given = assault.visitor.give()["id"]
            asyncio.run(assail(assault, range(start, min(start + step, mutations))))
            progress.tell(start + step, mutations, rate=round((start + step) / (time.monotonic() - began)))
            assert not assault.wrong, assault.wrong[0]

        assert all_threads_answer(server)
        grown = server.resident_bytes() / resident
        assert assault.visitor.status(assault.visitor.give()["id"]) == "current"
    progress.say(f"seed {assault.seed}, {dict(sorted(assault.answers.items()))}, memory × {grown:.3f}")
    assert sum(assault.answers.values()) > 0.8 * mutations
    assert grown <= 1.1
