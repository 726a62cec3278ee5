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

PATIENCE_SECONDS = 0.2  # a spoilt request may wait for bytes that never come
CLIENTS = 128
STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3}) ")


def head(line: str, *fields: str) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()


def post(body: bytes, kind: str = "application/jose") -> bytes:
    fields = (f"Origin: {ORIGIN}", f"Content-Type: {kind}", f"Content-Length: {len(body)}")
    return head("POST /api/v1/receipts", *fields) + body


@dataclass
class Assault:
    """What is sent, what came back. A failure names the seed and the number that bring it again."""

    server: Server
    visitor: Visitor
    seed: int = field(default_factory=lambda: int.from_bytes(os.urandom(4)))
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stranger = ECKey.generate_key("P-256")
        self.template = self.visitor.decision()
        self.given = ""

    def good_request(self, random: Random) -> bytes:
        form = f"id={quote(self.given)}".encode()
        kind = "application/x-www-form-urlencoded"
        return random.choice([
            b"",
            head("GET /privacy/?lang=ru", "Accept: text/html", "Accept-Language: kk, en;q=0.5"),
            head("GET /privacy/v/1/changes/1/", "Accept: text/html"),
            head("GET /privacy/v/1.md?lang=en"),
            head("GET /wadjet.js?site=wadjet.kz&lang=en", "Accept-Encoding: br, gzip;q=0.1"),
            head("GET /api/v1/offer?site=wadjet.kz", 'If-None-Match: W/"x", "y"'),
            head(f"GET /api/v1/receipts/{self.given}", f"Origin: {ORIGIN}"),
            head("OPTIONS /api/v1/receipts", f"Origin: {ORIGIN}", "Access-Control-Request-Method: POST"),
            head("POST /privacy/choices/", f"Content-Type: {kind}", f"Content-Length: {len(form)}") + form,
            head("POST /api/v1/receipts", "Transfer-Encoding: chunked", "Content-Type: application/json")
            + b"2\r\n{}\r\n0\r\n\r\n",
        ]) or post(self.visitor.sign(self.template | {"id": new_id()}).encode())  # fmt: skip

    async def requests(self, numbers: Any) -> None:
        """One spoilt request after the other, each on a connection of its own."""
        for number in numbers:
            random = Random(f"{self.seed}-{number}")
            good = self.good_request(random)
            sent = spoil_bytes(good, random)
            reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
            with contextlib.suppress(ConnectionError, TimeoutError):
                writer.write(sent)
                heard = b""
                while chunk := await asyncio.wait_for(reader.read(65536), PATIENCE_SECONDS):
                    heard += chunk
                    self.judge(number, good, sent, heard)
                    if heard:
                        break
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def judge(self, number: int, good: bytes, sent: bytes, heard: bytes) -> None:
        for status in map(int, STATUS.findall(heard)):
            self.answers[f"request {status}"] += 1
            if status >= 500:
                self.wrong.append(f"{self.seed}-{number}: {sent!r} was answered {heard!r}")
            if status == 201 and good.partition(b"\r\n\r\n")[2] not in sent:  # whatever stands around it
                self.wrong.append(f"{self.seed}-{number}: {sent!r} was accepted")

    async def decisions(self, numbers: Any) -> None:
        """One spoilt decision after the other on a connection that stays."""
        async with Line(self.server.port) as line:
            for number in numbers:
                random = Random(f"{self.seed}-{number}")
                body, kind = self.spoilt_decision(random)
                status, answer = await line.ask(post(body, kind))
                self.answers[f"decision {status}"] += 1
                if status >= 500 or (status < 300 and not self.is_what_was_sent(body, kind, answer)):
                    self.wrong.append(f"{self.seed}-{number}: {body!r} was answered {status} {answer!r}")

    def spoilt_decision(self, random: Random) -> tuple[bytes, str]:
        decision = self.template | {"id": new_id()}
        if random.random() < 0.3:
            decision |= {"event": "withdrawn", "previous": self.given}
            decision["purposes"] = dict.fromkeys(decision["purposes"], False)
        if random.random() < 0.1:
            return spoil_text(decision, random), "application/json"
        if random.random() < 0.1:
            return json.dumps(spoil_value(decision, random)).encode(), "application/json"
        token = self.visitor.sign(decision)
        return Forger(self.visitor.key, self.stranger, decision, token, random).spoil(), "application/jose"

    def is_what_was_sent(self, body: bytes, kind: str, answer: bytes) -> bool:
        """Whether an accepted body decodes, by another library, to just what its receipt says, by the same key."""
        receipt = payload(json.loads(answer)["receipt"])
        said, thumbprint = read_elsewhere(body, kind)
        if said["event"] == "withdrawn" and receipt["dpv:hasIdentifier"] != said["id"]:
            return bool(receipt["event"] == "withdrawn")  # it had ended before, and is answered with that
        kept = receipt["decision"]
        kept, by = read_elsewhere(kept.encode(), "application/jose") if isinstance(kept, str) else (kept, None)
        same = all(receipt[member] == said[member] for member in ("event", "language"))
        mine = thumbprint in (None, self.visitor.key.thumbprint()) and by == thumbprint == receipt.get("key")
        return bool(kept == said and same and mine and receipt["dpv:hasIdentifier"] == said["id"])


def read_elsewhere(body: bytes, kind: str) -> tuple[dict[str, Any], str | None]:
    """A decision, and its key's thumbprint, as another library reads and verifies them."""
    if kind == "application/json":
        return json.loads(body), None
    jwk = jwt.get_unverified_header(body)["jwk"]
    payload = jwt.api_jws.decode(body, jwt.PyJWK(jwk), algorithms=["ES256"])
    return json.loads(payload), ECKey.import_key(jwk).thumbprint()


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
    step, warm = max(500, mutations // 500), min(mutations // 2, 50_000)  # what is remembered on purpose, is by then
    with serving(home) as server, server.wire() as wire:
        assault, began, resident = Assault(server, Visitor(wire)), time.monotonic(), 0
        for start in range(0, mutations, step):
            assault.given = assault.visitor.give()["id"]
            asyncio.run(assail(assault, range(start, min(start + step, mutations))))
            assert not assault.wrong, assault.wrong[0]
            progress.tell(start + step, mutations, rate=round((start + step) / (time.monotonic() - began)))
            if start < warm:
                resident = server.resident_bytes()

        assert all_threads_answer(server)
        grown = server.resident_bytes() / resident
        assert assault.visitor.status(assault.visitor.give()["id"]) == "current"
    progress.say(f"seed {assault.seed}, {dict(sorted(assault.answers.items()))}, memory × {grown:.3f}")
    assert sum(assault.answers.values()) > 0.8 * mutations
    assert grown <= 1.1
