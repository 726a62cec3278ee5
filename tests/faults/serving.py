"""`wadjet serve` in a process of its own, on a home of its own, and a client on a wire that can break."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.house import OPERATOR, SMALL
from tests.services import free_port
from tests.visitor import ORIGIN
from wadjet import database, keys, policy
from wadjet.settings import Settings, load

WADJET = str(Path(sys.executable).with_name("wadjet"))
START_SECONDS = 30
PAGES = ("/privacy/", "/privacy/?lang=ru", "/wadjet.js", "/wadjet.js?site=wadjet.kz&lang=kk")


def found(folder: Path, receipts_database: str = "receipts.sqlite3", **more: Any) -> Settings:
    """A home with keys and the small policy as version 1; `more`: further settings."""
    values = {"rate_limit": "999999 per minute", "receipts_database": receipts_database, **more}
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    folder.mkdir(exist_ok=True)
    (folder / "wadjet.toml").write_text("\n".join([*lines, '[sites."wadjet.kz"]', f'origins = ["{ORIGIN}"]', ""]))
    settings = replace(load(folder, {}), operator=OPERATOR)
    keys.create(settings, now=datetime.now(UTC))
    with at_home(settings):
        publish(settings)
    return settings


@contextmanager
def at_home(settings: Settings) -> Iterator[None]:
    """This process acts on the home, as a command does."""
    database.open_stores(settings)
    policy.reset()
    try:
        yield
    finally:
        database.close_stores()


def publish(settings: Settings, **changes: Any) -> policy.Version:
    """The small policy once more, with some of the bundle's fields changed; inside `at_home`."""
    bundle = replace(policy.read(SMALL, operator=settings.operator), **changes)
    return policy.publish(bundle, settings=settings, now=datetime.now(UTC))


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took. Speaks like Flask's test response."""

    status_code: int
    headers: http.client.HTTPMessage
    data: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.data.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def slug(self) -> str:
        """Of a problem."""
        return str(self.json["type"]).rpartition("#")[2]

    def __enter__(self) -> "Answer":
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Cut(Exception):
    """No whole answer came: nobody knows what became of the request."""


class Wire:
    """One client's connection, opened anew after it broke. Speaks like Flask's test client."""

    def __init__(self, port: int, timeout: float = 20) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def get(self, path: str, query_string: dict[str, str] | None = None, **headers: str) -> Answer:
        return self._ask("GET", f"{path}?{urlencode(query_string)}" if query_string else path, None, headers)

    def post(self, path: str, *, data: bytes, headers: dict[str, str], content_type: str) -> Answer:
        return self._ask("POST", path, data, headers | {"Content-Type": content_type})

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        began = time.monotonic()
        try:
            said = {name.replace("_", "-"): value for name, value in headers.items()}
            self._connection.request(method, path, body, said)
            response = self._connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Cut(repr(error)) from error
        return Answer(response.status, response.headers, data, time.monotonic() - began)


class Server:
    """The process. `prefix`: what runs it, `setpriv …`; `environment`: its settings besides the home's own."""

    def __init__(self, home: Path, *, workers: int = 1, prefix: Sequence[str] = (), **environment: str) -> None:
        self.port = free_port()
        self._command = [*prefix, WADJET, "serve", "--port", str(self.port), "--workers", str(workers)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WADJET_")}
        self._environment = kept | {"WADJET_HOME": str(home)} | environment
        self._log = home.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> float:
        """Returns once it is ready: after how many seconds."""
        began = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        while not self._is_ready():
            assert self._process.poll() is None, self.said()
            assert time.monotonic() - began < START_SECONDS, self.said()
            time.sleep(0.01)
        return time.monotonic() - began

    def kill(self) -> None:
        """All its processes at once, without a word."""
        os.killpg(self.pid, signal.SIGKILL)
        self._reap()

    def stop(self) -> None:
        """As an init system does; nothing unforeseen may have happened by then."""
        if self._process is not None:
            self._process.terminate()
            self._reap()
        assert "incident" not in self.said(), self.said()

    def workers(self) -> list[int]:
        """The processes that answer, where there are several."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def resident_bytes(self) -> int:
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def said(self) -> str:
        """What it has printed and logged."""
        return self._log.read_text("utf-8", errors="replace")

    def wire(self, timeout: float = 20) -> Wire:
        return Wire(self.port, timeout)

    def _is_ready(self) -> bool:
        with self.wire(timeout=2) as wire:
            try:
                return wire.get("/readyz").status_code == 200
            except Cut:
                return False

    def _reap(self) -> None:
        assert self._process is not None
        self._process.wait(20)
        self._process = None


@contextmanager
def serving(home: Path, **options: Any) -> Iterator[Server]:
    """A server that stands, until the end of the block."""
    server = Server(home, **options)
    server.start()
    try:
        yield server
    except BaseException:
        print(server.said()[-4000:])  # noqa: T201 - beside the failure
        if server._process is not None:
            server.kill()
        raise
    server.stop()


def pages(wire: Wire) -> dict[str, tuple[int, bytes, str | None]]:
    """What everybody reads, which must stand whatever else falls: status, bytes, ETag."""
    return {
        path: (answer.status_code, answer.data, answer.headers["ETag"]) for path in PAGES for answer in [wire.get(path)]
    }
