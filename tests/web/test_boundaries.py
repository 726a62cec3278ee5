"""Where one request ends and the next begins: our server says so as RFC 9112 does, and so do proxies before it."""

import contextlib
import io
import json
import socket
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest
from waitress.adjustments import Adjustments

from tests.faults.serving import Wire, found, serving
from tests.services import free_port
from tests.web.proxies import a_proxy
from tests.web.requests import BODY, CASES, CHUNKED, GET, NEXT, ask
from tests.web.test_server import Served, a_server, everything
from wadjet.web.boundaries import Parser

WAIT_SECONDS = 5
HONEST = {501, 502, 505}  # what a proxy says of a coding, an answer, a version it cannot have


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with a_server() as server:
        yield server


class Heard(io.BytesIO):
    """What came back, for `http.client` to take apart."""

    def makefile(self, *_: object) -> io.BytesIO:
        return self

    def close(self) -> None:
        """One answer is read; the next may follow."""


def exchange(port: int, sent: bytes, *, ends: bool = False, wait: float = WAIT_SECONDS) -> bytes:
    """What comes back until the other side closes or is silent; `ends`: no more will be sent."""
    heard = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=wait) as client,
        contextlib.suppress(ConnectionError, TimeoutError),
    ):
        client.sendall(sent)
        if ends:
            client.shutdown(socket.SHUT_WR)
        while chunk := client.recv(65536):
            heard += chunk
    return heard


def answers(heard: bytes) -> Iterator[tuple[HTTPResponse, bytes]]:
    """Every answer in it, each with its body."""
    stream = Heard(heard)
    while stream.tell() < len(heard):
        response = HTTPResponse(stream)  # type: ignore[arg-type]
        response.begin()
        yield response, response.read()


def told(heard: bytes) -> list[int | str]:
    """As `Case.want` has it."""
    said: list[int | str] = []
    for response, body in answers(heard):
        assert response.getheader("Content-Length"), "it does not say where it ends"
        said.append(json.loads(body)["body"] if body.startswith(b'{"address"') else response.status)
        if response.status >= 400 and response.getheader("Content-Type") == "application/problem+json":
            assert json.loads(body)["status"] == response.status
            assert response.getheader("Connection") == "close"
    return said


@pytest.mark.parametrize("name", CASES)
def test_request_is_answered_once_or_refused(served: Served, name: str) -> None:
    sent, want = CASES[name]

    heard = exchange(served.port, sent, ends=not want)

    assert told(heard) == [*want]
    assert told(exchange(served.port, NEXT)) == [""]


def test_address_in_the_request_line_is_the_host_that_counts(tmp_path: Path) -> None:
    """Whatever Host says beside it. Source: RFC 9112 3.2.2."""
    ours, other = b"GET http://127.0.0.1/privacy/ HTTP/1.1", b"GET http://evil.example/privacy/ HTTP/1.1"
    found(tmp_path / "home")
    with serving(tmp_path / "home") as server:
        assert told(exchange(server.port, ask(line=ours, host=b"Host: evil.example"))) == [200]
        assert told(exchange(server.port, ask(line=other, host=b"Host: 127.0.0.1"))) == [421]
        assert told(exchange(server.port, ask(line=b"GET /privacy/ HTTP/1.1", host=b"Host: evil.example"))) == [421]


def test_refusal_carries_what_every_answer_carries(served: Served) -> None:
    ((response, body),) = answers(exchange(served.port, ask(b"X : a")))

    assert response.getheader("X-Content-Type-Options") == "nosniff"
    assert "frame-ancestors 'none'" in response.getheader("Content-Security-Policy", "")
    assert response.getheader("Cache-Control") == "no-store"
    assert b"X :" not in body


def test_refused_head_has_no_body(served: Served) -> None:
    heard = exchange(served.port, ask(b"X : a", line=b"HEAD /api/echo HTTP/1.1"))

    assert heard.startswith(b"HTTP/1.1 400 ")
    assert heard.endswith(b"\r\n\r\n")


