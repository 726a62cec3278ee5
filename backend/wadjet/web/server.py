"""`wadjet serve`: waitress, in one process or several, until it is told to stop.

Waitress reads a request whole before a thread takes it, so a client that stalls, in the header or the body, costs
a connection and no thread (docs/decisions/002-server.md). What it takes, boundaries.py says; TLS is the proxy's,
`X-Forwarded-*` the application's.
"""

import gc
import importlib
import json
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask, WSGITask

from ..problems import SettingsInvalid, Unavailable
from ..settings import Settings
from . import logs
from .boundaries import Parser, is_precious
from .headers import Headers

BACKLOG = 2048
MOST_CLIENTS = 10_000
SPARE_FILES = 200  # left for databases, templates, sockets of the application
GRACE_SECONDS = 8.0
SETTLE_SECONDS = 0.1  # for clients that the kernel has accepted and we have not
RESPAWN_SECONDS = 1.0
PATIENCE_SECONDS = 2.0  # how long a request may have waited for a thread; the database's own patience is the same
_REFUSAL_HEADERS = {"Cache-Control": "no-store", "Content-Type": "application/problem+json"}
STOP = {signal.SIGTERM, signal.SIGINT}


def serve(
    factory: str,
    *,
    host: str,
    port: int,
    workers: int = 1,
    threads: int = 20,
    max_body_bytes: int,
    settings: Settings,
    on_ready: Callable[[], None] | None = None,
    beside: Callable[[threading.Event], None] | None = None,
) -> None:
    """Serve the application until SIGTERM or SIGINT, then finish what is under way and return.

    factory   "package.module:function", called without arguments in each process that serves
    workers   1 serves in this process; more are forked, and replaced when they die
    threads   in each process: how many requests may wait for the database at once
    settings  whose addresses and origins name what is refused before the application sees it, and who may read it
    beside    runs in a thread of its own in each process, and returns soon after the event it gets is set
    Raises SettingsInvalid when the address cannot be had. Main thread only.
    """
    listener = _listen(host, port)

    def run(ready: Callable[[], None]) -> None:
        _run(listener, factory, threads, max_body_bytes, settings, ready, beside)

    try:
        if workers == 1:
            run(on_ready or _nothing)
        else:
            _supervise(run, workers, on_ready)
    finally:
        listener.close()


def _nothing() -> None:
    pass


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        mistake = f"{host} port {port} cannot be had ({error.strerror}); stop the other program or choose another port"
        raise SettingsInvalid(mistake, mistakes=[mistake]) from error


def _run(
    listener: socket.socket,
    factory: str,
    threads: int,
    max_body_bytes: int,
    settings: Settings,
    on_ready: Callable[[], None],
    beside: Callable[[threading.Event], None] | None,
) -> None:
    """One process: load the application, serve, stop when told or when the supervisor is gone."""
    module, _, name = factory.partition(":")
    server = create_server(
        getattr(importlib.import_module(module), name)(),
        sockets=[listener],
        threads=threads,
        max_request_body_size=max_body_bytes + 1,
        max_request_header_size=16 * 1024,
        connection_limit=max(SPARE_FILES, min(MOST_CLIENTS, _open_files() - SPARE_FILES)),
        backlog=BACKLOG,
        channel_timeout=120,
        asyncore_use_poll=True,
        ident=None,
        clear_untrusted_proxy_headers=False,
        expose_tracebacks=False,
    )
    server.channel_class = _Channel
    server.base_url, server.headers = settings.base_url, Headers(settings)
    gc.freeze()  # what stands by now is no garbage, nor looked at for some ever again
    logs.configure()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it counts waiting requests, a line each
    stopping: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stopping.append(number)
        server.pull_trigger()

    before = {number: signal.signal(number, stop) for number in STOP}
    parent = os.getppid()
    ended = threading.Event()
    companion = threading.Thread(target=beside, args=(ended,), name="beside", daemon=True) if beside else None
    if companion:
        companion.start()
    on_ready()
    try:
        while not stopping and os.getppid() == parent:
            _turn(server, 1.0)
        until = time.monotonic() + GRACE_SECONDS
        ended.set()
        _drain(server, until)
        if companion:  # a daemon: nothing outlives its grace
            companion.join(max(0.0, until - time.monotonic()))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Refusal(ErrorTask):
    """What waitress refuses before the application sees it, told as the application would."""

    def execute(self) -> None:
        error = self.request.error
        slug = "body-too-large" if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else "bad-request"
        self.set_close_on_finish()
        self.refuse(error.code, slug, error.reason, error.body)

    def refuse(self, status: int, slug: str, title: str, detail: str) -> None:
        server = self.channel.server
        problem = {"type": f"{server.base_url}/docs/#{slug}", "title": title, "status": status, "detail": detail}
        body = json.dumps(problem).encode()
        self.status = f"{status} {HTTPStatus(status).phrase}"
        # A page of the site may read why, as it may read every other refusal; a header that ends nowhere names nobody.
        path, origin = getattr(self.request, "path", ""), getattr(self.request, "headers", {}).get("ORIGIN")
        self.response_headers += [*server.headers.of(path, origin, is_kept=True), *_REFUSAL_HEADERS.items()]
        self.content_length = len(body)
        self.write(b"" if getattr(self.request, "command", "") == "HEAD" else body)


