"""The registers' tables and their questions. Of a person they hold the id and codes of fields, never a value.

Every table has a number of its own, by whom and when a row was entered. Rows stay; what becomes of an entry is written
into columns that were empty until then. Plain statements, called inside `vault.read` or `write`.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from .. import database

Row = dict[str, Any]

TABLES = {
    "recipient": "kind name country scope duties_on duties_evidence country_facts country_facts_on since until",
    "notice": "kind recipient reference sent_on",
    "transfer": "person recipient country fields purpose basis citation consent network notice country_facts_on"
    " tell_by told_on",
    "recall": "person recipient kind transfers fields due_on passed_on",
    "dissemination_consent": "person field place method evidence ended_at",
    "prohibition": "person field condition ended_at",
    "publication": "person fields place basis citation consents conditions override remove_by removed_at removal",
    "authority_request": "number authority asks received_at due_on answered_at answer attachments",
    "incident": "kind detected_at scope people fields measures due_on notified_at reference follow_up closed_at",
    "act": "act object ground citation method backups_until",
    "approval": "version approved_on approver",
    "data_system": "name holds place country software owner since until",
    "measure": "kind measure evidence approver from_version to_version ended_at",
    "service": "name purpose data country policy_url since until",
}
_COLUMNS = {table: ("id", "at", *columns.split(), "by_whom") for table, columns in TABLES.items()}
_PAGE = 500
# The names in these statements are our own tables' and columns', never anybody's input.


def insert(table: str, **values: Any) -> int:
    """Enter a row; answers its number. One writes at a time, so the numbers have no gaps."""
    number: int = database.vault.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0]  # noqa: S608
    columns = ("id", *values)
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
    database.vault.execute(statement, number, *values.values())
    return number


def find(table: str, number: int) -> Row | None:
    return next(iter(rows(table, "id = ?", number)), None)


def rows(table: str, where: str = "1 = 1", *values: Any) -> list[Row]:
    """In the order of their numbers."""
    return _some(table, f"{where} ORDER BY id", *values)


def count(table: str, where: str = "1 = 1", *values: Any) -> int:
    counted: int = database.vault.execute(f"SELECT count(*) FROM {table} WHERE {where}", *values).fetchone()[0]  # noqa: S608
    return counted


def listing(table: str) -> Iterator[Row]:
    """All rows, read a page at a time; reads by itself."""
    last = 0
    while page := database.vault.read(partial(after, table, last)):
        yield from page
        last = page[-1]["id"]


def change(table: str, number: int, changes: Row, *, still_empty: str) -> bool:
    """Write what became of an entry, unless somebody has; whether nobody had."""
    setting = ", ".join(f"{column} = ?" for column in changes)
    statement = f"UPDATE {table} SET {setting} WHERE id = ? AND {still_empty} IS NULL"  # noqa: S608
    return bool(database.vault.execute(statement, *changes.values(), number).rowcount)


def forget(person: str) -> None:
    """What only the person's key opens goes with the person; that something was done stays on record."""
    database.vault.execute("DELETE FROM prohibition WHERE person = ?", person)
    database.vault.execute("UPDATE transfer SET consent = NULL WHERE person = ?", person)


def after(table: str, number: int, where: str = "1 = 1") -> list[Row]:
    """The next page, the oldest first."""
    return _some(table, f"id > ? AND {where} ORDER BY id LIMIT {_PAGE}", number)


def before(table: str, number: int | None, limit: int, where: str = "1 = 1") -> list[Row]:
    """The newest rows, or those before a number."""
    return _some(table, f"id < ? AND {where} ORDER BY id DESC LIMIT ?", 2**31 if number is None else number, limit)


def _some(table: str, which: str, *values: Any) -> list[Row]:
    columns = _COLUMNS[table]
    statement = f"SELECT {', '.join(columns)} FROM {table} WHERE {which}"  # noqa: S608
    return [dict(zip(columns, row, strict=True)) for row in database.vault.execute(statement, *values).fetchall()]
