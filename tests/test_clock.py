"""Days are counted where the operator sits; moments are UTC."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadjet import clock


def test_now_is_aware_and_in_utc():
    before = datetime.now(UTC)

    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-22T18:59:59Z", "2026-11-22"),
        ("2026-11-22T19:00:00Z", "2026-11-23"),
        ("2024-02-28T17:59:59Z", "2024-02-28"),  # UTC+6 until the end of February 2024
        ("2024-02-28T18:00:00Z", "2024-02-29"),
        ("2024-02-29T18:30:00Z", "2024-02-29"),
        ("2024-03-01T18:30:00Z", "2024-03-01"),  # UTC+5 since
        ("2026-11-23T01:00:00+12:00", "2026-11-22"),
    ],
)
def test_the_day_is_that_of_kazakhstan(moment, day):
    assert clock.local_date(clock.parse(moment)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "start"),
    [
        ("2026-12-01", "2026-11-30T19:00:00.000Z"),
        ("2024-02-29", "2024-02-28T18:00:00.000Z"),
        ("2024-03-01", "2024-02-29T19:00:00.000Z"),  # the night that had 23:30 twice
        ("2024-03-02", "2024-03-01T19:00:00.000Z"),
    ],
)
def test_a_day_starts_at_midnight_there(day, start):
    assert clock.stamp(clock.start_of(date.fromisoformat(day))) == start


def test_a_stamp_is_utc_in_whole_milliseconds():
    moment = datetime(2026, 11, 23, 11, 14, 48, 123_999, tzinfo=timezone(timedelta(hours=5)))

    assert clock.stamp(moment) == "2026-11-23T06:14:48.123Z"


BEYOND = ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"]


@pytest.mark.parametrize(
    "text", ["", "now", "2026-11-23", "2026-11-23T06:14:48", "2026-02-31T00:00:00Z", "24:00", *BEYOND]
)
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - its text is the standard library's
        clock.parse(text)


MOMENTS = st.datetimes(
    datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("9999-12-30"), timezones=st.timezones()
)


@given(MOMENTS)
def test_stamps_go_round_and_keep_the_order(moment):
    text = clock.stamp(moment)

    assert timedelta(0) <= moment - clock.parse(text) < timedelta(milliseconds=1)
    # Added in UTC: on a wall clock that is put back a millisecond later may be an hour earlier.
    assert text < clock.stamp(moment.astimezone(UTC) + timedelta(milliseconds=1))


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_day_contains_its_start_and_nothing_before(day):
    start = clock.start_of(day)

    assert clock.local_date(start) == day
    assert clock.local_date(start - timedelta(microseconds=1)) == day - timedelta(days=1)
