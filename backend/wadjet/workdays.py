"""Is it a working day? The calendar of Kazakhstan for a five-day week, kept as data in `holidays.toml`.

Three layers, each overruling the one before: weekends and fixed holidays; the table, year by year; what the operator
configures under `[calendar]`, for a day that was moved after this release.

Where the calendar is not certain it takes the shorter reading, so that no deadline falls later than the law's. A year
outside the table has its weekends and fixed holidays only: neither Kurban Ait nor the working day that is off because
a holiday fell on a weekend. In a year computed ahead Kurban Ait is expected, and worked until it is announced.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Fixed:
    """A holiday that has its day in every year from `since` to `until`, both included; 0 is open."""

    month: int
    day: int
    name: str
    since: int = 0
    until: int = 0

    def falls_on(self, day: date) -> bool:
        """Whether that day is this holiday."""
        begun, ended = self.since <= day.year, 0 < self.until < day.year
        return (self.month, self.day) == (day.month, day.day) and begun and not ended


@dataclass(frozen=True)
class Year:
    """A year of the table. What is listed decides; a year computed ahead is `published = False`."""

    published: bool
    days_off: frozenset[date]  # of Monday to Friday
    working_days: frozenset[date]  # of Saturday and Sunday
    kurban_ait: frozenset[date]  # its first day; off if `days_off` has it too


def read_table(toml: str) -> tuple[tuple[Fixed, ...], dict[int, Year]]:
    """The fixed holidays and the years of a table in the form of `holidays.toml`."""
    told = tomllib.loads(toml)
    years = {
        int(year): Year(
            published=row["published"],
            days_off=frozenset(row["days_off"]),
            working_days=frozenset(row.get("working_days", ())),
            kurban_ait=frozenset(row["kurban_ait"]),
        )
        for year, row in told["year"].items()
    }
    return tuple(Fixed(**row) for row in told["fixed"]), years


FIXED, YEARS = read_table(Path(__file__).with_name("holidays.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Calendar:
    """The table with the operator's own corrections, which overrule it."""

    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether work is done on that day."""
        if day in self.days_off or day in self.working_days:
            return day in self.working_days
        is_weekday, year = day.weekday() < 5, YEARS.get(day.year)
        if year is None:
            return is_weekday and not any(holiday.falls_on(day) for holiday in FIXED)
        return day not in year.days_off if is_weekday else day in year.working_days

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; that day itself does not count, whatever it is.

        Raises ValueError for a count below 1.
        """
        if count < 1:
            raise ValueError("count from 1, the next working day")
        while count:
            day += timedelta(days=1)
            count -= self.is_working(day)
        return day


def read(value: Any) -> Calendar:
    """The corrections, from `[calendar]` or from text with commas for each list. Raises ValueError."""
    if not isinstance(value, Mapping):
        raise ValueError('write [calendar] and under it days_off = ["2026-05-08"], working_days = ["2026-05-16"]')
    if unknown := sorted(value.keys() - {"days_off", "working_days"}):
        raise ValueError(f"no such list: {', '.join(unknown)}; known are days_off, working_days")
    lists = {name: frozenset(map(_day, _listed(name, days))) for name, days in value.items()}
    calendar = Calendar(**lists)
    if both := sorted(calendar.days_off & calendar.working_days):
        raise ValueError(f"{both[0]} cannot be both a day off and a working day")
    return calendar


def _listed(name: str, days: Any) -> list[Any]:
    if not isinstance(days, str | list):
        raise ValueError(f"{name} must be a list of days")
    return days.split(",") if isinstance(days, str) else days


def _day(told: Any) -> date:
    """TOML has days of its own, without quotes."""
    if isinstance(told, date) and not isinstance(told, datetime):
        return told
    try:
        return datetime.strptime(told.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except (AttributeError, ValueError) as error:
        raise ValueError(f"{str(told)!r} is not a day like 2026-05-08") from error