class _Shed(_Refusal):
    """What has waited for too long already: said at once, so that those behind it are answered in time."""

    def execute(self) -> None:
        self.response_headers.append(("Retry-After", str(Unavailable.retry_after)))
        self.refuse(
            HTTPStatus.SERVICE_UNAVAILABLE, Unavailable.slug, Unavailable.title, "Too many are asking. Try again."
        )


class _Channel(HTTPChannel):
    parser_class = Parser
    error_task_class = _Refusal

    def service(self) -> None:
        """Execute one request, or shed it."""
        request = self.requests[0]
        waited = time.monotonic() - request.completed_at
        shed = waited > PATIENCE_SECONDS and not request.error and not is_precious(request)
        self.task_class = _Shed if shed else WSGITask
        super().service()


def _turn(server: Any, seconds: float) -> None:
    wasyncore.loop(timeout=seconds, use_poll=True, map=server._map, count=1)  # noqa: SLF001 - waitress' own way to step


def _drain(server: Any, until: float) -> None:
    """Take no more clients; let every request that has arrived be answered."""
    settled = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < settled:
        _turn(server, SETTLE_SECONDS / 4)
    wasyncore.dispatcher.close(server)
    while time.monotonic() < until:
        channels = list(server.active_channels.values())
        busy = [channel for channel in channels if channel.requests or channel.total_outbufs_len]
        for channel in channels:
            if channel not in busy:
                channel.handle_close()
        if not busy:
            break
        _turn(server, 0.05)
    server.task_dispatcher.shutdown(timeout=1)


def _open_files() -> int:
    """Raise the soft limit, often 1,024, to the hard one: slow clients are held by descriptors alone."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def _supervise(run: Callable[[Callable[[], None]], None], workers: int, on_ready: Callable[[], None] | None) -> None:
    """Keep that many processes alive; this one loads no application."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    children = {_fork(run)}
    if 0 in children:
        raise RuntimeError("the application does not start; its error stands above")
    children |= _started(run, workers - 1)  # it does start: one that dies by now is replaced as any other
    (on_ready or _nothing)()
    while signal.sigtimedwait(STOP, RESPAWN_SECONDS) is None:
        children -= {child for child in children if os.waitpid(child, os.WNOHANG)[0]}
        children |= _started(run, workers - len(children))
    _end(children)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)


def _started(run: Callable[[Callable[[], None]], None], most: int) -> set[int]:
    """New processes: fewer where some died before they served."""
    return {_fork(run) for _ in range(most)} - {0}


def _fork(run: Callable[[Callable[[], None]], None]) -> int:
    """Start a process and wait until it serves: its id, or 0 when it died before."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)
            run(lambda: os.close(writer) if os.write(writer, b"!") else None)
        except Exception as error:  # noqa: BLE001 - the parent's stack above us is not ours to unwind
            print(f"wadjet: a server process failed: {error}", file=sys.stderr, flush=True)  # noqa: T201
        finally:
            os._exit(0)
    os.close(writer)
    ready = os.read(reader, 1)
    os.close(reader)
    if ready:
        return child
    os.waitpid(child, 0)
    return 0


def _end(children: set[int]) -> None:
    """Tell all, wait for each, and kill what outstays its grace."""
    until = time.monotonic() + GRACE_SECONDS + 1
    for child in children:
        os.kill(child, signal.SIGTERM)
    for child in children:
        while not os.waitpid(child, os.WNOHANG)[0]:
            if time.monotonic() > until:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.02)
