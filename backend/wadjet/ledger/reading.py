"""The journal as people ask it: the newest first, by day, act, event, whose work it was, what it was about.

A page costs the same however long the journal is: rows are reached in order, by day, by whose work they were, by what
they were about, and of those at most so many are looked at. Where none was found among them, the page says how far it
has come, and the next one goes on there.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any

from .. import clock, database
from .journal import told

PAGE = 50
_LOOKED_AT = 10_000
# The time of an entry as the index `journal_entry_at` has it; the names in these statements are our own columns'.
_AT = {
    "SQLite": "json_extract(CAST(entry AS TEXT), '$.at')",
    "PostgreSQL": """substring(encode(entry, 'escape') FROM '"at":"([^"]*)"')""",
}
# Likewise whose work it was, as `journal_entry_by` has it; what is no such name is sifted out instead.
_BY = {
    "SQLite": "json_extract(CAST(entry AS TEXT), '$.by')",
    "PostgreSQL": """substring(encode(entry, 'escape') FROM '"by":"([^"]*)"')""",
}
_NAME = re.compile(r"[\w-]+", re.ASCII)
_ALWAYS = ("", "9")  # before and after every time

Row = dict[str, Any]
_Stored = tuple[int, str, bytes]


@dataclass(frozen=True)
class Wanted:
    """What of the journal is asked for; "" and None: whatever it is.

    event         how it begins: `consent:`; by  as journals name somebody
    since, until  local days, both with it
    """

    act: str = ""
    event: str = ""
    by: str = ""
    about: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def is_sifted(self) -> bool:
        """Whether rows have to be looked at one by one."""
        return bool(self.act or self.event or (self.by and not self.names_somebody))

    @property
    def names_somebody(self) -> bool:
        """Whether the rows by whom it is asked are found by index."""
        return bool(_NAME.fullmatch(self.by))

    def may_be(self, entry: bytes) -> bool:
        """Whether an entry can be one of these, told from its bytes: many are looked at, and few are read."""
        return all(each in entry for each in self._marks)

    @cached_property
    def _marks(self) -> tuple[bytes, ...]:
        whole = {name: value for name, value in (("act", self.act), ("by", self.by)) if value}
        marks = [
            json.dumps({name: value}, ensure_ascii=False, separators=(",", ":"))[1:-1] for name, value in whole.items()
        ]
        if self.event:
            marks.append(json.dumps({"event": self.event}, ensure_ascii=False, separators=(",", ":"))[1:-2])
        return tuple(each.encode() for each in marks)

    def has(self, row: Row) -> bool:
        return self.act in ("", row["act"]) and row["event"].startswith(self.event) and self.by in ("", row["by"])

    def span(self) -> tuple[str, str]:
        """From which time on, and before which, as `clock.stamp` writes them."""
        first, last = _ALWAYS
        return (
            clock.stamp(clock.start_of(self.since)) if self.since else first,
            clock.stamp(clock.start_of(self.until + timedelta(days=1))) if self.until else last,
        )


@dataclass(frozen=True)
class Page:
    """Rows as `listing` gives them, each with its `entry` letter for letter.

    after    where the next page begins; None: this is the last one
    seen_to  the time of the last row looked at, where that is why the page ends; "" otherwise
    """

    rows: list[Row]
    after: int | None = None
    seen_to: str = ""


def page(store: database.Store, wanted: Wanted, *, after: int | None = None) -> Page:
    """The next rows of a database's journal, the newest first; reads by itself. `after`: as the page before said."""
    most = _LOOKED_AT if wanted.is_sifted else PAGE + 1
    looked_at = store.read(lambda: _look(store, wanted, after, most, newest_first=True))
    found: list[Row] = []
    for row in _of(looked_at, wanted):
        if len(found) == PAGE:
            return Page(found, found[-1]["seq"])
        found.append(row)
    if len(looked_at) == most and most == _LOOKED_AT:
        return Page(found, looked_at[-1][0], told(*looked_at[-1])["at"])
    return Page(found)


def rows(store: database.Store, wanted: Wanted) -> Iterator[Row]:
    """All of them, the oldest first, each with its `entry` letter for letter; read a page at a time."""
    after = None
    while some := store.read(partial(_look, store, wanted, after, 500, newest_first=False)):
        yield from _of(some, wanted)
        after = some[-1][0]


def _of(stored: Iterable[_Stored], wanted: Wanted) -> Iterator[Row]:
    for seq, about, entry in stored:
        if wanted.may_be(entry) and wanted.has(row := told(seq, about, entry)):
            yield row | {"entry": entry.decode()}


def _look(store: database.Store, wanted: Wanted, after: int | None, most: int, *, newest_first: bool) -> list[_Stored]:
    at, (since, until) = _AT[store.kind], wanted.span()
    asked, values = f"{at} >= ? AND {at} < ?", list[str | int]((since, until))
    if after is not None:
        reached = store.execute(f"SELECT {at} FROM journal_entry WHERE seq = ?", after).fetchone()  # noqa: S608
        # A plain bound beside the exact one, for it is what the index understands.
        asked += (
            f" AND {at} <= ? AND ({at} < ? OR seq < ?)" if newest_first else f" AND {at} >= ? AND ({at} > ? OR seq > ?)"
        )
        values += [reached[0], reached[0], after] if reached else [until, until, after]
    if wanted.about:
        asked += " AND about = ?"
        values.append(wanted.about)
    if wanted.names_somebody:
        asked += f" AND {_BY[store.kind]} = ?"
        values.append(wanted.by)
    order = f"{at} DESC, seq DESC" if newest_first else f"{at}, seq"
    statement = f"SELECT seq, about, entry FROM journal_entry WHERE {asked} ORDER BY {order} LIMIT ?"  # noqa: S608
    found = store.execute(statement, *values, most).fetchall()
    return [(seq, about, bytes(entry)) for seq, about, entry in found]
