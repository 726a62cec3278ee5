"""Which WSGI server: rates, slow clients and memory of each, on one core. Run: `python benchmarks/servers.py`.

Needs two cores, `wrk`, `taskset`, and the candidates: `pip install granian`. The server is pinned to one
core, the load to the other. Names on the command line choose candidates, `SECONDS` the length of each run.
"""

import asyncio
import concurrent.futures
import hashlib
import http.client
import io
import os
import queue
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, request

SECONDS = os.environ.get("SECONDS", "3")
MAX_BODY_BYTES = 64 * 1024
THREADS = 64
BODY = '{"id":"abcdefghijklmnopqrstuv","purposes":{"measurement":true,"embeds":false},"language":"kk"}'
HEAD = f"POST /plain HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n"
STALLS = {"header": HEAD.encode(), "body": f"{HEAD}\r\n{BODY[:9]}".encode()}


class GroupCommit:
    """Rows of all who wait at the moment become durable by one fdatasync; who finds nobody leading, leads once."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(dir="/var/tmp", buffering=0)  # noqa: SIM115  as long as the process
        self._turn, self._gate, self._waiting = threading.Lock(), threading.Lock(), []

    def add(self, row: bytes) -> None:
        done = threading.Event()
        with self._gate:
            self._waiting.append((row, done))
        with self._turn:
            if done.is_set():
                return
            with self._gate:
                batch, self._waiting = self._waiting, []
            self._file.write(b"".join(row for row, _ in batch))
            os.fdatasync(self._file.fileno())
            for _, waiting in batch:
                waiting.set()


def create_app() -> Flask:
    app, group = Flask(__name__), GroupCommit()

    @app.post("/plain")
    def plain() -> tuple[dict[str, str], int]:
        return {"id": request.get_json()["id"]}, 201

    @app.post("/commit")
    def commit() -> tuple[dict[str, str], int]:
        identity = request.get_json()["id"]
        for _ in range(250):  # what checking and signing cost, some 250 µs; too short to give up the interpreter
            hashlib.sha256(b"x" * 1024).digest()
        group.add(b"r" * 512)
        return {"id": identity}, 201

    return app


class Adapter:
    """RSGI to WSGI: the body is read before one of our threads is taken."""

    def __init__(self) -> None:
        self._app, self._calls = create_app(), queue.SimpleQueue()
        for _ in range(THREADS):
            threading.Thread(target=self._work, daemon=True).start()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        body = b""
        async for part in proto:
            body += part
            if len(body) > MAX_BODY_BYTES:
                proto.response_empty(413, [])
                return
        answered = self._loop.create_future()
        self._calls.put((scope, proto, body, answered))
        await answered

    def _work(self) -> None:
        while True:
            scope, proto, body, answered = self._calls.get()
            environ = {
                "REQUEST_METHOD": scope.method, "PATH_INFO": scope.path, "QUERY_STRING": scope.query_string,
                "SCRIPT_NAME": "", "SERVER_NAME": "a", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": scope.client.rsplit(":", 1)[0], "wsgi.input": io.BytesIO(body),
                "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr, "wsgi.version": (1, 0),
                "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
            }  # fmt: skip
            for name, value in scope.headers.items():
                key = name.upper().replace("-", "_")
                environ[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
            started: list[Any] = []
            result = self._app(environ, lambda *said: started.extend(said))  # noqa: B023  called at once
            proto.response_bytes(int(started[0][:3]), started[1], b"".join(result))
            self._loop.call_soon_threadsafe(answered.set_result, None)


def serve_waitress(port: int) -> None:
    from wadjet.settings import Settings
    from wadjet.web.server import serve

    serve(
        "servers:create_app",
        host="127.0.0.1",
        port=port,
        threads=THREADS,
        max_body_bytes=MAX_BODY_BYTES,
        settings=Settings(Path()),
    )


def serve_granian(port: int, interface: str = "wsgi", target: str = "create_app", **options: Any) -> None:
    from granian.server import Server

    Server(
        f"servers:{target}", factory=True, address="127.0.0.1", port=port, interface=interface, http="1",
        backpressure=4096, log_enabled=False, **options,
    ).serve()  # fmt: skip


CANDIDATES: dict[str, Callable[[int], None]] = {
    "waitress": serve_waitress,
    "granian-wsgi": lambda port: serve_granian(port, blocking_threads=THREADS),
    "granian-rsgi": lambda port: serve_granian(port, "rsgi", "Adapter", websockets=False),
}


def load(port: int, path: str, clients: int) -> str:
    """Rate and p99 of posts, by wrk on the other core."""
    script = Path(tempfile.gettempdir()) / "wadjet-post.lua"
    script.write_text(f"wrk.method='POST' wrk.headers['Content-Type']='application/json' wrk.body='{BODY}'")
    command = f"taskset -c 1 wrk -t1 -c{clients} -d{SECONDS}s --latency -s {script} http://127.0.0.1:{port}{path}"
    said = subprocess.run(command.split(), capture_output=True, text=True, check=True).stdout
    rate, late = re.search(r"Requests/sec:\s+(\S+)", said), re.search(r"99%\s+(\S+)", said)
    failed = "!" if "Non-2xx" in said or "Socket errors" in said else ""
    return f"{float(rate[1]):,.0f} ({late[1]}){failed}" if rate and late else "none"


def endure(port: int, stall: bytes) -> str:
    """Share answered and p99 of 400 posts, while 1,000 other clients stall."""
    stalled = [socket.create_connection(("127.0.0.1", port)) for _ in range(1000)]
    for client in stalled:
        client.sendall(stall)
    time.sleep(1)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        times = sorted(took for took in pool.map(lambda _: post(port), range(400)) if took is not None)
    for client in stalled:
        client.close()
    return f"{len(times) / 4:.0f} % ({times[int(len(times) * 0.99)] * 1000:.0f} ms)" if times else "0 %"


def post(port: int) -> float | None:
    client, began = http.client.HTTPConnection("127.0.0.1", port, timeout=2), time.monotonic()
    try:
        client.request("POST", "/plain", BODY, {"Content-Type": "application/json"})
        return time.monotonic() - began if client.getresponse().status == 201 else None
    except OSError:
        return None
    finally:
        client.close()


def resident(process: int) -> int:
    """Megabytes of a process and its children."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000 + sum(resident(int(child)) for child in children)


def measure(name: str) -> list[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(["taskset", "-c", "0", sys.executable, __file__, "--serve", name, str(port)])
    try:
        while post(port) is None:
            time.sleep(0.1)
        rates = [load(port, path, clients) for path in ("/plain", "/commit") for clients in (1, 16, 64)]
        memory = f"{resident(process.pid)} MB"
        return [name, *rates, *(endure(port, stall) for stall in STALLS.values()), memory]
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def main(names: list[str]) -> None:
    if missing := [tool for tool in ("wrk", "taskset") if not shutil.which(tool)]:
        sys.exit(f"{' and '.join(missing)} missing: apt-get install wrk util-linux")
    columns = [f"{what} {clients}" for what in ("plain", "commit") for clients in (1, 16, 64)]
    print("|", " | ".join(["server", *columns, *(f"1,000 slow in {part}" for part in STALLS), "memory"]), "|")
    print("|", " | ".join(["---"] * (len(columns) + 4)), "|")
    for name in names or CANDIDATES:
        print("|", " | ".join(measure(name)), "|", flush=True)


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parent))
    if sys.argv[1:2] == ["--serve"]:
        CANDIDATES[sys.argv[2]](int(sys.argv[3]))
    else:
        main(sys.argv[1:])
