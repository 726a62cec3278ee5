"""By when? The deadlines D1 to D17 as dated data (`deadlines.toml`), counted in days of Kazakhstan.

Day 1 is the next working day after the local day of receipt, for calendar terms the next calendar day; the duty must be
done by the end of the last day. A calendar term that ends on a day off is *not* moved to the next working day: of two
readings the shorter counts, as of the law's and the policy's figures. Which days are worked: `workdays`.
What is not certain is marked for counsel, here and in docs/law.md. Source: 94-V art. 8(7), 19, 19-1, 25(2).
"""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from . import clock, workdays
from .settings import Settings

CONFIRMED, FOR_COUNSEL = "confirmed", "to be checked by counsel"
_END_OF_OFFICE = time(18)


class NoFigure(LookupError):
    """Neither law nor house sets a number of days for this duty."""


@dataclass(frozen=True)
class Deadline:
    """A duty and its term as it stands since a day. `days` is the law's figure, `house_days` the policy's own."""

    id: str
    duty: str
    days: int | None
    unit: Literal["working", "calendar"] | None
    article: str
    since: date
    status: str
    house_days: int | None = None
    same_hour: bool = False  # the internal target is the hour of receipt, not the end of the office day
    note: str = ""

    @property
    def limit(self) -> int:
        """The figure that counts: the shorter of the law's and the house's. Raises NoFigure."""
        figures = [days for days in (self.days, self.house_days) if days is not None]
        if not figures:
            raise NoFigure(f"{self.id} has no term in days: {self.note}")
        return min(figures)


def read(toml: str) -> dict[str, tuple[Deadline, ...]]:
    """Every figure of every deadline, in order; of one deadline the oldest first."""
    return {
        id: tuple(sorted((Deadline(id, **{"days": None, "unit": None} | row) for row in rows), key=lambda it: it.since))
        for id, rows in tomllib.loads(toml).items()
    }


_FIGURES = read(Path(__file__).with_name("deadlines.toml").read_text("utf-8"))
DEADLINES = tuple(figures[-1] for figures in _FIGURES.values())


def deadline(id: str, on: date | None = None) -> Deadline:
    """The deadline as it stood on a day; without a day the newest. Raises LookupError for an unknown id.

    Before its first known figure that figure stands: what applied earlier was not established.
    """
    if id not in _FIGURES:
        raise LookupError(f"there is no deadline {id!r}; they are {', '.join(_FIGURES)}")
    return in_force(_FIGURES[id], on) if on else _FIGURES[id][-1]


def in_force(figures: tuple[Deadline, ...], on: date) -> Deadline:
    """The one of these figures, oldest first, that stood on that day."""
    return next((each for each in reversed(figures) if each.since <= on), figures[0])


def due_on(id: str, received_at: datetime, settings: Settings | None = None) -> date:
    """The local day by whose end the duty must be done, by the figure that stood on the day of receipt.

    Raises LookupError for an unknown id, its child NoFigure for one without a term (D15, D17), ValueError for a
    moment without a zone.
    """
    received_on = _local(received_at).date()
    duty = deadline(id, received_on)
    if duty.unit == "calendar":
        return received_on + timedelta(days=duty.limit)
    return add_working_days(received_on, duty.limit, settings)


def due_at(due: date) -> datetime:
    """The end of that local day as UTC: the midnight after it, which is already too late."""
    return clock.start_of(due + timedelta(days=1))


def target_at(id: str, received_at: datetime, settings: Settings | None = None) -> datetime:
    """When the house means to be done, UTC: 18:00 on the day it is due, for D5 at the hour of detection.

    Raises as `due_on`.
    """
    due, received = due_on(id, received_at, settings), _local(received_at)
    hour = received.time() if deadline(id, received.date()).same_hour else _END_OF_OFFICE
    return datetime.combine(due, hour, clock.LOCAL).astimezone(UTC)


def is_working_day(day: date, settings: Settings | None = None) -> bool:
    """Whether work is done on that local day."""
    return _calendar(settings).is_working(day)


def add_working_days(day: date, count: int, settings: Settings | None = None) -> date:
    """The `count`-th working day after `day`, which itself does not count. Raises ValueError for a count below 1."""
    return _calendar(settings).after(day, count)


def _calendar(settings: Settings | None) -> workdays.Calendar:
    return settings.calendar if settings else workdays.Calendar()


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment.astimezone(clock.LOCAL)
