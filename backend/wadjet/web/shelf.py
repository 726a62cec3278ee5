"""Answers that are the same for everybody, kept in memory in front of Flask.

`/privacy/` and `/wadjet.js` depend on the address, the language and the encoding alone. The first request for each
is answered by its view, which says so by `keep(request)`; the next ones are answered from here, also while the
database is gone, until the version in force or the hour of the offer changes.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Request

from ..problems import Problem
from .guards import is_plainly_ours

_FLAG = "wadjet.keep"
_MOST = 256  # answers; then the oldest makes room, so that odd headers cannot keep the others out
_LONGEST = 1000  # letters of what the answer depends on

Stamp = Callable[[], object]


def keep(request: Request) -> None:
    """This answer may be given again to whoever asks the same."""
    request.environ[_FLAG] = True


class Shelf:
    """WSGI middleware. `stamp`: changes whenever what is kept has become old. `hosts`: names answered for."""

    def __init__(self, app: Any, stamp: Stamp, hosts: Iterable[str]) -> None:
        self._app = app
        self._stamp = stamp
        self._hosts = frozenset(hosts)
        self._kept: dict[tuple[str, ...], tuple[str, list[tuple[str, str]], bytes]] = {}
        self._kept_at: object = None
        self._writing = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or not is_plainly_ours(environ, self._hosts):
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        key = (
            environ["PATH_INFO"],
            environ.get("QUERY_STRING", ""),
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_ACCEPT_LANGUAGE", ""),
            environ.get("HTTP_ACCEPT", ""),
        )
        try:
            stamp = self._stamp()
        except Problem:  # storage or keys are gone, and nothing is known yet: the view says what it can
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        if stamp != self._kept_at:
            self._kept, self._kept_at = {}, stamp
        if found := self._kept.get(key):
            return _give(found, environ.get("HTTP_IF_NONE_MATCH"), start_response)
        return self._ask(key, environ, start_response)

    def _ask(self, key: tuple[str, ...], environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Let the view answer, and keep the answer if the view says so."""
        kept = self._kept
        said: list[Any] = []

        def listen(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            # The server writes the present Date, by which caches tell how old an answer is; a kept one would age.
            headers = [pair for pair in headers if pair[0] != "Date"]
            said[:] = [status, headers]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        chunks = self._app(environ, listen)
        if environ.get(_FLAG) and said[0].startswith("200"):
            body = b"".join(chunks)
            chunks.close()
            if sum(map(len, key)) < _LONGEST:
                with self._writing:
                    if len(kept) == _MOST:
                        del kept[next(iter(kept))]
                    kept[key] = (said[0], said[1], body)
            return [body]
        return chunks  # type: ignore[no-any-return]


def _give(found: tuple[str, list[tuple[str, str]], bytes], etags: str | None, start_response: Any) -> Iterable[bytes]:
    status, headers, body = found
    if etags:
        etag = next((value for name, value in headers if name == "ETag"), "")
        if etag and (etags.strip() == "*" or etag in (each.strip().removeprefix("W/") for each in etags.split(","))):
            start_response("304 NOT MODIFIED", [pair for pair in headers if not pair[0].startswith("Content-")])
            return [b""]
    start_response(status, headers)
    return [body]
