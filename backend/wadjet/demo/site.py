"""The page that plays wadjet.kz: plain WSGI, its own files, and, on one origin, a proxy to the backend."""

import tomllib
from collections.abc import Callable, Iterable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from jinja2 import Environment, FileSystemLoader, select_autoescape

from .. import home
from ..settings import LANGUAGES, WIDGET, Settings, load, origin_of
from . import SITE

_FILES = {"/site.css": "text/css", "/measurement.js": "text/javascript", "/embed.html": "text/html"}
# What the strictest sites send. Nothing is allowed for the widget but its origin and its named policy.
_CSP = (
    "default-src 'none'; script-src 'self' {consent}; connect-src {consent}; style-src 'self'; img-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "require-trusted-types-for 'script'; trusted-types wadjet"
)
_NOT_FORWARDED = frozenset({"connection", "keep-alive", "transfer-encoding", "date", "server"})

StartResponse = Callable[..., Any]


def create_site() -> "DemoSite":
    """The WSGI application, by the settings of `WADJET_HOME`."""
    return DemoSite(load())


class DemoSite:
    """One page in three languages, a script and a frame that wait for consent."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_one_origin = origin_of(settings.base_url) in settings.sites[SITE].origins
        self._folder = WIDGET / "templates" / "demo"
        pages = Environment(loader=FileSystemLoader(self._folder), autoescape=select_autoescape())
        self._page = pages.get_template("site.html")
        self._words = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/":
            return self._answer(start_response, "200 OK", "text/html", self._render(environ["QUERY_STRING"]))
        if path in _FILES:
            return self._answer(start_response, "200 OK", _FILES[path], (self._folder / path[1:]).read_bytes())
        if path == "/icon.svg":
            body = (WIDGET / "static" / "icon.svg").read_bytes()
            return self._answer(start_response, "200 OK", "image/svg+xml", body)
        if self._is_one_origin:
            return self._forward(environ, start_response)
        return self._answer(start_response, "404 Not Found", "text/plain", b"There is only one page here: /")

    def _render(self, query: str) -> bytes:
        asked = parse_qs(query).get("lang", [""])[0]
        language = asked if asked in LANGUAGES else "en"
        settings = self._settings
        html = self._page.render(
            language=language,
            languages=LANGUAGES,
            words=self._words[language],
            tag=home.tag(settings.sites[SITE], settings),
            privacy_url=settings.privacy_url,
            contact_url=f"{settings.base_url}/contact/",
        )
        return html.encode()

    def _answer(self, start_response: StartResponse, status: str, mimetype: str, body: bytes) -> Iterable[bytes]:
        start_response(
            status,
            [
                ("Content-Type", f"{mimetype}; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Content-Security-Policy", _CSP.format(consent=origin_of(self._settings.base_url))),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-cache"),
            ],
        )
        return [body]

    def _forward(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Ask the backend the same and answer what it answers."""
        headers = {
            name[5:].replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_") and name != "HTTP_CONNECTION"
        }
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        target = quote(environ["PATH_INFO"].encode("latin-1")) + "?" + environ["QUERY_STRING"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        backend = HTTPConnection(self._settings.listen, timeout=30)
        try:
            backend.request(environ["REQUEST_METHOD"], target.rstrip("?"), body or None, headers)
            answer = backend.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            return self._answer(start_response, "502 Bad Gateway", "text/plain", b"The backend does not answer.")
        finally:
            backend.close()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _NOT_FORWARDED]
        start_response(f"{answer.status} {answer.reason}", kept)
        return [content]
