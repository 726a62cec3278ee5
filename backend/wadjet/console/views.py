"""Where the console hangs: at /console/ of the visitors' application, made when somebody first asks for it."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from ..settings import Settings


def mount(app: Flask, settings: Settings, now: Callable[[], datetime]) -> None:
    """Answer at /console/ of an application."""

    def make() -> Flask:
        from .application import create_console  # its libraries take time and memory that visitors need not pay for

        return create_console(settings, now)

    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/console": _Later(make)})  # type: ignore[method-assign]


class _Later:
    """An application that the first request for it makes."""

    def __init__(self, make: Callable[[], Flask]) -> None:
        self._make = make
        self._made: Flask | None = None
        self._making = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._making:
            self._made = self._made or self._make()
        return self._made(environ, start_response)
