"""Deadlines are counted as the law counts: held against a second reckoning, the published calendars and named edges."""

import random
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.faults.figures import Progress, figures
from wadjet import deadlines, workdays
from wadjet.clock import parse
from wadjet.settings import Settings, load
from wadjet.workdays import Calendar

TERMS = {
    **dict.fromkeys(("D1", "D2", "D3", "D4", "D5", "D9", "D13", "D14"), 1),
    **dict.fromkeys(("D7", "D10", "D11"), 3),
    **dict.fromkeys(("D8", "D12", "D16"), 10),
    "D6": 15,
}
BY_CALENDAR = {"D12", "D16"}

# The second reckoning: holidays by the law's rule, a list of all days that are worked, and offsets in place of tzdata.
EVERY_YEAR = ["01-01", "01-02", "03-08", "03-21", "03-22", "03-23", "05-01", "05-07", "05-09", "07-06", "12-16"]
KURBAN_AIT = ["2020-07-31", "2021-07-20", "2022-07-09", "2023-06-28", "2024-06-16", "2025-06-06", "2026-05-27"]
SWAPPED = """
2020-01-03 2020-01-05, 2020-05-08 2020-05-11, 2020-12-18 2020-12-20, 2021-07-05 2021-07-03, 2022-03-07 2022-03-05,
2022-08-29 2022-08-27, 2022-10-24 2022-10-22, 2023-07-07 2023-07-01, 2024-05-08 2024-05-04, 2025-01-03 2025-01-05
"""


def holidays(year: int) -> list[date]:
    """Those that are made up for when they fall on a weekend."""
    days = [*EVERY_YEAR]
    days += ["12-01", "12-17"] if year <= 2021 else ["10-25"]
    days += ["08-30"] if year <= 2025 else ["03-15"] if year >= 2027 else []
    return sorted(date.fromisoformat(f"{year}-{day}") for day in days)


def reckon(year: int) -> set[date]:
    """The days that are worked in one year."""
    feasts = {date(year, 1, 7), *map(date.fromisoformat, KURBAN_AIT)}
    off = {*holidays(year), *feasts}
    for holiday in holidays(year) if 2020 <= year <= 2040 else ():
        replacement = holiday
        while holiday.weekday() >= 5 and (replacement in off or replacement.weekday() >= 5):
            replacement += timedelta(days=1)
        off.add(replacement)
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    worked = {day for day in days if day.year == year and day.weekday() < 5 and day not in off}
    for swap in SWAPPED.split(","):
        freed, made_up = map(date.fromisoformat, swap.split())
        if freed.year == year:
            worked = worked - {freed} | {made_up}
    return worked


WORKED = sorted(day for year in range(2020, 2042) for day in reckon(year))
CLOCKS_WENT_BACK = datetime(2024, 2, 29, 18, tzinfo=UTC)


def hours_ahead(moment: datetime) -> timedelta:
    return timedelta(hours=6 if moment < CLOCKS_WENT_BACK else 5)


def as_utc(wall: datetime) -> datetime:
    """A time on the wall in Almaty; of the hour that came twice the first."""
    early = wall.replace(tzinfo=UTC) - timedelta(hours=6)
    return early if early < CLOCKS_WENT_BACK else early + timedelta(hours=1)


def reckon_due(id: str, received_at: datetime) -> tuple[date, datetime, datetime]:
    """(due_on, due_at, target_at)"""
    wall = (received_at + hours_ahead(received_at)).replace(tzinfo=None)
    if id in BY_CALENDAR:
        due = date.fromordinal(wall.date().toordinal() + TERMS[id])
    else:
        due = WORKED[bisect_right(WORKED, wall.date()) + TERMS[id] - 1]
    target = datetime.combine(due, wall.time() if id == "D5" else time(18))
    return due, as_utc(datetime.combine(due + timedelta(days=1), time())), as_utc(target)


@pytest.mark.parametrize("cases", figures(2_000, 100_000))
def test_deadlines_agree_with_a_second_reckoning(cases: int, request: pytest.FixtureRequest) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance, first = random.Random(seed), datetime(2020, 1, 1, tzinfo=UTC)
    days = (datetime(2041, 1, 1, tzinfo=UTC) - first).days
    for _ in Progress(request)(cases):
        day = first + timedelta(days=chance.randrange(days))
        # Every other one within a second of local midnight, where a day is gained or lost.
        edge = timedelta(hours=chance.choice([18, 19]), milliseconds=chance.randrange(-1_000, 1_001))
        received_at = day + chance.choice([edge, timedelta(milliseconds=chance.randrange(86_400_000))])
        id = chance.choice(list(TERMS))

        due = deadlines.due_on(id, received_at)
        found = due, deadlines.due_at(due), deadlines.target_at(id, received_at)

        assert found == reckon_due(id, received_at), (seed, id, received_at)
        assert received_at < found[2] <= found[1]


