"""What is done by itself beside the requests: again and again, whatever goes wrong, until it is told to end."""

import logging
from threading import Event, Thread

import pytest

from wadjet import chores
from wadjet.problems import Unavailable

PATIENCE_SECONDS = 20


@pytest.fixture
def registry():
    """Only what a test registers."""
    before, chores._chores[:] = chores._chores[:], []
    yield chores._chores
    chores._chores[:] = before


@pytest.fixture
def working(settings, registry):
    """`working()`: the thread of a serving process is at it until the test ends."""
    ended, threads = Event(), []

    def start():
        threads.append(Thread(target=chores.work, args=(settings, ended)))
        threads[-1].start()

    yield start
    ended.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


class Counting:
    """A chore that counts its calls; `times` is set when there were so many."""

    def __init__(self, enough=3, error=None):
        self.calls, self.enough, self.error, self.times = [], enough, error, Event()

    def __call__(self, settings, now):
        self.calls.append((settings, now))
        if len(self.calls) >= self.enough:
            self.times.set()
        if self.error:
            raise self.error

    __name__ = "count"


def test_each_is_done_at_once_and_then_at_its_own_pace(working, settings):
    often, seldom = Counting(), Counting()
    chores.every(0.01)(often)
    chores.every(3600)(seldom)

    working()

    assert often.times.wait(PATIENCE_SECONDS)
    assert len(seldom.calls) == 1
    assert seldom.calls[0][0] is settings
    assert seldom.calls[0][1].tzinfo


@pytest.mark.clause("8.7")
def test_one_that_fails_keeps_nobody_and_is_told_once_by_name_alone(working, caplog):
    failing, other = Counting(error=ValueError("aigerim@example.kz")), Counting()
    chores.every(0.01)(failing)
    chores.every(0.01)(other)

    with caplog.at_level(logging.WARNING):
        working()
        assert failing.times.wait(PATIENCE_SECONDS)
        assert other.times.wait(PATIENCE_SECONDS)

    assert [record.getMessage() for record in caplog.records] == ["tests.test_chores.count waits: ValueError"]


def test_a_refusal_is_told_by_its_slug_and_so_is_its_end(working, caplog):
    failing = Counting(error=Unavailable("aigerim@example.kz"))
    chores.every(0.01)(failing)

    with caplog.at_level(logging.WARNING):
        working()
        assert failing.times.wait(PATIENCE_SECONDS)
        failing.error, failing.enough = None, len(failing.calls) + 3
        failing.times.clear()
        assert failing.times.wait(PATIENCE_SECONDS)

    told = [record.getMessage() for record in caplog.records]
    assert told == ["tests.test_chores.count waits: unavailable", "tests.test_chores.count goes on"]


def test_it_ends_also_where_there_is_nothing_to_do(working, registry):
    assert registry == []

    working()


def test_what_a_serving_process_does_by_itself(app):
    names = {chore.name: chore.seconds for chore in chores._chores}

    assert names == {
        "consent.tallies.count": 15,
        "console.news.tell": 60,
        "console.typed.sweep": 300,
        "retention.nights.nightly": 300,
        "rights.watch.recount": 3600,
        "rights.watch.watch": 60,
    }
