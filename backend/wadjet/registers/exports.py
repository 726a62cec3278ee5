"""Registers as a file for an inspector: CSV, JSON or PDF of one, a ZIP of several, a PDF of all.

A file appears whole or not at all, readable by its owner alone, and replaces nothing. The journal tells what was
exported, by whom, and the file's digest.
"""

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from .. import clock, database, ledger, paper, shell
from ..settings import LANGUAGES, Settings
from . import tables
from .catalogue import Register
from .entries import find
from .models import Row
from .problems import NotExported

FORMATS = ("csv", "json", "pdf")
MOST_ON_PAPER = 5_000  # rows; a minute of work and more, and more than anybody reads
_PAGE = 500
_DATED = ("at", "recorded_at", "received_at", "detected_at", "published_at", "sent_on", "since")


@dataclass(frozen=True)
class Wanted:
    """What of the registers is wanted: of one person, from a local day on, up to and with another.

    is_opening  with what people said when they tied a field to a condition; else it is told that they did
    """

    person: str = ""
    since: date | None = None
    until: date | None = None
    is_opening: bool = True

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Those of some rows. A register that names no person has none of one."""
        for row in rows:
            if self.person and self.person not in (row.get("person"), row.get("object")):
                continue
            day = _day_of(row)
            if day and ((self.since and day < self.since) or (self.until and day > self.until)):
                continue
            yield row if self.is_opening else _unsaid(row)

    def columns(self, register: Register) -> list[str]:
        """What each of its rows has."""
        row = dict.fromkeys(register.columns)
        return list(row if self.is_opening else _unsaid(row))


def _unsaid(row: Row) -> Row:
    """A row without a person's own words."""
    if "condition" not in row:
        return row
    return {name: value for name, value in row.items() if name != "condition"} | {"conditional": bool(row["condition"])}


def export(
    registers: Sequence[Register],
    to: Path,
    *,
    form: str,
    wanted: Wanted = Wanted(),
    request: int | None = None,
    language: str = "ru",
    newest: int | None = None,
    by: str,
    settings: Settings,
    now: datetime,
) -> str:
    """Write registers to the new file `to`; answers its SHA-256.

    form     a word of FORMATS; of several registers, and of an answer to a request, the files go into one ZIP
    request  the authorised body's request (R7) that this answers; its entry goes with it
    newest   of each register a PDF holds only that many rows, the newest, and says so: setting them takes ten
             milliseconds each, and somebody waits
    Raises NotExported, EntryUnknown, PdfUnavailable.
    """
    asked = database.vault.read(lambda: find("authority_request", request)) if request is not None else None

    def fill(file: BinaryIO) -> None:
        several = len(registers) > 1 and form != "pdf"
        if asked or several:
            _pack(file, registers, form, wanted, asked, language, newest, settings, now)
        else:
            for piece in _pieces(registers, form, wanted, language, newest, settings, now):
                file.write(piece)

    def enter(digest: str) -> None:
        def write() -> None:
            ledger.append(
                "extract",
                "registers:register:exported",
                about=" ".join(each.code for each in registers)[:64],
                at=now,
                store=database.vault,
                by=by,
                sha256=digest,
                request=request,
            )

        database.vault.write(write)

    return _place(to, fill, enter)


def _pieces(
    registers: Sequence[Register],
    form: str,
    wanted: Wanted,
    language: str,
    newest: int | None,
    settings: Settings,
    now: datetime,
) -> Iterator[bytes]:
    if form == "pdf":
        yield _on_paper(registers, wanted, language, newest, settings, now)
        return
    (register,) = registers
    rows = wanted.of(register.read())
    yield tables.BOM.encode() if form == "csv" else b""
    for text in tables.csv_lines(rows, wanted.columns(register)) if form == "csv" else shell.as_json(rows):
        yield text.encode()


def _on_paper(
    registers: Sequence[Register],
    wanted: Wanted,
    language: str,
    newest: int | None,
    settings: Settings,
    now: datetime,
) -> bytes:
    sheets, left = [], MOST_ON_PAPER
    for register in registers:
        told = list(islice(_newest(register, wanted) if newest else wanted.of(register.read()), (newest or left) + 1))
        is_cut = newest is not None and len(told) > newest
        told = told[:newest] if is_cut else told
        left -= len(told)
        if left < 0:
            raise NotExported("A PDF holds 5,000 rows at most: take a shorter period, or CSV.")
        rows = [{name: tables.on_paper(name, value) for name, value in row.items()} for row in told]
        columns = {name: tables.COLUMNS.get(name, name) for name in (rows[0] if rows else ())}
        sheet = {"code": register.code, "title": register.title, "columns": columns, "rows": rows}
        sheets.append(sheet | {"newest": newest if is_cut else 0})
    operator = settings.operator
    name = next((operator.name[tag] for tag in (language, *LANGUAGES) if operator.name.get(tag)), "")
    return paper.to_pdf(
        "registers/registers.html",
        language=language,
        sheets=sheets,
        name=name,
        bin=operator.bin,
        made_at=now.astimezone(clock.LOCAL).strftime("%d.%m.%Y %H:%M"),
        wanted=wanted,
    )


def _newest(register: Register, wanted: Wanted) -> Iterator[Row]:
    """What is wanted of a register, the newest row first."""
    rows, place = register.newest(limit=_PAGE, is_opening=True)
    yield from wanted.of(rows)
    while place:
        rows, place = register.newest(place, _PAGE, is_opening=True)
        yield from wanted.of(rows)


def _pack(
    file: BinaryIO,
    registers: Sequence[Register],
    form: str,
    wanted: Wanted,
    asked: Row | None,
    language: str,
    newest: int | None,
    settings: Settings,
    now: datetime,
) -> None:
    """A ZIP: a file for each register, the request that it answers, and a list of all with their digests."""
    digests: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:

        def put(name: str, pieces: Iterable[bytes]) -> None:
            digest = sha256()
            with pack.open(zipfile.ZipInfo(name, clock.parse(clock.stamp(now)).timetuple()[:6]), "w") as member:
                for piece in pieces:
                    digest.update(piece)
                    member.write(piece)
            digests[name] = digest.hexdigest()

        if asked:
            put("request.json", [(json.dumps(asked, ensure_ascii=False, indent=1) + "\n").encode()])
        for register in registers:
            put(f"{register.code}.{form}", _pieces([register], form, wanted, language, newest, settings, now))
        listed = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
        put("SHA256SUMS", [listed.encode()])


def _place(to: Path, fill: Callable[[BinaryIO], None], enter: Callable[[str], None]) -> str:
    """Write a new file so that a crash leaves nothing or all of it; `enter` comes before it can be seen."""
    try:
        with _draft(to) as (draft, file):
            fill(file)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
            enter(digest.hexdigest())
            os.link(draft, to)  # fails where there is one by now
        folder = os.open(to.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:
        raise NotExported(f"{to} is there already; name a file that is not.") from None
    except OSError as error:
        raise NotExported(f"{error.filename or to}: {error.strerror}.") from error
    return digest.hexdigest()


@contextmanager
def _draft(to: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file beside `to`, gone afterwards; what a killed export left is replaced."""
    if os.path.lexists(to):
        raise FileExistsError
    draft = to.with_name(f".{to.name}.new")
    draft.unlink(missing_ok=True)
    opened = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "w+b") as file:
            yield draft, file
    finally:
        draft.unlink(missing_ok=True)


def _day_of(row: Row) -> date | None:
    """The local day of a row."""
    for name in _DATED:
        if value := row.get(name):
            return clock.local_date(clock.parse(value)) if "T" in value else date.fromisoformat(value)
    return None
