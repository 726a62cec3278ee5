"""Posts answered without Flask, when all goes well.

What a request context, a route and a session cost is more than everything that a receipt's own rules cost. So a post
that is written in the plainest way is read here and given to its room at once, to the same function that Flask's view
calls; its answer leaves with the same headers. Whatever is less plain goes on to Flask, and so does every refusal: it
is raised there once more, and told as all others are.
"""

import io
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from flask import Flask, Request, request
from werkzeug.http import HTTP_STATUS_CODES

from ..settings import Settings
from .guards import MAX_BODY_BYTES, is_plainly_ours
from .headers import Headers

_REFUSAL = "wadjet.refusal"
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z.+-]+")  # and nothing with it
_LENGTH = re.compile(r"[0-9]{1,9}")


class Post(NamedTuple):
    """What a room is told of a post. `sender`: the address it came from, for counting only."""

    media_type: str
    body: bytes
    origin: str | None
    sender: str | None

    @classmethod
    def of(cls, request: Request) -> "Post":
        origin = request.headers.get("Origin")
        return cls(request.mimetype, request.get_data(cache=False), origin, request.remote_addr)


Take = Callable[[Post], tuple[bytes, int]]  # to JSON and the status; what it raises is told by errors.py


def init_app(app: Flask, takes: Mapping[str, Take], settings: Settings) -> None:
    """Take posts to these paths in front of the application."""

    @app.before_request
    def refuse() -> None:
        if refusal := request.environ.get(_REFUSAL):
            raise refusal

    app.wsgi_app = Hatch(app.wsgi_app, takes, settings)  # type: ignore[method-assign]


class Hatch:
    """WSGI middleware."""

    def __init__(self, app: Any, takes: Mapping[str, Take], settings: Settings) -> None:
        self._app = app
        self._takes = takes
        self._hosts = frozenset(settings.hosts)
        self._headers = Headers(settings)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        take = self._takes.get(path) if environ["REQUEST_METHOD"] == "POST" else None
        body = self._read(environ) if take else None
        if take is None or body is None:
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        environ["wadjet.route"] = path
        origin = environ.get("HTTP_ORIGIN")
        try:
            answer, status = take(Post(environ["CONTENT_TYPE"], body, origin, environ.get("REMOTE_ADDR")))
        except Exception as refusal:  # noqa: BLE001 - whatever it is, it is raised once more
            environ[_REFUSAL] = refusal
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
        start_response(f"{status} {HTTP_STATUS_CODES[status].upper()}", headers + self._headers.of(path, origin))
        return [answer]

    def _read(self, environ: dict[str, Any]) -> bytes | None:
        """The body of a post that leaves no question open; else None, and it can be read once more."""
        length = environ.get("CONTENT_LENGTH") or ""
        if (
            not is_plainly_ours(environ, self._hosts)
            or not _MEDIA_TYPE.fullmatch(environ.get("CONTENT_TYPE") or "")
            or not _LENGTH.fullmatch(length)
            or int(length) > MAX_BODY_BYTES
        ):
            return None
        body: bytes = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)
        return body if len(body) == int(length) else None
