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


class Proposal(NamedTuple):
    """To destroy somebody before their term.

    state  open → approved → done | open → declined | withdrawn; or `lapsed`: the person went otherwise
    """

    id: int
    person: str
    ground: str
    reason: str
    state: str
    proposed_by: str
    proposed_at: str
    decided_by: str
    decided_at: str


# The names in these statements are our own columns', never anybody's input.
_PROPOSAL = f"SELECT {', '.join(Proposal._fields)} FROM destruction_proposal"  # noqa: S608
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


def holds_page(after: tuple[str, str], limit: int) -> list[Hold]:
    """The same a page at a time; after: (until, person) of the last one seen."""
    statement = f"SELECT {_COLUMNS} FROM retention_hold WHERE (until, person) > (?, ?) ORDER BY until, person LIMIT ?"  # noqa: S608
    return [Hold(*row) for row in database.vault.execute(statement, *after, limit).fetchall()]


def holds_of(people: Sequence[str]) -> dict[str, Hold]:
    """The holds of some people, 500 at most."""
    marks = ", ".join("?" * len(people))
    statement = f"SELECT {_COLUMNS} FROM retention_hold WHERE person IN ({marks})"  # noqa: S608
    return {row[0]: Hold(*row) for row in database.vault.execute(statement, *people).fetchall()} if people else {}


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


def last_asked(limit: int) -> list[tuple[str, str]]:
    """(person, day) of who was asked last."""
    statement = "SELECT person, asked_on FROM retention_review ORDER BY asked_on DESC, person LIMIT ?"
    return [(row[0], row[1]) for row in database.vault.execute(statement, limit).fetchall()]


def mark_asked(person: str, day: str) -> None:
    database.vault.execute(_ASKED, person, day)


def forget(person: str) -> None:
    """Leave nothing of a person who is destroyed."""
    database.vault.execute("DELETE FROM retention_hold WHERE person = ?", person)
    database.vault.execute("DELETE FROM retention_review WHERE person = ?", person)
    database.vault.execute(
        "UPDATE destruction_proposal SET state = 'lapsed' WHERE person = ? AND state = 'open'", person
    )


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


def runs(limit: int) -> list[tuple[str, str, str]]:
    """(day, claimed_at, ended_at) of the last runs, the newest first; ended_at "" while one goes on."""
    statement = "SELECT day, claimed_at, ended_at FROM retention_run ORDER BY day DESC LIMIT ?"
    return [(row[0], row[1], row[2]) for row in database.vault.execute(statement, limit).fetchall()]


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


def propose(person: str, ground: str, reason: str, by: str, at: str) -> int:
    """Enter a proposal; its number."""
    number: int = database.vault.execute("SELECT coalesce(max(id), 0) + 1 FROM destruction_proposal").fetchone()[0]
    marks = ", ".join("?" * len(Proposal._fields))
    statement = f"INSERT INTO destruction_proposal ({', '.join(Proposal._fields)}) VALUES ({marks})"  # noqa: S608
    database.vault.execute(statement, *Proposal(number, person, ground, reason, "open", by, at, "", ""))
    return number


def proposal(number: int) -> Proposal | None:
    rows = _proposals("WHERE id = ?", number) if 0 < number < 2**31 else []
    return rows[0] if rows else None


def proposals(since: str, but_by: str, limit: int) -> list[Proposal]:
    """The open ones made since a time, by anybody but one."""
    which = "WHERE state = 'open' AND proposed_at >= ? AND proposed_by <> ? ORDER BY id LIMIT ?"
    return _proposals(which, since, but_by, limit)


def approved() -> list[Proposal]:
    return _proposals("WHERE state = 'approved' ORDER BY id")


def standing_of(person: str, since: str) -> list[Proposal]:
    """What is to be decided on, or carried out, about a person."""
    which = "WHERE person = ? AND (state = 'approved' OR (state = 'open' AND proposed_at >= ?))"
    return _proposals(which, person, since)


def decide(number: int, state: str, by: str, at: str) -> bool:
    """Compare and swap; whether it was open."""
    statement = (
        "UPDATE destruction_proposal SET state = ?, decided_by = ?, decided_at = ? WHERE id = ? AND state = 'open'"
    )
    return bool(database.vault.execute(statement, state, by, at, number).rowcount)


def close(number: int) -> None:
    """It was carried out."""
    database.vault.execute("UPDATE destruction_proposal SET state = 'done' WHERE id = ? AND state = 'approved'", number)


def reopen(number: int) -> None:
    """It could not be carried out: it is to be decided on again."""
    statement = """
    UPDATE destruction_proposal SET state = 'open', decided_by = '', decided_at = ''
    WHERE id = ? AND state = 'approved'"""
    database.vault.execute(statement, number)


def _proposals(which: str, *values: object) -> list[Proposal]:
    return [Proposal(*row) for row in database.vault.execute(f"{_PROPOSAL} {which}", *values).fetchall()]
