"""What is measured, each served by the same server: the real application, and bare Flask beside it."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, jsonify, request

ROOT = Path(__file__).parents[1]
STATIC = b"x" * int(os.environ.get("STATIC_BYTES", "20000"))
ROWS = 50
LISTING = """<!doctype html><html lang="en"><title>{{ title }}</title><table>
{% for each in rows %}<tr><th>{{ each.number }}</th><td>{{ each.said }}</td></tr>
{% endfor %}</table></html>"""


def bare() -> Flask:
    """The least a Flask application can do: read JSON, answer JSON; answer bytes; answer a page of a template."""
    app = Flask(__name__)
    listing = app.jinja_env.from_string(LISTING)

    @app.post("/json")
    def post() -> object:
        return jsonify({"id": request.get_json()["id"]})

    @app.get("/bytes")
    def get() -> bytes:
        return STATIC

    @app.get("/page/<int:length>")
    def page(length: int) -> str:
        said = "x" * (length // ROWS - 33)
        return listing.render(title="A list", rows=[{"number": each, "said": said} for each in range(ROWS)])

    return app


@dataclass(frozen=True)
class Served:
    """A server process of its own, on a core of its own."""

    port: int
    pid: int
    home: Path

    @property
    def resident_mb(self) -> float:
        """RSS of the process."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    @property
    def processor_seconds(self) -> float:
        """What the process has used; the kernel's clock of another process, by its number."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def ask(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return bytes(answer.read())


@contextlib.contextmanager
def serving(factory: str, home: Path, core: int = 0, **environment: str) -> Iterator[Served]:
    """`python -m benchmarks.served FACTORY` on `core`, until the block ends."""
    told = os.environ | {"WADJET_HOME": str(home), "PYTHONPATH": f"{ROOT / 'backend'}:{ROOT}"} | environment
    command = [sys.executable, "-m", "benchmarks.served", factory]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env=told,
        cwd=home,
        preexec_fn=lambda: os.sched_setaffinity(0, {core % (os.cpu_count() or 1)}),
    ) as process:
        assert process.stdout
        try:
            yield Served(int(process.stdout.readline()), process.pid, home)
        finally:
            process.terminate()


@contextlib.contextmanager
def founded() -> Iterator[Path]:
    """A home with the starter policy published."""
    with tempfile.TemporaryDirectory(prefix="wadjet-bench-") as folder:
        home = Path(folder)
        for command in (["init"], ["policy", "publish", "starter", "--incomplete"]):
            subprocess.run(
                [Path(sys.executable).with_name("wadjet"), *command],
                check=True,
                stdout=subprocess.DEVNULL,
                env=os.environ | {"WADJET_HOME": folder},
            )
        yield home


if __name__ == "__main__":
    if "://" not in os.environ.get("WADJET_RECEIPTS_DATABASE", ""):
        sys.modules["psycopg"] = None  # type: ignore[assignment] - as set up for SQLite; peewee imports what it finds
    from wadjet.settings import Settings
    from wadjet.web.server import serve

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    serve(
        sys.argv[1],
        host="127.0.0.1",
        port=port,
        max_body_bytes=16 * 1024,
        settings=Settings(Path()),
        on_ready=lambda: print(port, flush=True),
    )