MUCH = 15_000
SLOW = {
    "spaces, then a control": ask(b"X:" + b" " * MUCH + b"\0", line=GET),
    "spaces, then a letter": ask(b"X:" + b" \t" * (MUCH // 2) + b"a", line=GET),
    "a letter, then spaces": ask(b"X: a" + b" " * MUCH, line=GET),
    "words": ask(b"X: " + b"a " * (MUCH // 2), line=GET),
    "fields": ask(*[b"a:"] * (MUCH // 4), line=GET),
    "an address": ask(line=b"GET http://" + b"a" * MUCH + b"\x80 HTTP/1.1"),
    "an address of parts": ask(line=b"GET http://" + b"a/?" * (MUCH // 3) + b"\x80 HTTP/1.1"),
    "a host": ask(line=GET, host=b"Host: " + b"a" * MUCH + b"/"),
    "extensions": ask(CHUNKED, body=b"4" + b";a=b" * (MUCH // 4) + b"\0\r\n"),
    "a quoted extension": ask(CHUNKED, body=b'4;a="' + b" " * MUCH + b"\r\n"),
    "a trailer": ask(CHUNKED, body=b"0\r\nX:" + b" " * MUCH + b"\0\r\n"),
}


@pytest.mark.parametrize("name", SLOW)
def test_no_request_is_read_for_long(name: str) -> None:
    """One thread reads for everybody."""
    data, parser = SLOW[name], Parser(Adjustments(max_request_header_size=16 * 1024))
    started = time.process_time()

    while data and not parser.completed:
        data = data[parser.received(data) :]

    assert parser.completed
    assert time.process_time() - started < 0.3


def test_request_in_single_bytes_is_the_same_request(served: Served) -> None:
    sent = ask(CHUNKED, body=BODY, stay=True) + ask(b"Content-Length: 4", body=b"body")
    heard = b""
    with served.connect() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in sent:
            client.send(bytes([byte]))
        heard = everything(client)

    assert told(heard) == ["body", "body"]


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxied(request: pytest.FixtureRequest, served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The proxy's port; it runs with the lines that `wadjet embed --proxy` prints."""
    with a_proxy(request.param, served.port, tmp_path_factory.mktemp(request.param)) as port:
        yield port


@pytest.mark.torture
@pytest.mark.parametrize("name", CASES)
def test_proxy_hands_on_no_request_that_its_client_did_not_make(served: Served, proxied: int, name: str) -> None:
    """Each request that reached us was answered to this client, in order, and the next client has its own answer."""
    with Wire(served.port) as backend:
        backend.get("/heard")

        heard = exchange(proxied, CASES[name].sent, wait=1)
        if not heard.startswith(b"HTTP/"):  # nginx answers HTTP/0.9 in its way: without a status
            heard = b""

        echoes = [json.loads(body) for response, body in answers(heard) if response.status == 200 and body]
        assert echoes == backend.get("/heard").json
    assert all(response.status < 500 or response.status in HONEST for response, _ in answers(heard))
    ((_, body),) = answers(exchange(proxied, NEXT.replace(b"next", b"mine")))
    assert json.loads(body)["query"] == "mine"


@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_proxy_writes_no_capability_down(kind: str, tmp_path: Path) -> None:
    """Not as access, nor in what it says of a backend that is not there."""
    held = ["api/v1/receipts/", "privacy/requests/status/", "privacy/requests/confirm/", "contact/withdraw/"]
    with a_proxy(kind, free_port(), tmp_path) as port:
        for place in held:
            assert b" 502 " in exchange(port, ask(line=f"GET /{place}CAPABILITY/ HTTP/1.1".encode()), wait=2)
        exchange(port, ask(line=b"GET /api/v1/offer?said HTTP/1.1"), wait=2)

    written = "".join(path.read_text("utf-8", "replace") for path in tmp_path.iterdir() if path.is_file())
    assert "CAPABILITY" not in written
    assert "said" in written


@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_proxy_of_the_console_writes_no_invitation_down(kind: str, tmp_path: Path) -> None:
    with a_proxy(kind, free_port(), tmp_path, is_with_console=True) as port:
        for line in (b"GET /console/invitation/CAPABILITY/ HTTP/1.1", b"GET /console/?said HTTP/1.1"):
            assert b" 502 " in exchange(port, ask(line=line), wait=2)

    written = "".join(path.read_text("utf-8", "replace") for path in tmp_path.iterdir() if path.is_file())
    assert "CAPABILITY" not in written
    assert "said" in written


ROUNDABOUT = [
    "/echo", "//echo", "/./echo", "/privacy/../echo", "/api/../echo", "/api/%2e%2e/echo", "/api/..%2fecho",
    "/api/..%2Fecho", "/api/..%5cecho", "/api/..\\echo", "/api/..;/echo", "/api/.%00./echo", "/%65cho", "/%2fecho",
    "/api//../echo", "/api/x/../../echo", "/wadjet.js/../echo", "/wadjet.js%2f..%2fecho", "/api/?/../echo",
    "http://localhost/echo", "http://localhost//echo", "/echo?/api/", "/echo;/api/", "/echo/api/", "/API/../echo",
    "/static/wadjet/../../echo", "/.well-known/../echo", "/privacy/..%252fecho", "/privacy/%2e%2e%2fecho", "/echo%20",
]  # fmt: skip


@pytest.mark.torture
@pytest.mark.parametrize("target", ROUNDABOUT)
def test_proxy_reaches_nothing_that_it_does_not_hand_on(served: Served, proxied: int, target: str) -> None:
    """The backend has more than the world may see: `/metrics`, `/readyz`; here `/echo` stands for it."""
    with Wire(served.port) as backend:
        backend.get("/heard")

        exchange(proxied, ask(line=f"GET {target} HTTP/1.1".encode()), wait=1)

        assert [each["path"] for each in backend.get("/heard").json if each["path"] != "/api/echo"] == []
