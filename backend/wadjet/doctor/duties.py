"""Duties that have a day: was it kept, and is it counted by a calendar that somebody has published?"""

from collections.abc import Iterator
from datetime import datetime

from .. import clock, deadlines, registers
from ..settings import Settings
from ..workdays import YEARS
from .findings import Finding, warning

_LONGEST = 15  # working days: the law's longest term for a demand (94-V art. 8(7))


def entries(now: datetime) -> Iterator[Finding]:
    """Entries of the registers that wait though their day is over; the databases are open."""
    for each in registers.glance(now=now):
        if each.late:
            count = f"more than {registers.MOST}" if each.late > registers.MOST else str(each.late)
            yield warning(
                "registers",
                f"{each.code}: {count} entr{'ies wait' if each.late > 1 else 'y waits'} though due, "
                f"the first on {each.next_on}",
                f"see `wadjet registers list {each.code}`, do it, and note it there",
            )


def calendar(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Years in which deadlines are counted by days off that were computed ahead; moved days are not among them."""
    today, known = clock.local_date(now), settings.calendar.days_off | settings.calendar.working_days
    for year in sorted({today.year, deadlines.add_working_days(today, _LONGEST, settings).year}):
        is_published = year in YEARS and YEARS[year].published
        if not is_published and not any(day.year == year for day in known):
            yield warning(
                "calendar",
                f"the days off of {year} were computed ahead, not published: a deadline may be counted wrongly",
                "update Wadjet, or enter that year's days off under [calendar] as the ministry published them",
            )
