"""What waits in the registers by a day: the authority's requests, notices of breaches, people and recipients to be
told, publications to be taken down. Plain questions of few rows, however long the registers are."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from .. import clock, database, deadlines
from ..settings import Settings

# What waits in a register: which rows, and the column that holds their last day.
OPEN = {
    "R3": ("transfer", "tell_by IS NOT NULL AND told_on IS NULL", "tell_by"),
    "R5": ("publication", "remove_by IS NOT NULL AND removed_at IS NULL", "remove_by"),
    "R7": ("authority_request", "answered_at IS NULL", "due_on"),
    "R8": ("incident", "notified_at IS NULL", "due_on"),
    "recalls": ("recall", "passed_on IS NULL", "due_on"),
}


class Waiting(NamedTuple):
    """An entry that waits: which register, its number there, the last day."""

    register: str
    number: int
    due_on: str


def clocks(limit: int) -> list[Waiting]:
    """The most pressing entries of all registers; reads by itself."""
    parts = [
        f"SELECT * FROM (SELECT '{code}' AS register, id, {due} AS due_on FROM {table} WHERE {waits}"  # noqa: S608
        f" ORDER BY {due}, id LIMIT {limit:d}) AS {table}_waits"
        for code, (table, waits, due) in OPEN.items()
    ]
    statement = f"{' UNION ALL '.join(parts)} ORDER BY due_on, register, id LIMIT {limit:d}"
    return [Waiting(*row) for row in database.vault.read(lambda: database.vault.execute(statement).fetchall())]


def warn(settings: Settings, now: datetime) -> dict[str, int]:
    """How many entries have become due by the next working day (`soon`), and how many overdue (`late`), since this was
    last asked: each is counted once for each. Inside `vault.write`."""
    today = clock.local_date(now)
    late = _mark("late", today - timedelta(days=1), "'', 'soon'")
    return {"soon": _mark("soon", deadlines.add_working_days(today, 1, settings), "''"), "late": late}


def _mark(level: str, until: date, earlier: str) -> int:
    marked = 0
    for table, waits, due in OPEN.values():
        statement = f"UPDATE {table} SET warned = ? WHERE {waits} AND {due} <= ? AND warned IN ({earlier})"  # noqa: S608
        marked += int(database.vault.execute(statement, level, until.isoformat()).rowcount)
    return marked
