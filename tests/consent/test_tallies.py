"""How many decisions there were: the same numbers whether they were counted before or are counted as one looks."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.house import on_both_databases
from tests.visitor import Visitor
from wadjet import clock, consent, database
from wadjet.consent import models, tallies


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(tallies, "BLOCK", 4)


def told(day, until=None):
    found = consent.tally(day, until or day)
    assert found.is_whole
    return found.counts


def rows():
    return database.receipts.read(
        lambda: database.receipts.execute("SELECT upto, receipts FROM receipt_count ORDER BY upto").fetchall()
    )


@on_both_databases
def test_counts_are_the_same_before_and_after_they_are_kept(client, settings, watch, small_blocks):
    visitor, day = Visitor(client), clock.local_date(watch())
    given = [visitor.give(language=language) for language in ("kk", "kk", "ru")]
    visitor.give(purposes={"measurement": True, "embeds": False})
    visitor.withdraw(given[0]["id"], language="kk")
    visitor.post(visitor.decision("refused"))
    watch.advance(days=1)
    visitor.give(language="en")
    live = told(day)

    tallies.count(settings, watch())

    assert told(day) == live
    assert sum(number for _, number in rows()) == 4
    assert live == Counter(
        {
            consent.Kind(str(day), "wadjet.kz", "given", 1, "kk", "embeds measurement", ""): 2,
            consent.Kind(str(day), "wadjet.kz", "given", 1, "ru", "embeds measurement", ""): 1,
            consent.Kind(str(day), "wadjet.kz", "given", 1, "kk", "measurement", "embeds"): 1,
            consent.Kind(str(day), "wadjet.kz", "withdrawn", 1, "kk", "", "embeds measurement"): 1,
            consent.Kind(str(day), "wadjet.kz", "refused", 1, "kk", "", "embeds measurement"): 1,
        }
    )
    assert sum(told(day, day + timedelta(days=1)).values()) == 7
    assert told(day - timedelta(days=1)) == Counter()


@on_both_databases
def test_each_receipt_is_counted_once_however_often_one_counts(client, settings, now, small_blocks):
    visitor = Visitor(client)
    for _ in range(9):
        visitor.give()

    block = database.receipts.read(tallies._next)
    for _ in range(3):
        tallies.count(settings, now)

    assert [number for _, number in rows()] == [4, 4]
    assert database.receipts.write(lambda: tallies._keep(*block)) is False
    assert sum(told(clock.local_date(now)).values()) == 9


def test_what_is_not_counted_yet_is_told(client, now, monkeypatch):
    monkeypatch.setattr(tallies, "_MOST_LIVE", 3)
    visitor, day = Visitor(client), clock.local_date(now)
    for _ in range(4):
        visitor.give()

    found = consent.tally(day, day)

    assert (sum(found.counts.values()), found.is_whole) == (3, False)


def test_what_went_at_the_end_of_its_term_stays_counted(client, settings, watch, small_blocks):
    visitor, day = Visitor(client), clock.local_date(watch())
    for _ in range(5):
        visitor.give()
    tallies.count(settings, watch())
    watch.advance(days=2000)

    list(consent.expire(clock.local_date(watch()), now=watch()))

    assert models.count() == 1
    assert sum(told(day).values()) == 5
