"""What is written down of what happens: one event, one line of JSON, and nothing of a person.

Paths, queries, addresses and headers stay out at every level: a receipt's id is a capability, and the rest tells
who came. An exception is told by its kind and where it arose, never by its text, which may quote what was sent.
"""

import json
import logging
import time
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, request

from .. import clock

access = logging.getLogger("wadjet.access")


class Lines(logging.Formatter):
    """One record as one line. `extra={"facts": {…}}` adds members."""

    def format(self, record: logging.LogRecord) -> str:
        at = clock.stamp(datetime.fromtimestamp(record.created, UTC))
        line: dict[str, Any] = {
            "at": at,
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage(),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2], limit=-8)
            ]
        return json.dumps(line, ensure_ascii=False)


def configure(level: int = logging.INFO) -> None:
    """Send the house's own log to standard error; the libraries' chatter stays off."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    house = logging.getLogger("wadjet")
    house.handlers, house.propagate = [handler], False
    house.setLevel(level)


class Access:
    """WSGI middleware: a line per answer. The route's rule stands for the path; `kept`: the shelf answered."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        begun, said = time.perf_counter(), [""]

        def listen(status: str, *rest: Any) -> Any:
            said[0] = status
            return start_response(status, *rest)

        answer = self._app(environ, listen)
        facts = {
            "method": environ["REQUEST_METHOD"],
            "route": environ.get("wadjet.route", "kept"),
            "status": int(said[0][:3]),
            "ms": round((time.perf_counter() - begun) * 1000, 1),
        }
        access.info("answered", extra={"facts": facts})
        return answer  # type: ignore[no-any-return]


def init_app(app: Flask) -> None:
    """Write an access line for everything that this application answers from here on."""

    @app.before_request
    def name_the_route() -> None:
        request.environ["wadjet.route"] = request.url_rule.rule if request.url_rule else None

    app.wsgi_app = Access(app.wsgi_app)  # type: ignore[method-assign]
