"""What the staff are to be told by mail, until it is: counts by kind and hour. The tables and their questions.

A bundle collects (hour "") until its hour may go out; then it is closed under that hour and changes no more. Nothing of
anybody is in it but numbers. Plain statements, called inside `vault.read` or `write`; nothing here knows Flask, for
this runs in every process.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

from .. import database

_READ = "SELECT facts FROM staff_news WHERE kind = ? AND hour = ?"
_PUT = """
INSERT INTO staff_news (kind, hour, facts) VALUES (?, ?, ?)
ON CONFLICT (kind, hour) DO UPDATE SET facts = excluded.facts"""
_CLOSE = "UPDATE staff_news SET hour = ? WHERE kind = ? AND hour = ''"
_DROP = "DELETE FROM staff_news WHERE hour <> '' AND hour < ?"
_MARK = "INSERT INTO staff_mark (name, seq) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq"


_JOINED = "active AND (password IS NOT NULL OR tf_primary_method IS NOT NULL)"


class Reader(NamedTuple):
    """Somebody of the staff as a letter needs them. `muted`: the kinds that they do not want."""

    id: int
    email: str
    language: str
    role: str
    muted: frozenset[str]


def bundle(kind: str, hour: str) -> dict[str, int] | None:
    """What is in a bundle; None where there is none."""
    row = database.vault.execute(_READ, kind, hour).fetchone()
    return json.loads(row[0]) if row else None


def put(kind: str, hour: str, facts: Mapping[str, int]) -> None:
    database.vault.execute(_PUT, kind, hour, json.dumps(facts, sort_keys=True))


def close(kind: str, hour: str) -> None:
    """End the collecting of a kind: this is that hour's."""
    database.vault.execute(_CLOSE, hour, kind)


def drop_before(hour: str) -> None:
    database.vault.execute(_DROP, hour)


def mark(name: str) -> int | None:
    """How far something was looked at; None: it never was."""
    row = database.vault.execute("SELECT seq FROM staff_mark WHERE name = ?", name).fetchone()
    return int(row[0]) if row else None


def set_mark(name: str, seq: int) -> None:
    database.vault.execute(_MARK, name, seq)


def readers() -> list[Reader]:
    """Everybody who works here and has come in once: the address of an invitation may be a stranger's."""
    return _readers(_JOINED)


def reader(staff: int) -> Reader | None:
    """One of them, unless they do not any more."""
    return next(iter(_readers(f"{_JOINED} AND id = ?", staff)), None)


def _readers(where: str, *values: int) -> list[Reader]:
    statement = f"SELECT id, email, language, role, muted FROM staff WHERE {where} ORDER BY id"  # noqa: S608
    rows = database.vault.execute(statement, *values).fetchall()
    return [Reader(id, email, tongue, role, frozenset(muted.split())) for id, email, tongue, role, muted in rows]
