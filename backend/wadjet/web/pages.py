"""What every page says in the same way: where things are, in which language, on which day.

Links are relative, since a site may show `/privacy/` under its own name. The stylesheet and the scripts lie there too,
so that a proxy which knows only `/privacy/` finds them.
"""

import functools
import re
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from flask import request
from flask.sansio.app import App
from flask_babel import format_date, get_locale, gettext

from .. import clock
from ..settings import LANGUAGES, WIDGET
from . import negotiate

_SERVED = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_OWN_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}")


@dataclass(frozen=True)
class File:
    """A file of widget/static; `digest` is part of its address."""

    body: bytes
    mimetype: str
    digest: str


@dataclass(frozen=True)
class Tongue:
    """The languages of one page.

    text    of the words that are not ours, the policy's; page  of the words around them
    wished  other than `text` where it was not to be had; asked  by `?lang=`, "" without: links carry it on
    """

    text: str
    page: str
    wished: str
    asked: str


def init_app(app: App) -> None:
    """Give the templates their words."""
    for function in (asset, to, own_name, in_language, direction):
        app.add_template_global(function)
    app.add_template_filter(day)


def tongue(available: tuple[str, ...]) -> Tongue:
    """The languages to answer this request in, where the text is to be had in `available`."""
    wanted, named = negotiate.wanted(request), asked()
    text = negotiate.choose(wanted, available)
    page = negotiate.choose([*wanted, text], LANGUAGES)
    return Tongue(text, page, text if text.lower() == named else named.partition("-")[0] or page, named)


def asked() -> str:
    """The language named by `?lang=`, if there is one of that name: nothing else of a query enters a page."""
    tag = request.args.get("lang", "").lower()
    try:
        return tag if _TAG.fullmatch(tag) and Locale.parse(tag, sep="-") else ""
    except (UnknownLocaleError, ValueError):
        return ""


def root() -> str:
    """The way from the page being written to /privacy/."""
    if not request.path.startswith("/privacy/"):
        return "/privacy/"
    return "../" * (request.path.count("/") - 2) or "./"


def to(path: str = "", **query: str) -> str:
    """A link to a page under /privacy/, in the language that was asked for."""
    said = urlencode(query | ({"lang": named} if (named := asked()) else {}))
    return f"{root()}{path}" + (said and f"?{said}")


def asset(name: str) -> str:
    """The address of a file of widget/static; it changes with the content."""
    return f"{root()}static/{name}?v={files()[name].digest}"


@functools.cache
def files() -> dict[str, File]:
    """The files that pages load, by name; there is no other way to name one."""
    found = (path for path in (WIDGET / "static").iterdir() if path.suffix in _SERVED)
    bodies = {path.name: (path.read_bytes(), _SERVED[path.suffix]) for path in found}
    return {name: File(body, mimetype, sha256(body).hexdigest()[:12]) for name, (body, mimetype) in bodies.items()}


def own_name(language: str) -> str:
    """A language in its own words."""
    return _OWN_NAMES.get(language) or Locale.parse(language, sep="-").get_display_name() or language


def in_language(language: str) -> str:
    """The part of a sentence that says “in Kazakh”."""
    known = {"kk": gettext("in Kazakh"), "ru": gettext("in Russian"), "en": gettext("in English")}
    name = Locale.parse(language, sep="-").get_display_name(get_locale())
    return known.get(language) or str(gettext("in another language (%(name)s)", name=name))


def direction(language: str) -> str:
    """`ltr` or `rtl`."""
    return str(Locale.parse(language, sep="-").text_direction)


def day(value: date | datetime) -> str:
    """A day in words; of a moment, the day in Kazakhstan."""
    value = clock.local_date(value) if isinstance(value, datetime) else value
    return str(format_date(value, "d MMMM y" if get_locale().language == "en" else "long"))
