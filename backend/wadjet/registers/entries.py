"""An entry of a register: made once, what becomes of it noted once, each with its row in the journal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from .. import clock, database, ledger
from . import models
from .models import Row
from .problems import EntryMoved, EntryUnknown


def enter(
    table: str, register: str, *, by: str, now: datetime, check: Callable[[], None] | None = None, **values: Any
) -> int:
    """One entry of a register, with its row in the journal."""

    def write() -> int:
        if check:
            check()
        number = models.insert(table, at=clock.stamp(now), by_whom=by, **values)
        record(register, number, "entered", by=by, now=now)
        return number

    return database.vault.write(write)


def note(
    table: str,
    register: str,
    number: int,
    changes: Row,
    *,
    still_empty: str,
    act: str = "record",
    by: str,
    now: datetime,
) -> None:
    """What became of an entry, once. Raises EntryUnknown, EntryMoved."""

    def write() -> None:
        find(table, number)
        if not models.change(table, number, changes, still_empty=still_empty):
            raise EntryMoved("It is noted already; nothing is noted twice.")
        record(register, number, "noted", act=act, by=by, now=now, what=" ".join(changes))

    database.vault.write(write)


def find(table: str, number: int) -> Row:
    """Inside `vault.read` or `write`. Raises EntryUnknown."""
    row = models.find(table, number) if 0 < number < 2**31 else None
    if row is None:
        raise EntryUnknown("Check its number.")
    return row


def record(register: str, number: int, done: str, *, by: str, now: datetime, act: str = "record", **facts: Any) -> None:
    """The journal's row of an entry, inside `vault.write`."""
    ledger.append(
        act,
        f"registers:{register.lower()}:{done}",
        about=f"{register}/{number}",
        at=now,
        store=database.vault,
        by=by,
        **facts,
    )
