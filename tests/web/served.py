"""The small application that tests of the server have served in a process of its own."""

import os
import sys
import time
from pathlib import Path

from flask import Flask, request

from tests.visitor import ORIGIN
from wadjet.settings import Settings, Site
from wadjet.web.server import serve

MAX_BODY_BYTES = 64 * 1024


def create_app() -> Flask:
    """Where STARTS names a file, the second process to start dies of it."""
    if starts := os.environ.get("STARTS"):
        with Path(starts).open("a") as file:
            file.write("x")
        if Path(starts).read_text() == "xx":
            os._exit(1)
    app = Flask(__name__)
    heard: list[dict[str, object]] = []

    @app.route("/echo", methods=["GET", "POST"])
    @app.route("/api/echo", methods=["GET", "POST"])
    @app.route("/console/echo", methods=["POST"])
    def echo() -> dict[str, object]:
        said: dict[str, object] = {
            "method": request.method,
            "address": request.remote_addr,
            "host": request.host,
            "path": request.path,
            "query": request.query_string.decode(),
            "body": request.get_data(as_text=True),
            "headers": {name: value for name, value in request.headers.items() if name.startswith("X")},
            "process": os.getpid(),
        }
        heard.append(said)
        return said

    @app.get("/heard")
    def heard_since() -> list[dict[str, object]]:
        """What `echo` was asked since this was."""
        said = heard.copy()
        heard.clear()
        return said

    @app.get("/slow")
    def slow() -> str:
        time.sleep(1)
        return "at last"

    @app.get("/large")
    def large() -> bytes:
        return b"x" * 8_000_000

    @app.get("/die")
    def die() -> str:
        os._exit(1)

    return app


if __name__ == "__main__":
    serve(
        "tests.web.served:create_app",
        host="127.0.0.1",
        port=int(sys.argv[1]),
        workers=int(sys.argv[2]),
        threads=8,
        max_body_bytes=MAX_BODY_BYTES,
        settings=Settings(
            Path(), base_url="https://consent.wadjet.kz", sites={"wadjet.kz": Site("wadjet.kz", (ORIGIN,))}
        ),
        on_ready=lambda: print("ready", flush=True),  # noqa: T201
    )
