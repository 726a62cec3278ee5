"""Registers as files, for an inspector: one, or all of them, in one click."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from flask import Blueprint, Response, request, send_file
from flask_babel import get_locale

from ... import clock, registers
from ...settings import LANGUAGES
from .. import desk
from ..guard import needs

blueprint = Blueprint("exports", __name__, url_prefix="/registers")

_NEWEST, _NEWEST_OF_ALL = 500, 50  # rows of a register in a PDF: some five seconds, and ten for all of them
_TYPES = {"csv": "text/csv", "json": "application/json", "pdf": "application/pdf", "zip": "application/zip"}


@blueprint.post("/export")
@needs("inspector:export")
def export_all() -> Response:
    """Every register: a ZIP of CSV or JSON files, or one PDF."""
    return _file(registers.catalogue.shown(), "registers", _NEWEST_OF_ALL)


@blueprint.post("/<code>/export")
@needs("inspector:export")
def export(code: str) -> Response:
    """One register."""
    found = registers.catalogue.find(code)
    return _file([found], found.code, _NEWEST)


def _file(chosen: Sequence[registers.catalogue.Register], name: str, newest: int) -> Response:
    form = request.form.get("format", "")
    if form not in registers.FORMATS:
        raise registers.EntryInvalid("Choose CSV, JSON or PDF.")
    since, until = _day("since"), _day("until")
    language = request.form.get("language", "")
    end = "zip" if len(chosen) > 1 and form != "pdf" else form
    # Where everything else of the home lies, and gone from there before the first byte is sent.
    with tempfile.TemporaryDirectory(prefix=".export-", dir=desk.settings().home) as folder:
        path = Path(folder) / f"{name}.{end}"
        registers.export(
            chosen,
            path,
            form=form,
            wanted=registers.Wanted(since=since, until=until, is_opening=desk.who().may("persons:open")),
            language=language if language in LANGUAGES else get_locale().language,
            newest=newest,
            by=desk.by(),
            settings=desk.settings(),
            now=desk.now(),
        )
        file = path.open("rb")
    called = f"{name}-{clock.local_date(desk.now()).isoformat()}.{end}"
    answer = send_file(file, mimetype=_TYPES[end], as_attachment=True, download_name=called, max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _day(name: str) -> date | None:
    text = request.form.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise registers.EntryInvalid("Give a day.") from None
