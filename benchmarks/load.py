"""A load generator of one process: keep-alive clients that post and wait, with as little Python as will do."""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """What was answered. Latencies in milliseconds."""

    rate: float
    p50: float
    p99: float
    statuses: Counter[int]

    def __str__(self) -> str:
        odd = {status: count for status, count in self.statuses.items() if status not in (200, 201)}
        return f"{self.rate:7.0f}/s  p50 {self.p50:6.1f} ms  p99 {self.p99:6.1f} ms" + (f"  {odd}" if odd else "")


def post(path: str, body: bytes, mimetype: str, **headers: str) -> bytes:
    """The bytes of a request."""
    said = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {mimetype}\r\n{said}"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def get(path: str, **headers: str) -> bytes:
    said = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{said}\r\n".encode()


def length(port: int, request: bytes) -> int:
    """How many bytes the body of an answer has."""
    with socket.create_connection(("127.0.0.1", port)) as wire, wire.makefile("rb") as heard:
        wire.sendall(request)
        head = list(iter(heard.readline, b"\r\n"))
        assert b" 200 " in head[0], head
        return next(int(line.split(b":")[1]) for line in head if line.lower().startswith(b"content-length:"))


def run(port: int, requests: Iterable[bytes], clients: int, seconds: float) -> Result:
    """Send requests over `clients` connections, each waiting for its answer, until time or requests run out."""
    selector = selectors.DefaultSelector()
    feed = iter(requests)
    took: list[float] = []
    statuses: Counter[int] = Counter()
    started = time.perf_counter()
    for _ in range(clients):
        _Client(port, feed, took, statuses, selector)
    while selector.get_map() and time.perf_counter() - started < seconds:
        for key, _ in selector.select(0.5):
            key.data.hear()
    elapsed = time.perf_counter() - started
    for key in list(selector.get_map().values()):
        key.data.close()
    took.sort()
    if not took:
        return Result(0, 0, 0, statuses)
    return Result(len(took) / elapsed, took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000, statuses)


class _Client:
    def __init__(
        self,
        port: int,
        feed: Iterator[bytes],
        took: list[float],
        statuses: Counter[int],
        selector: selectors.BaseSelector,
    ) -> None:
        self.feed, self.took, self.statuses, self.selector = feed, took, statuses, selector
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard, self.wanted = b"", 0
        selector.register(self.socket, selectors.EVENT_READ, self)
        self.say()

    def say(self) -> None:
        request = next(self.feed, None)
        if request is None:
            self.close()
            return
        self.heard, self.wanted = b"", 0
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def hear(self) -> None:
        chunk = self.socket.recv(262144)
        if not chunk:
            self.statuses[0] += 1
            self.close()
            return
        self.heard += chunk
        if not self.wanted and (end := self.heard.find(b"\r\n\r\n")) > 0:
            head = self.heard[:end].lower()
            at = head.index(b"content-length:") + 15
            self.wanted = end + 4 + int(head[at:].split(b"\r", 1)[0])
        if self.wanted and len(self.heard) >= self.wanted:
            self.took.append(time.perf_counter() - self.asked_at)
            self.statuses[int(self.heard[9:12])] += 1
            self.say()

    def close(self) -> None:
        self.selector.unregister(self.socket)
        self.socket.close()