@pytest.mark.parametrize("year", range(2020, 2042))
def test_every_day_is_worked_or_off_as_the_rule_says(year: int) -> None:
    days = [
        date(year, 1, 1) + timedelta(days=number) for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]

    assert {day for day in days if deadlines.is_working_day(day)} == reckon(year)


@pytest.mark.parametrize("year", range(2020, 2042))
def test_fixed_holidays_stand_in_the_years_they_were_kept(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    kept = {day for day in days if day.year == year and any(fixed.falls_on(day) for fixed in workdays.FIXED)}

    assert kept == {*holidays(year), date(year, 1, 7)}


# As the ministry of labour published them; 2024 and 2026 with the one change each that came later (see holidays.toml).
PUBLISHED = {
    2024: (
        "01-01 01-02 03-08 03-21 03-22 03-25 05-01 05-07 05-08 05-09 07-08 08-30 10-25 12-16",
        "05-04",
        [21, 21, 17, 22, 20, 20, 22, 21, 21, 22, 21, 21],
    ),
    2025: (
        "01-01 01-02 01-03 01-07 03-10 03-21 03-24 03-25 05-01 05-07 05-09 06-06 07-07 09-01 10-27 12-16",
        "01-05",
        [20, 20, 17, 22, 19, 20, 22, 21, 21, 22, 20, 22],
    ),
    2026: (
        "01-01 01-02 01-07 03-09 03-23 03-24 03-25 05-01 05-07 05-11 05-27 07-06 10-26 12-16",
        "",
        [19, 20, 18, 22, 17, 22, 22, 21, 22, 21, 21, 22],
    ),
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_published_calendar_is_kept(year: int) -> None:
    off, made_up, by_month = PUBLISHED[year]
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366 if year == 2024 else 365)]
    worked = [day for day in days if deadlines.is_working_day(day)]

    assert [f"{day:%m-%d}" for day in days if day.weekday() < 5 and day not in worked] == off.split()
    assert [f"{day:%m-%d}" for day in worked if day.weekday() >= 5] == made_up.split()
    assert [sum(day.month == month for day in worked) for month in range(1, 13)] == by_month
    assert workdays.YEARS[year].published


def test_the_table_lists_weekdays_off_and_weekends_worked_of_its_own_years() -> None:
    assert [*workdays.YEARS] == [*range(2020, 2041)]
    for number, year in workdays.YEARS.items():
        assert {day.year for day in year.days_off | year.working_days | year.kurban_ait} == {number}
        assert all(day.weekday() < 5 for day in year.days_off)
        assert all(day.weekday() >= 5 for day in year.working_days)
        assert year.published == (number <= 2026)


def test_kurban_ait_is_a_day_off_once_announced_and_not_while_only_expected() -> None:
    for year in workdays.YEARS.values():
        weekdays = {day for day in year.kurban_ait if day.weekday() < 5 and (day.month, day.day) != (3, 22)}
        assert {deadlines.is_working_day(day) for day in weekdays} <= {not year.published}

    assert deadlines.is_working_day(date(2028, 5, 5))


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        ("2041-01-01", False),  # a fixed holiday
        ("2041-03-15", False),
        ("2041-01-05", False),  # a Saturday
        ("2041-07-08", True),  # the Monday after a holiday on a Saturday: unknown, so worked
        ("2019-12-17", False),
        ("2019-10-25", True),
    ],
)
def test_beyond_the_table_only_weekends_and_fixed_holidays_are_off(day: str, is_worked: bool) -> None:
    assert deadlines.is_working_day(date.fromisoformat(day)) is is_worked


DUE = [  # received at noon of Friday 20 November 2026; no holiday is near
    ("D1", "2026-11-23"),
    ("D2", "2026-11-23"),
    ("D3", "2026-11-23"),
    ("D4", "2026-11-23"),
    ("D5", "2026-11-23"),
    ("D6", "2026-12-11"),
    ("D7", "2026-11-25"),
    ("D8", "2026-12-04"),
    ("D9", "2026-11-23"),
    ("D10", "2026-11-25"),
    ("D11", "2026-11-25"),
    ("D12", "2026-11-30"),
    ("D13", "2026-11-23"),
    ("D14", "2026-11-23"),
    ("D16", "2026-11-30"),
]
NOON = parse("2026-11-20T07:00:00Z")


