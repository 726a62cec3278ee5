"""The journal of every act of processing, in the words of clause 9.1."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from .. import clock, database

_MOST_MARKS = 500  # in one statement
_LAST = 2**63 - 1  # behind every row
# Source: policy 9.1 (and 2.2 for `unblock`).
ACTS = frozenset(
    {
        "collect",
        "record",
        "classify",
        "accumulate",
        "store",
        "rectify",
        "extract",
        "use",
        "distribute",
        "provide",
        "access",
        "depersonalise",
        "block",
        "unblock",
        "delete",
        "destroy",
    }
)

# A flat object of text, whole numbers and null, its names in ASCII, is in RFC 8785's form once its members are sorted.
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def append(
    act: str,
    event: str,
    *,
    about: str,
    at: datetime,
    store: database.Store = database.receipts,
    **facts: str | int | None,
) -> None:
    """Leave a row; call it inside the act's own transaction, in the act's own database: `store`.

    act    a word of clause 9.1; event  `room:subject:done`
    about  what the row is about, for the operator's own look-up; not part of the entry's bytes
    facts  ids, digests and numbers below 2^53; never personal data
    """
    if act not in ACTS:
        raise ValueError(f"{act!r} is not an act of clause 9.1")
    entry = _CANONICAL.encode({"act": act, "at": clock.stamp(at), "event": event, **facts}).encode()
    store.execute("INSERT INTO journal_entry (about, entry) VALUES (?, ?)", about, entry)


def listing(store: database.Store, *, after: int = 0) -> Iterator[dict[str, Any]]:
    """Every row of a database's journal, the oldest first: seq, at, act, event, by, about, facts (`name=value …`).

    after  the seq of the last row that is not wanted; read a page at a time; reads by itself
    """
    last = after
    while page := store.read(partial(_after, store, last)):
        yield from (told(*row) for row in page)
        last = page[-1][0]


def newest(store: database.Store, limit: int, *, before: int | None = None) -> list[dict[str, Any]]:
    """The rows written last, or those before a seq, as `listing` tells them. Reads by itself."""
    place = _LAST if before is None else before
    statement = "SELECT seq, about, entry FROM journal_entry WHERE seq < ? ORDER BY seq DESC LIMIT ?"
    return [told(*row) for row in store.read(lambda: store.execute(statement, place, limit).fetchall())]


def told(seq: int, about: str, entry: bytes) -> dict[str, Any]:
    """A row, flat."""
    facts = json.loads(bytes(entry))
    row = {name: facts.pop(name, "") for name in ("at", "act", "event", "by")}
    others = " ".join(f"{name}={value}" for name, value in facts.items() if value is not None)
    return {"seq": seq, **row, "about": about, "facts": others}


def history(ids: Collection[str], store: database.Store) -> list[dict[str, Any]]:
    """What was done with what these ids name, the oldest first: at, act, event, about, by, kind, fields; "" where
    none is told.

    Reads by itself.
    """

    def read() -> list[tuple[int, str, bytes]]:
        rows = []
        for some in _batches(list(dict.fromkeys(ids))):
            marks = ", ".join("?" * len(some))
            statement = f"SELECT seq, about, entry FROM journal_entry WHERE about IN ({marks})"  # noqa: S608
            rows += store.execute(statement, *some).fetchall()
        return sorted(rows)

    found = ((of, json.loads(bytes(entry))) for _, of, entry in store.read(read))
    names = ("at", "act", "event", "by", "kind", "fields")
    return [{name: entry.get(name, "") for name in names} | {"about": of} for of, entry in found]


def _after(store: database.Store, seq: int) -> list[tuple[int, str, bytes]]:
    statement = "SELECT seq, about, entry FROM journal_entry WHERE seq > ? ORDER BY seq LIMIT 500"
    return list(store.execute(statement, seq).fetchall())


def length(store: database.Store) -> int:
    """How many rows a database's journal has; reads by itself."""
    counted: int = store.read(lambda: store.execute("SELECT count(*) FROM journal_entry").fetchone()[0])
    return counted


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _MOST_MARKS):
        yield ids[start : start + _MOST_MARKS]
