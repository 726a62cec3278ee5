"""Clients that stall, in the header and in the body, by the thousand: everybody else is answered as ever."""

import contextlib
import resource
import socket
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.crowd import Crowd, check_store
from tests.faults.figures import Progress, figures
from tests.faults.serving import found, serving
from tests.visitor import ORIGIN, Visitor

HEAD = b"POST /api/v1/receipts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jose\r\n"
ORIGIN_FIELD = f"Origin: {ORIGIN}\r\n".encode()
P99_MS = 250
ANSWER_SECONDS = 5  # the first of the others comes while the server is still accepting all that stall


@pytest.fixture
def many_files() -> Iterator[None]:
    """As many open files as this process may have at most."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("stalled", figures(50, 1000))
def test_stalled_clients_hold_up_nobody(stalled: int, tmp_path: Path, progress: Progress) -> None:
    home = tmp_path / "home"
    found(home)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serving(home))
        visitor = Visitor(stack.enter_context(server.wire()))
        token = visitor.sign(visitor.decision()).encode()
        whole = HEAD + ORIGIN_FIELD + b"Content-Length: %d\r\n\r\n" % len(token) + token
        half_head, half_body = HEAD + b"X-Slow: ", whole[:-20]
        clients = []
        for sent in [half_head] * stalled + [half_body] * stalled:
            client = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20))
            client.sendall(sent)
            clients.append(client)

        crowd, pages = Crowd(server, clients=4, withdrawing=0.2), []
        until = time.monotonic() + max(2, stalled / 50)
        with crowd.at_work(), server.wire() as wire:
            while time.monotonic() < until:
                answer = wire.get("/privacy/")
                assert answer.status_code == 200
                pages.append(answer.seconds)
                for client in clients[:stalled:10]:
                    client.sendall(b"x")  # a byte now and then, so that no timeout ends it
                time.sleep(0.01)
        crowd.settle()

        assert (crowd.odd, crowd.refused, crowd.broken) == ([], {}, 0)
        median, p99 = (round(statistics.quantiles(pages, n=100)[at] * 1000) for at in (49, 98))
        progress.say(f"{2 * stalled} stalled; {len(crowd.told)} others, the slowest after {crowd.slowest:.3f} s")
        progress.say(
            f"{len(pages)} pages, the median after {median} ms, p99 after {p99} ms, {max(pages):.3f} s at most"
        )
        assert stalled < 1000 or p99 < P99_MS  # the machine is to be left alone for that figure
        assert max(crowd.slowest, *pages) < ANSWER_SECONDS
        clients[-1].sendall(whole[-20:])
        assert clients[-1].recv(100).startswith(b"HTTP/1.1 201 ")
    check_store(home, "receipts.sqlite3", crowd)