@pytest.mark.parametrize(
    ("id", "due"), [pytest.param(*row, marks=pytest.mark.clause(row[0]), id=row[0]) for row in DUE]
)
def test_a_duty_is_due_after_its_term(id: str, due: str) -> None:
    assert deadlines.due_on(id, NOON) == date.fromisoformat(due)
    assert deadlines.deadline(id).limit == TERMS[id]


@pytest.mark.clause("D15", "D17")
@pytest.mark.parametrize("id", ["D15", "D17"])
def test_a_duty_without_a_term_has_no_due_day(id: str) -> None:
    with pytest.raises(deadlines.NoFigure, match=f"{id} has no term"):
        deadlines.due_on(id, NOON)
    with pytest.raises(deadlines.NoFigure):
        deadlines.target_at(id, NOON)


@pytest.mark.parametrize("id", ["D0", "D18", "d1", ""])
def test_an_unknown_deadline_is_refused(id: str) -> None:
    with pytest.raises(LookupError, match="there is no deadline"):
        deadlines.due_on(id, NOON)


@pytest.mark.parametrize(
    ("received_at", "due"),
    [
        ("2026-11-23T18:59:59.999Z", "2026-11-24"),  # 23:59:59 in Almaty
        ("2026-11-23T19:00:00Z", "2026-11-25"),  # midnight: Tuesday has begun, Wednesday is day 1
        ("2024-02-27T17:59:59.999Z", "2024-02-28"),  # UTC+6
        ("2024-02-27T18:00:00Z", "2024-02-29"),
        ("2024-02-29T17:59:59Z", "2024-03-01"),
        ("2024-02-29T18:00:00Z", "2024-03-01"),  # 23:00 for the second time
        ("2024-02-29T18:59:59.999Z", "2024-03-01"),
        ("2024-02-29T19:00:00Z", "2024-03-04"),
        ("2026-11-24T06:59:59+12:00", "2026-11-24"),
        ("2026-11-20T19:00:00Z", "2026-11-23"),  # Saturday
        ("2026-11-22T18:59:59Z", "2026-11-23"),  # Sunday, its last second
        ("2025-01-03T06:00:00Z", "2025-01-05"),  # a Sunday that was worked
        ("2025-12-31T06:00:00Z", "2026-01-05"),
        ("2026-03-20T06:00:00Z", "2026-03-26"),  # Nauryz and the two days made up for
    ],
)
def test_the_first_day_is_the_next_one_worked_in_almaty(received_at: str, due: str) -> None:
    assert deadlines.due_on("D1", parse(received_at)) == date.fromisoformat(due)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        deadlines.due_on("D1", datetime(2026, 11, 20, 12))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("due", "end"),
    [
        ("2026-11-24", "2026-11-24T19:00:00Z"),
        ("2024-02-28", "2024-02-28T18:00:00Z"),  # UTC+6
        ("2024-02-29", "2024-02-29T19:00:00Z"),  # 25 hours long
        ("2024-03-01", "2024-03-01T19:00:00Z"),
    ],
)
def test_the_last_moment_is_before_the_midnight_that_ends_the_day(due: str, end: str) -> None:
    assert deadlines.due_at(date.fromisoformat(due)) == parse(end)


@pytest.mark.clause("D5")
@pytest.mark.parametrize(
    ("id", "received_at", "target"),
    [
        ("D5", "2026-11-20T18:59:59Z", "2026-11-23T18:59:59Z"),  # over the weekend, at the same hour
        ("D5", "2026-11-23T03:30:00Z", "2026-11-24T03:30:00Z"),
        ("D5", "2024-02-28T17:30:00Z", "2024-02-29T17:30:00Z"),  # 23:30, which that day had twice: the first
        ("D5", "2024-02-29T18:30:00Z", "2024-03-01T18:30:00Z"),  # and from the second
        ("D1", "2026-11-20T18:59:59Z", "2026-11-23T13:00:00Z"),  # 18:00
        ("D1", "2024-02-27T03:00:00Z", "2024-02-28T12:00:00Z"),  # 18:00 in UTC+6
        ("D12", "2026-11-18T07:00:00Z", "2026-11-28T13:00:00Z"),
    ],
)
def test_the_house_means_to_be_done_before_it_must(id: str, received_at: str, target: str) -> None:
    assert deadlines.target_at(id, parse(received_at)) == parse(target)


@pytest.mark.clause("D12", "D16")
@pytest.mark.parametrize("id", sorted(BY_CALENDAR))
def test_a_calendar_term_that_ends_on_a_day_off_is_not_moved(id: str) -> None:
    assert deadlines.due_on(id, parse("2026-11-19T07:00:00Z")) == date(2026, 11, 29)  # a Sunday
    assert deadlines.due_on(id, parse("2026-12-06T07:00:00Z")) == date(2026, 12, 16)  # Independence Day


