"""The doctor tells of a day that was missed, and of one that may be counted wrongly; of nothing else."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from wadjet import clock, database, doctor, registers
from wadjet.registers import authority, incidents
from wadjet.settings import load

HOUR = timedelta(hours=1)


@pytest.fixture
def enter(good):
    """`enter(work)`: have it done in the home's registers, by somebody of the staff, at this moment."""

    def act(work):
        settings, now = load(good.home, os.environ), clock.now()
        database.open_stores(settings)
        number = work(settings=settings, by="dana", now=now)
        database.close_stores()
        return number

    return act


def told(good, check, now):
    """What the doctor says at some moment of one thing."""
    found = [each for each in doctor.examine(good.home, os.environ, now=now) if each.check == check]
    assert {each.severity for each in found} <= {"warning"}
    return [each.message for each in found]


@pytest.mark.clause("D12", "3.2.d")
def test_a_request_of_the_authorised_body_that_is_late_is_told_until_it_is_answered(good, enter):
    received_at = clock.now()

    def asked(**desk):
        return registers.receive_request("12", "MAID", "a copy of R8", received_at=received_at, **desk)

    number = enter(asked)
    due = clock.local_date(received_at) + timedelta(days=10)
    last_minute, too_late = clock.start_of(due + timedelta(days=1)) - HOUR, clock.start_of(due + timedelta(days=1))

    assert told(good, "registers", last_minute) == []
    assert told(good, "registers", too_late) == [f"R7: 1 entry waits though due, the first on {due}"]
    enter(lambda settings, **desk: authority.answer_request(number, "out 3", **desk))
    assert told(good, "registers", too_late) == []


@pytest.mark.clause("D5")
def test_breaches_that_nobody_was_told_of_are_counted(good, enter):
    detected_at = clock.now() - timedelta(days=20)

    def detect(days):
        return lambda **desk: registers.detect(
            "access", "a mailbox", detected_at=detected_at + timedelta(days=days), **desk
        )

    first, second = enter(detect(0)), enter(detect(5))
    (said,) = told(good, "registers", clock.now())
    assert said.startswith("R8: 2 entries wait though due, the first on ")

    assert "warning: registers: R8: 2 entries" in good("doctor").out
    assert good("doctor").status == 0
    for number in (first, second):
        enter(lambda settings, number=number, **desk: incidents.notified(number, "out 4", **desk))
    assert good("doctor").out == "All is well.\n"


@pytest.mark.parametrize(
    ("moment", "entered", "years"),
    [
        ("2026-11-29", "", []),
        ("2026-12-30", "", [2027]),  # what comes in today is due next year
        ("2026-12-30", "2027-01-04", []),
        ("2027-03-01", "2026-05-08", [2027]),
        ("2027-03-01", "2027-05-17", []),
        ("2050-03-01", "", [2050]),  # no table says anything of it
    ],
)
def test_a_year_computed_ahead_is_told_until_its_calendar_is_read(good, monkeypatch, moment, entered, years):
    monkeypatch.setenv("WADJET_CALENDAR_DAYS_OFF", entered)
    now = datetime.fromisoformat(moment).replace(hour=6, tzinfo=UTC)

    said = told(good, "calendar", now)

    assert [f"the days off of {year} " in line for year, line in zip(years, said, strict=True)] == [True] * len(years)
