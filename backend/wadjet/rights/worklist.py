"""What is to be done first? Pages of requests for whoever works on them, and what the day asks for.

Nothing here opens a request. However many there are, a page reads no more than what it shows, or, where a list is
narrowed by several things at once, a stretch of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .. import clock, database, deadlines, ledger, vault
from ..settings import Settings
from . import models
from .models import Row
from .service import listed

PAGE = 50
_STRETCH = 2000  # rows that are looked through for a page, where no index knows all that is asked
_NEVER = "9999-12-31"
_RAREST = ("taken_by", "kind", "channel", "state")  # which of several is likely to leave the fewest


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to. `only`: kind, state, channel, taken_by ("": nobody) → what it must be."""

    is_open: bool = True
    is_overdue: bool = False
    only: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Some requests as `listed` shows them, with `taken_by` and `ended_at`; `after`: where the next page begins, ()."""

    rows: list[dict[str, Any]]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Docket:
    """What the day asks for, each list the most pressing first and none longer than was asked for.

    overdue   the day is over; due_soon: due today or by the next working day
    new       nobody has taken them up, the newest first; one may stand in another list too
    cut       the names of the lists that go on
    """

    overdue: list[dict[str, Any]]
    due_soon: list[dict[str, Any]]
    new: list[dict[str, Any]]
    cut: frozenset[str]


def docket(*, now: datetime, settings: Settings, limit: int) -> Docket:
    """What is overdue, due soon and new; three reads by index, however many requests there are."""
    today = clock.local_date(now)
    beyond = (deadlines.add_working_days(today, 1, settings) + timedelta(days=1)).isoformat()

    def look() -> dict[str, list[Row]]:
        late = models.open_page(("", "", ""), before=today.isoformat(), only={}, limit=limit + 1)
        soon = models.open_page((today.isoformat(), "", ""), before=beyond, only={}, limit=limit + 1)
        return {"overdue": late, "due_soon": soon, "new": models.newest_untaken(limit + 1)}

    found = database.vault.read(look)
    shown = {name: [listed(row, now) for row in rows[:limit]] for name, rows in found.items()}
    return Docket(**shown, cut=frozenset(name for name, rows in found.items() if len(rows) > limit))


def page(wanted: Wanted, *, after: tuple[str, ...] = (), now: datetime) -> Page:
    """The next requests of a list: open ones by the day they are due, ended ones from the latest on.

    after   as the page before said
    """
    names = sorted(wanted.only, key=_RAREST.index)
    known = {name: wanted.only[name] for name in names[:1]}
    limit = PAGE + 1 if len(names) < 2 else _STRETCH
    rows = database.vault.read(lambda: _read(wanted, after, known, limit, now))
    fit = [row for row in rows if all(getattr(row, name) == wanted.only[name] for name in names)]
    shown = fit[:PAGE]
    last = shown[-1] if len(fit) > PAGE else rows[-1] if len(rows) == limit else None
    return Page([summary(row, now) for row in shown], _place(last, wanted) if last else ())


def summary(row: Row, now: datetime) -> dict[str, Any]:
    """What a list shows of a request."""
    return listed(row, now) | {"taken_by": row.taken_by, "ended_at": row.ended_at}


def asked_by(*, email: str = "", phone: str = "", by: str, now: datetime) -> list[dict[str, Any]]:
    """The newest requests of whoever has exactly this address or number, a page of them; on record, as any look-up is.

    Raises VaultLocked.
    """

    def work() -> list[Row]:
        people = vault.find(email=email, phone=phone)
        if email and (writer := vault.find_writer(email)):
            people.append(writer)
        for person in people:
            ledger.append("extract", "rights:person:found", about=person, at=now, store=database.vault, by=by)
        return models.about_any(people, PAGE) if people else []

    return [summary(row, now) for row in database.vault.write(work)]


def _read(wanted: Wanted, after: tuple[str, ...], only: Mapping[str, str], limit: int, now: datetime) -> list[Row]:
    if wanted.is_open:
        due_on, received_at, request_id = after or ("", "", "")
        before = clock.local_date(now).isoformat() if wanted.is_overdue else _NEVER
        return models.open_page((due_on, received_at, request_id), before=before, only=only, limit=limit)
    ended_at, request_id = after or (_NEVER, "")
    return models.ended_page((ended_at, request_id), only=only, limit=limit)


def _place(row: Row, wanted: Wanted) -> tuple[str, ...]:
    return (row.due_on, row.received_at, row.id) if wanted.is_open else (row.ended_at, row.id)
