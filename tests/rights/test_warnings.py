"""The operator is warned before a day is over and alarmed after it: years at the desk, and not a second of waiting."""

from datetime import date, timedelta

import pytest

from tests.house import on_both_databases
from tests.rights.desk import STAFF, text_of, to
from tests.writer import AIGERIM
from wadjet import clock, database, deadlines, mail, rights
from wadjet.rights import KINDS, models

SECRET = "Құпия сөз"
OFFICE = "desk@wadjet.kz"


def warnings(desk):
    """Have it watched; the letters to the operator about days."""
    rights.watch(desk.settings, desk.now)
    if not mail.counts().get("queued"):
        return []
    return [each for each in desk.post() if to(each) == OFFICE and "wadjet requests show" in text_of(each)]


def row_of(request):
    return database.vault.read(lambda: models.find(request))


def until(desk, day, hour=9):
    """The morning of a local day."""
    desk.watch.moment = clock.start_of(day) + timedelta(hours=hour)


@on_both_databases
@pytest.mark.clause("3.2.a", "D10")
def test_warned_the_working_day_before_alarmed_when_the_day_is_over_once_each(desk):
    request = desk.ask("information", AIGERIM["email"], text=SECRET)  # on a Monday; three working days
    due = date.fromisoformat(row_of(request).due_on)
    assert warnings(desk) == []

    until(desk, due - timedelta(days=1))
    (warned,) = warnings(desk)
    until(desk, due, hour=23)
    assert warnings(desk) == []
    until(desk, due + timedelta(days=1), hour=0)
    (alarmed,) = warnings(desk)
    for _ in range(30):
        desk.watch.advance(hours=16)
        assert warnings(desk) == []

    assert "ПРОСРОЧЕНО" not in text_of(warned)
    assert "ПРОСРОЧЕНО" in text_of(alarmed)
    for letter in (warned, alarmed):
        raw = letter.as_string() + text_of(letter)
        assert request in raw
        assert not any(word in raw for word in (SECRET, AIGERIM["email"], AIGERIM["last_name"]))


def test_who_is_settled_in_time_is_never_alarmed_about(desk):
    request = desk.ask("question", AIGERIM["email"])
    until(desk, date.fromisoformat(row_of(request).due_on))
    assert len(warnings(desk)) == 1

    desk.fulfil(request, answer="Иә.")
    desk.watch.advance(days=30)

    assert warnings(desk) == []


@pytest.mark.clause("12.1", "D6")
def test_what_was_read_late_is_warned_of_again_under_its_own_clock(desk):
    request = desk.ask("triage", AIGERIM["email"])  # a day
    until(desk, date.fromisoformat(row_of(request).due_on) + timedelta(days=1))
    assert len(warnings(desk)) == 1

    rights.take(request, by=STAFF, kind="withdraw", settings=desk.settings, now=desk.now)  # fifteen
    due = date.fromisoformat(row_of(request).due_on)
    assert warnings(desk) == []
    until(desk, due)
    assert len(warnings(desk)) == 1
    until(desk, due + timedelta(days=1))
    assert len(warnings(desk)) == 1


def test_for_two_years_every_warning_and_alarm_comes_on_its_morning_and_no_other(desk):
    kinds = list(KINDS)
    came: dict[date, str] = {}
    expected: dict[str, dict[str, date]] = {}
    open_ones: dict[str, tuple[date, date]] = {}  # request → the day it is due, the day it is answered on
    for day in range(2 * 365):
        until(desk, clock.local_date(desk.now) + timedelta(days=1))
        today = clock.local_date(desk.now)
        horizon = deadlines.add_working_days(today, 1, desk.settings)
        if day % 10 == 0:
            request = desk.ask(kinds[day // 10 % len(kinds)], f"a{day}@example.kz", text=SECRET)
            due = date.fromisoformat(row_of(request).due_on)
            # Every third is answered on its last day, the others nearly two weeks too late.
            open_ones[request] = due, due + timedelta(days=0 if day % 3 == 0 else 12)
        for request, (due, _) in open_ones.items():
            level = "late" if today > due else "soon" if due <= horizon else ""
            if level and level not in expected.setdefault(request, {}):
                expected[request][level] = today
        for letter in warnings(desk):
            came.setdefault(today, text_of(letter))
            assert SECRET not in letter.as_string()
        for request, (_, answered_on) in list(open_ones.items()):
            if today >= answered_on:
                desk.refuse(request, "authority-not-proven")
                del open_ones[request]

    told = {(request, day) for request, days in expected.items() for day in days.values()}
    assert came.keys() == {day for _, day in told}
    assert all(request in came[day] for request, day in told)
    assert sum("late" in days for days in expected.values()) > 40
