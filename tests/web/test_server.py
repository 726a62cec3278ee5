"""A real server process on a loopback port, and clients that behave, stall or lie."""

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.visitor import ORIGIN
from tests.web.served import MAX_BODY_BYTES
from wadjet.web.boundaries import ROOMY_BODY_BYTES

ROOT = Path(__file__).parents[2]
HOST = b"Host: consent.wadjet.kz\r\n"


class Served:
    """The server's process, its port, and how a client talks to it."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port

    def connect(self, sent: bytes = b"") -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        client.sendall(sent)
        return client

    def answer(self, sent: bytes) -> bytes:
        """What comes back until the server closes."""
        with self.connect(sent) as client:
            return everything(client)

    def echo(self, sent: bytes) -> dict[str, Any]:
        head, _, body = self.answer(sent).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        answer: dict[str, Any] = json.loads(body)
        return answer


def everything(client: socket.socket) -> bytes:
    """What comes until the end, or until the server cuts a client that goes on sending."""
    heard = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := client.recv(65536):
            heard += chunk
    return heard


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def a_server(workers: int = 1, **environment: str) -> Iterator[Served]:
    port = a_free_port()
    command = [sys.executable, "-m", "tests.web.served", str(port), str(workers)]
    said = os.environ | environment
    with subprocess.Popen(command, cwd=ROOT, env=said, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Served(process, port)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with a_server() as server:
        yield server


def post(body: bytes, *fields: bytes) -> bytes:
    return b"\r\n".join([b"POST /echo?a=%20b HTTP/1.1", HOST + b"Connection: close", *fields, b"", body])


def chunks(*sizes: int) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (size, b"x" * size) for size in (*sizes, 0))


def test_visitor_is_answered_with_what_was_asked(served: Served) -> None:
    answer = served.echo(post("қ".encode(), b"Content-Length: 2", b"X-Twice: a", b"X-Twice: b"))

    assert answer["address"] == "127.0.0.1"
    assert answer["host"] == "consent.wadjet.kz"
    assert (answer["path"], answer["query"], answer["body"]) == ("/echo", "a=%20b", "қ")
    assert answer["headers"] == {"X-Twice": "a, b"}


def test_header_with_underscore_never_passes_for_the_proxys(served: Served) -> None:
    answer = served.echo(post(b"", b"X_Forwarded_For: 203.0.113.9", b"X-Real: yes"))

    assert answer["headers"] == {"X-Real": "yes"}


def test_chunked_body_arrives_whole_without_its_trailers(served: Served) -> None:
    body = chunks(3, 5).removesuffix(b"\r\n") + b"X-Trailer: no\r\n\r\n"

    answer = served.echo(post(body, b"Transfer-Encoding: chunked"))

    assert answer["body"] == "x" * 8
    assert answer["headers"] == {}


def test_one_connection_carries_many_requests(served: Served) -> None:
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    try:
        client.connect()
        own = client.sock
        for number in range(20):
            client.request("POST", "/echo", body=str(number))
            assert json.loads(client.getresponse().read())["body"] == str(number)
        assert client.sock is own
    finally:
        client.close()


def test_pipelined_requests_are_answered_in_order(served: Served) -> None:
    first, last = (post(body, b"Content-Length: 1") for body in (b"1", b"2"))

    answer = served.answer(first.replace(b"close", b"keep-alive") + last)

    assert answer.index(b'"body":"1"') < answer.index(b'"body":"2"')


def test_head_is_answered_without_a_body(served: Served) -> None:
    answer = served.answer(b"HEAD /echo HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n")


def test_client_that_asks_first_is_told_to_go_on(served: Served) -> None:
    with served.connect(post(b"", b"Expect: 100-continue", b"Content-Length: 2")) as client:
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"ok")
        assert b'"body":"ok"' in everything(client)


REFUSED = {
    "garbage": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
    "NUL in a header": (b"GET /echo HTTP/1.1\r\nHost: x\0\r\n\r\n", 400),
    "space before the colon": (b"GET /echo HTTP/1.1\r\nHost : x\r\n\r\n", 400),
    "two lengths": (post(b"abcd", b"Content-Length: 4", b"Content-Length: 3"), 400),
    "signed length": (post(b"abcd", b"Content-Length: +4"), 400),
    "compressed transfer": (post(b"0\r\n\r\n", b"Transfer-Encoding: gzip, chunked"), 400),
    "chunk longer than told": (post(b"2\r\nabc\r\n0\r\n\r\n", b"Transfer-Encoding: chunked"), 400),
    "long header": (post(b"", b"X: " + b"a" * 17_000), 431),
    "header without end": (b"GET /echo HTTP/1.1\r\nX: " + b"a" * 40_000, 431),
    "declared too big": (post(b"", b"Content-Length: %d" % (MAX_BODY_BYTES + 1)), 413),
    "chunked too big": (post(chunks(*[1000] * 66), b"Transfer-Encoding: chunked"), 413),
    "chunk extension without end": (
        post(b"1;" + b"a" * (9 * MAX_BODY_BYTES), b"Transfer-Encoding: chunked"),
        413,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_request_is_refused_and_the_connection_ended(served: Served, name: str) -> None:
    sent, status = REFUSED[name]

    answer = served.answer(sent)

    assert answer[9:].startswith(b"%d " % status)
    assert b"Connection: close\r\n" in answer
    assert b"Content-Type: application/problem+json\r\n" in answer


@pytest.mark.parametrize("name", ["declared too big", "chunked too big"])
def test_page_of_the_site_reads_why_its_post_was_refused(served: Served, name: str) -> None:
    def refused(origin: str) -> bytes:
        sent = REFUSED[name][0].replace(b"/echo?a=%20b", b"/api/v1/receipts")
        return served.answer(sent.replace(HOST, HOST + b"Origin: %s\r\n" % origin.encode()))

    own, foreign = refused(ORIGIN), refused("https://evil.example")

    assert b"\r\nAccess-Control-Allow-Origin: %s\r\n" % ORIGIN.encode() in own
    assert b'"type": "https://consent.wadjet.kz/docs/#body-too-large"' in own
    assert b"\r\nX-Content-Type-Options: nosniff\r\n" in own
    assert b"Access-Control-Allow-Origin" not in foreign


def test_largest_body_is_taken(served: Served) -> None:
    body = b"x" * MAX_BODY_BYTES

    assert served.echo(post(body, b"Content-Length: %d" % len(body)))["body"] == body.decode()
    assert len(served.echo(post(chunks(60_000), b"Transfer-Encoding: chunked"))["body"]) == 60_000


def test_where_the_staff_write_a_larger_body_is_taken(served: Served) -> None:
    def sent(size: int) -> bytes:
        return post(b"x" * size, b"Content-Length: %d" % size).replace(b"/echo", b"/console/echo")

    assert served.echo(sent(ROOMY_BODY_BYTES))["path"] == "/console/echo"
    assert served.answer(sent(ROOMY_BODY_BYTES + 1))[9:12] == b"413"


def test_stalled_clients_hold_up_nobody(served: Served) -> None:
    half_head = b"POST /echo HTTP/1.1\r\nHost: cons"
    half_body = post(b"half", b"Content-Length: 8")
    half_read = b"GET /large HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"
    with contextlib.ExitStack() as stack:
        stalled = [stack.enter_context(served.connect(half_head)) for _ in range(50)]
        stalled += [stack.enter_context(served.connect(half_body)) for _ in range(50)]
        stalled += [stack.enter_context(served.connect(half_read)) for _ in range(10)]

        for _ in range(50):
            assert served.echo(post(b"ok", b"Content-Length: 2"))["body"] == "ok"

        stalled[50].sendall(b"half")
        assert b'"body":"halfhalf"' in everything(stalled[50])
        assert len(everything(stalled[100])) > 8_000_000


def test_client_that_left_before_it_was_refused_is_no_error(capfd: pytest.CaptureFixture[str]) -> None:
    with a_server() as served:
        for _ in range(500):
            with served.connect(b"garbage\r\n\r\n") as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, no farewell
        served.echo(b"GET /echo HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
        served.process.terminate()

    assert capfd.readouterr().err.count("Traceback") == 0


def test_stopped_server_finishes_what_is_under_way() -> None:
    with a_server() as server:
        slow = server.connect(b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n")
        idle = server.connect()
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)

        with pytest.raises(ConnectionRefusedError):
            server.connect()
        with slow, idle:
            assert everything(slow).endswith(b"at last")
            assert everything(idle) == b""
        assert server.process.wait(3) == 0


def test_interrupt_stops_as_quietly() -> None:
    with a_server() as server:
        server.process.send_signal(signal.SIGINT)

        assert server.process.wait(3) == 0


def test_taken_port_is_one_clear_refusal(served: Served) -> None:
    command = [sys.executable, "-m", "tests.web.served", str(served.port), "1"]

    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=10)

    assert second.returncode != 0
    assert f"127.0.0.1 port {served.port} cannot be had" in second.stderr.splitlines()[-1]


def test_dead_worker_is_replaced() -> None:
    ask = post(b"", b"Content-Length: 0")
    with a_server(workers=2) as server:
        assert server.answer(b"GET /die HTTP/1.1\r\n" + HOST + b"\r\n") == b""
        survivors = {server.echo(ask)["process"] for _ in range(20)}
        assert len(survivors) == 1

        until = time.monotonic() + 5
        seen = set(survivors)
        while len(seen) < 2 and time.monotonic() < until:
            seen |= both_at_once(server, ask)

        assert len(seen) == 2
        assert server.process.pid not in seen


def test_worker_that_dies_as_it_starts_is_replaced(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    ask = post(b"", b"Content-Length: 0")
    with a_server(workers=2, STARTS=str(starts)) as server:
        seen: set[int] = set()
        until = time.monotonic() + 5
        while len(seen) < 2 and time.monotonic() < until:
            seen |= both_at_once(server, ask)

    assert len(seen) == 2
    assert starts.read_text() == "xxx"


def both_at_once(server: Served, ask: bytes) -> set[int]:
    """Ask from many sides, so that the worker the kernel prefers is busy."""
    seen: set[int] = set()
    threads = [threading.Thread(target=lambda: seen.add(server.echo(ask)["process"])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


@pytest.mark.clause("8.4.b")
def test_who_waited_too_long_is_told_so_and_a_withdrawal_is_answered(served):
    """Eight threads, each busy for four seconds: what comes behind them has waited longer than anybody should."""

    def post(path: bytes, body: bytes) -> socket.socket:
        head = b"POST " + path + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n"
        client: socket.socket = served.connect(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return client

    def signed(decision: bytes) -> bytes:
        return b"e30." + base64.urlsafe_b64encode(decision).rstrip(b"=") + b".c2ln"

    busy = [served.connect(b"GET /slow HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n") for _ in range(32)]
    time.sleep(0.5)
    given = post(b"/api/v1/receipts", signed(b'{"event":"given"}'))
    message = post(b"/api/v1/contact", b"{}")
    withdrawn = post(b"/api/v1/receipts", signed(b'{"event":"withdrawn"}'))
    unsigned = post(b"/api/v1/receipts", b'{"event":"withdrawn"}')

    for shed in (given, message):
        with shed:
            answer = everything(shed)
        assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert b"Retry-After: 2\r\n" in answer
        assert b'"type": "https://consent.wadjet.kz/docs/#unavailable"' in answer
    for kept in (withdrawn, unsigned):
        with kept:
            assert everything(kept).startswith(
                b"HTTP/1.1 404 "
            )  # the small application has no such page, and was asked
    for client in busy:
        with client:
            assert everything(client).endswith(b"at last")
