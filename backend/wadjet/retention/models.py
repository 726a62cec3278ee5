"""Holds, whom was asked, the daily runs and how far the receipts were looked at: the tables and their questions.

Plain statements, called inside `vault.read` or `write`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from .. import database


class Hold(NamedTuple):
    """A law that keeps what is known of a person: its citation, and the last day, local."""

    person: str
    law: str
    until: str
    made_at: str
    made_by: str


# The names in these statements are our own columns', never anybody's input.
_COLUMNS = ", ".join(Hold._fields)
_HOLD = f"""
INSERT INTO retention_hold ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (person) DO UPDATE SET law = excluded.law, until = excluded.until, made_at = excluded.made_at,
    made_by = excluded.made_by"""  # noqa: S608
_ASKED = """
INSERT INTO retention_review (person, asked_on) VALUES (?, ?)
ON CONFLICT (person) DO UPDATE SET asked_on = excluded.asked_on"""
_CLAIM = """
INSERT INTO retention_run (day, claimed_at, ended_at) VALUES (?, ?, '')
ON CONFLICT (day) DO UPDATE SET claimed_at = excluded.claimed_at
WHERE retention_run.ended_at = '' AND retention_run.claimed_at < ?"""
_END = """
INSERT INTO retention_run (day, claimed_at, ended_at) VALUES (?, ?, ?)
ON CONFLICT (day) DO UPDATE SET ended_at = excluded.ended_at"""
_MARK = """
INSERT INTO retention_mark (name, seq) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq"""


def hold(row: Hold) -> None:
    """Keep a person, or say anew by which law and until when."""
    database.vault.execute(_HOLD, *row)


def release(person: str) -> bool:
    """Whether there was a hold."""
    return bool(database.vault.execute("DELETE FROM retention_hold WHERE person = ?", person).rowcount)


def holds() -> list[Hold]:
    """Every hold, the one that ends first in front."""
    rows = database.vault.execute(f"SELECT {_COLUMNS} FROM retention_hold ORDER BY until, person").fetchall()  # noqa: S608
    return [Hold(*row) for row in rows]


def hold_of(person: str) -> Hold | None:
    row = database.vault.execute(f"SELECT {_COLUMNS} FROM retention_hold WHERE person = ?", person).fetchone()  # noqa: S608
    return Hold(*row) if row else None


def drop_holds_before(day: str) -> None:
    """Those that are over."""
    database.vault.execute("DELETE FROM retention_hold WHERE until < ?", day)


def asked(people: Sequence[str]) -> dict[str, str]:
    """When each of some people, 500 at most, was asked; who never was is left out."""
    marks = ", ".join("?" * len(people))
    statement = f"SELECT person, asked_on FROM retention_review WHERE person IN ({marks})"  # noqa: S608
    return {row[0]: row[1] for row in database.vault.execute(statement, *people).fetchall()} if people else {}


def mark_asked(person: str, day: str) -> None:
    database.vault.execute(_ASKED, person, day)


def forget(person: str) -> None:
    """Leave nothing of a person who is destroyed."""
    database.vault.execute("DELETE FROM retention_hold WHERE person = ?", person)
    database.vault.execute("DELETE FROM retention_review WHERE person = ?", person)


def claim(day: str, at: str, stale_before: str) -> bool:
    """Take the run of a day, unless it is done or somebody took it after `stale_before`; compare and swap."""
    return bool(database.vault.execute(_CLAIM, day, at, stale_before).rowcount)


def end_run(day: str, at: str) -> None:
    database.vault.execute(_END, day, at, at)


def last_run() -> str | None:
    """The last day whose run was finished."""
    statement = "SELECT max(day) FROM retention_run WHERE ended_at <> ''"
    day: str | None = database.vault.execute(statement).fetchone()[0]
    return day


def is_claimed(day: str) -> bool:
    """Whether somebody has begun a day's run."""
    return database.vault.execute("SELECT 1 FROM retention_run WHERE day = ?", day).fetchone() is not None


def drop_runs_before(day: str) -> None:
    database.vault.execute("DELETE FROM retention_run WHERE day < ?", day)


def mark(name: str) -> int:
    row = database.vault.execute("SELECT seq FROM retention_mark WHERE name = ?", name).fetchone()
    return int(row[0]) if row else 0


def set_mark(name: str, seq: int) -> None:
    database.vault.execute(_MARK, name, seq)
