"""What requests need beside the answers: that those are found whose they may be, and that no day is forgotten.

Warnings come before a day is over and alarms after, to the operator's mailbox, with nothing of anybody in them.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial

from .. import chores, clock, database, deadlines, ledger, mail
from ..settings import Settings
from . import models, proof
from .service import is_overdue

DUE = "rights-due"
_PAGE = 500
_NEVER = "9999-12-31"

Tell = Callable[[Counter[str], datetime], None]
_LISTENERS: list[Tell] = []


def warns(listener: Tell) -> Tell:
    """Decorate a function that is told how many requests became due `soon` and overdue (`late`), and when; it runs in
    the transaction that marks them as told of, and touches only the database."""
    _LISTENERS.append(listener)
    return listener


@chores.every(60)
def watch(settings: Settings, now: datetime) -> None:
    """Have the operator told of what is due by the next working day, and again when a day was missed.

    Each request is told of twice at most, in one letter an hour: however many write, nobody can bury that mailbox. Then
    those are found whose a request may be, for no letter does that where none can be sent. Safe in any number of
    processes, and at any time.
    """
    hour = clock.stamp(now.replace(minute=0, second=0, microsecond=0))

    def work() -> None:
        if mail.is_known(DUE, hour):
            return
        untold = _untold(_pressing(settings, now))
        news = Counter(level for row, level in untold if models.mark_told(row.id, row.told, level))
        if news:
            mail.enqueue(DUE, hour, now=now)
            for listener in _LISTENERS:
                listener(news, now)

    if _untold(pressing(settings, now)):
        database.vault.write(work)
    proof.match_all(now=now)  # last: a locked vault stops it, and is to stop no alarm


@chores.every(3600)
def recount(settings: Settings, now: datetime) -> None:
    """Bring forward the day of what is open, where a day that was off is worked meanwhile; no day is put off.

    Whoever was promised a later day by letter keeps it. Safe in any number of processes, and at any time.
    Source: docs/law.md, the shorter reading.
    """
    place = ("", "", "")
    while page := database.vault.read(lambda: models.open_page(place, before=_NEVER, only={}, limit=_PAGE)):  # noqa: B023 - called here
        place = (page[-1].due_on, page[-1].received_at, page[-1].id)
        for row in page:
            due = deadlines.due_on(row.deadline, clock.parse(row.received_at), settings).isoformat()
            if due < row.due_on and not _is_extended(row):
                database.vault.write(partial(_bring_forward, row, due, now))


def _is_extended(row: models.Row) -> bool:
    return any(each["event"] == "rights:request:extended" for each in ledger.history([row.id], database.vault))


def _bring_forward(row: models.Row, due: str, now: datetime) -> None:
    """Unless somebody has moved it meanwhile."""
    if models.bring_forward(row.id, row.due_on, due):
        event = "rights:request:recounted"
        ledger.append("use", event, about=row.id, at=now, store=database.vault, by="calendar", until=due)


def pressing(settings: Settings, now: datetime) -> list[tuple[models.Row, bool]]:
    """Open requests due by the next working day, and whether each is overdue; the most pressing first."""
    return database.vault.read(lambda: _pressing(settings, now))


def _pressing(settings: Settings, now: datetime) -> list[tuple[models.Row, bool]]:
    """The same inside `vault.read` or `write`."""
    horizon = deadlines.add_working_days(clock.local_date(now), 1, settings).isoformat()
    return [(row, is_overdue(row, now)) for row in models.open_until(horizon)]


def _untold(rows: list[tuple[models.Row, bool]]) -> list[tuple[models.Row, str]]:
    """Those that are news, and what staff are to be told: `soon` once, `late` once, and nothing after that."""
    levels = [(row, "late" if is_late else "soon") for row, is_late in rows]
    return [(row, level) for row, level in levels if row.told not in (level, "late")]