def settings(calendar: Calendar) -> Settings:
    return Settings(home=Path(), calendar=calendar)


@pytest.mark.clause("3.2.b")
def test_what_is_configured_overrules_the_table() -> None:
    moved = settings(Calendar(days_off=frozenset({date(2026, 11, 23)}), working_days=frozenset({date(2026, 11, 21)})))
    worked = settings(Calendar(working_days=frozenset({date(2026, 12, 16)})))

    assert deadlines.due_on("D1", NOON, moved) == date(2026, 11, 21)
    assert deadlines.target_at("D1", NOON, moved) == parse("2026-11-21T13:00:00Z")
    assert deadlines.due_on("D7", NOON, moved) == date(2026, 11, 25)
    assert not deadlines.is_working_day(date(2026, 11, 23), moved)
    assert deadlines.is_working_day(date(2026, 12, 16), worked)
    assert not deadlines.is_working_day(date(2026, 12, 16))
    assert deadlines.add_working_days(date(2026, 11, 20), 2, moved) == date(2026, 11, 24)


def test_moved_days_are_read_from_the_file_and_the_environment(tmp_path: Path) -> None:
    (tmp_path / "wadjet.toml").write_text('[calendar]\ndays_off = ["2027-01-08"]\nworking_days = [2027-01-16]\n')

    filed = load(tmp_path, {}).calendar
    given = load(tmp_path, {"WADJET_CALENDAR_DAYS_OFF": "2028-01-05, 2028-01-06"}).calendar

    assert filed == Calendar(frozenset({date(2027, 1, 8)}), frozenset({date(2027, 1, 16)}))
    assert given == Calendar(frozenset({date(2028, 1, 5), date(2028, 1, 6)}), frozenset({date(2027, 1, 16)}))


def test_working_days_are_counted_from_the_next_one() -> None:
    assert deadlines.add_working_days(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert deadlines.add_working_days(date(2026, 11, 21), 1) == date(2026, 11, 23)
    with pytest.raises(ValueError, match="from 1"):
        deadlines.add_working_days(date(2026, 11, 20), 0)


def test_the_shorter_of_the_laws_and_the_policys_figures_counts() -> None:
    row = '[[D1]]\nduty = "…"\ndays = {days}\nhouse_days = {house}\nunit = "working"\narticle = ""\n'
    row += 'since = 2026-01-01\nstatus = "confirmed"\n'

    limits = [deadlines.read(row.format(days=days, house=house))["D1"][0].limit for days, house in [(3, 10), (3, 2)]]

    assert limits == [3, 2]


def test_a_changed_figure_counts_from_its_day_and_not_before() -> None:
    row = '[[D6]]\nduty = "…"\ndays = {days}\nunit = "working"\narticle = ""\nsince = {since}\nstatus = "confirmed"\n'
    figures = deadlines.read(row.format(days=5, since="2027-03-01") + row.format(days=15, since="2026-01-18"))["D6"]

    days = ["2020-01-01", "2026-01-18", "2027-02-28", "2027-03-01", "2030-01-01"]

    assert [deadlines.in_force(figures, date.fromisoformat(day)).days for day in days] == [15, 15, 15, 5, 5]


def test_deadlines_stand_in_order_and_say_where_they_come_from() -> None:
    assert [each.id for each in deadlines.DEADLINES] == [f"D{number}" for number in range(1, 18)]
    for each in deadlines.DEADLINES:
        assert each == deadlines.deadline(each.id)
        assert each.status in (deadlines.CONFIRMED, deadlines.FOR_COUNSEL)
        assert each.article or each.id == "D15"
        assert "\n" not in each.duty
    assert (deadlines.deadline("D6").since, deadlines.deadline("D5").since) == (date(2026, 1, 18), date(2024, 7, 1))
    assert {each.id for each in deadlines.DEADLINES if each.house_days} == {"D12", "D13", "D14"}


@pytest.mark.parametrize("told", deadlines.DEADLINES, ids=lambda told: told.id)
def test_the_paper_tells_every_deadline_as_it_is_counted(told: deadlines.Deadline) -> None:
    paper = (Path(__file__).parents[1] / "docs" / "law.md").read_text("utf-8")
    unit = "WD" if told.unit == "working" else "days"
    term = f"{told.limit} {unit}{'' if told.days else ', house'}" if told.id in TERMS else "none"

    assert f"| {told.id} | {told.duty} | {term} | {told.article} | {told.since} | {told.status} |" in paper
