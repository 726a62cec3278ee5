"""What every command stands on: the home it acts on, and how rows are printed. Knows nothing of click."""

import getpass
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

import peewee

from . import database
from .problems import Unavailable
from .settings import Settings, load

_BATCH = 500  # rows printed at once; the first batch decides how wide the columns are

Row = Mapping[str, Any]


def open_home(home: Path | None = None) -> Settings:
    """The settings of a home, its database open and up to date. `home`: default `WADJET_HOME`.

    Raises SettingsInvalid, Unavailable.
    """
    settings = load(home)
    try:
        database.open_stores(settings)
    except (OSError, peewee.PeeweeException, Unavailable) as error:
        raise Unavailable(f"The databases cannot be opened: {error.__cause__ or error}; see `wadjet doctor`") from error
    return settings


def who() -> str:
    """Who works here, as the system knows them."""
    return getpass.getuser()


def as_json(rows: Iterable[Row]) -> Iterator[str]:
    """One array of flat objects, in pieces; memory does not grow with the rows."""
    separator = "[\n "
    for batch in _batches(rows):
        yield separator + ",\n ".join(json.dumps(row, ensure_ascii=False) for row in batch)
        separator = ",\n "
    yield "[]\n" if separator.startswith("[") else "\n]\n"


def as_table(rows: Iterable[Row], empty: str) -> Iterator[str]:
    """Columns for people, in pieces; `empty` is said where there are no rows."""
    widths: dict[str, int] = {}
    for batch in _batches(rows):
        lines = [[cell(value) for value in row.values()] for row in batch]
        if not widths:
            names = list(batch[0])
            columns = zip(*lines, strict=True)
            widths = {name: max(map(len, chain([name], cells))) for name, cells in zip(names, columns, strict=True)}
            lines.insert(0, names)
        yield "".join("  ".join(map(str.ljust, line, widths.values())).rstrip() + "\n" for line in lines)
    if not widths:
        yield f"{empty}\n"


def cell(value: Any) -> str:
    """A value as people read it in a table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(value) if isinstance(value, list | tuple) else "" if value is None else str(value)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
