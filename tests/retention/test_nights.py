"""The daily run of a serving process: once a day, in the small hours, by whoever is first."""

import logging
from datetime import timedelta

from tests.house import on_both_databases
from tests.retention import site
from wadjet import clock, retention
from wadjet.retention import nights


@on_both_databases
def test_the_daily_run_is_done_once_in_the_small_hours_by_one_process(place, caplog):
    _, person, _ = place.write("a@example.kz")
    today = clock.local_date(place.now) + timedelta(days=366)
    place.at(today, hour=2)
    nights.nightly(place.settings, place.now)
    assert site.people() == {person}

    place.at(today, hour=3)
    with caplog.at_level(logging.INFO, "wadjet.retention.nights"):
        nights.nightly(place.settings, place.now)
        nights.nightly(place.settings, place.now)
    assert site.people() == set()
    assert [record.getMessage() for record in caplog.records] == [f"retention of {today}: 1 person"]
    assert retention.last_run() == today.isoformat()


def test_a_run_that_somebody_has_taken_is_left_to_them_for_an_hour(place):
    place.write("a@example.kz")
    place.at(clock.local_date(place.now) + timedelta(days=366), hour=4)
    assert nights.claim(place.now)
    assert not nights.claim(place.now + timedelta(minutes=59))

    place.watch.advance(minutes=61)
    nights.nightly(place.settings, place.now)

    assert site.people() == set()
