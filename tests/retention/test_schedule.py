"""The schedule as a table, and against a second one that is written day by day."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadjet.retention.schedule import (
    GROUNDS,
    Due,
    Hold,
    Kept,
    Message,
    Purpose,
    is_stale,
    letters_before,
    message,
    proof_ends_before,
    suspension,
    words,
)

GIVEN = date(2026, 11, 23)
FEEDBACK, NEWS = Purpose("feedback", 365), Purpose("marketing", 365)


def after(days: int) -> date:
    return GIVEN + timedelta(days=days)


def withdrawn(purpose: Purpose, days: int) -> Purpose:
    return Purpose(purpose.key, purpose.days, after(days))


CASES = {
    "kept on the day it came": (Message(GIVEN, (FEEDBACK,)), 0, Kept(after(366), ("feedback",))),
    "kept through the last day of its term": (Message(GIVEN, (FEEDBACK,)), 365, Kept(after(366), ("feedback",))),
    "due when the term is over": (Message(GIVEN, (FEEDBACK,)), 366, Due("destroy", "term-over", after(366))),
    "kept through the day on which it was settled": (
        Message(GIVEN, (FEEDBACK,), closed_on=after(3)),
        3,
        Kept(after(4), ()),
    ),
    "due the day after it was settled": (
        Message(GIVEN, (FEEDBACK,), closed_on=after(3)),
        4,
        Due("destroy", "purpose-achieved", after(4)),
    ),
    "due the day after its consent was withdrawn": (
        Message(GIVEN, (withdrawn(FEEDBACK, 5),)),
        6,
        Due("destroy", "withdrawn", after(6)),
    ),
    "what came first says why": (
        Message(GIVEN, (withdrawn(FEEDBACK, 9),), closed_on=after(3)),
        30,
        Due("destroy", "purpose-achieved", after(4)),
    ),
    "the words go while the news stand": (
        Message(GIVEN, (FEEDBACK, NEWS), closed_on=after(3)),
        4,
        Due("delete", "purpose-achieved", after(4), until=after(366)),
    ),
    "what the news need stays until their term": (
        Message(GIVEN, (FEEDBACK, NEWS), closed_on=after(3), is_reduced=True),
        365,
        Kept(after(366), ("marketing",)),
    ),
    "the news stopped": (
        Message(GIVEN, (FEEDBACK, withdrawn(NEWS, 40)), closed_on=after(3), is_reduced=True),
        41,
        Due("destroy", "withdrawn", after(41)),
    ),
    "the news stopped, the question stands": (
        Message(GIVEN, (FEEDBACK, withdrawn(NEWS, 40))),
        41,
        Kept(after(366), ("feedback",)),
    ),
    "another purpose needs all of it": (
        Message(GIVEN, (FEEDBACK, Purpose("events", 30)), closed_on=after(3)),
        30,
        Kept(after(31), ("events",)),
    ),
    "nobody said that it is theirs": (
        Message(GIVEN, (FEEDBACK,), is_confirmed=False),
        31,
        Due("destroy", "not-confirmed", after(31)),
    ),
    "nothing was allowed": (Message(GIVEN, ()), 0, Due("destroy", "term-over", GIVEN)),
}


@pytest.mark.clause("5.7", "8.4", "8.8", "8.9", "D13")
@pytest.mark.parametrize("case", CASES)
def test_what_becomes_of_a_message(case):
    it, days, verdict = CASES[case]

    assert message(it, after(days)) == verdict


purposes = st.lists(
    st.builds(
        Purpose,
        st.sampled_from(["feedback", "marketing", "events"]),
        st.integers(1, 60),
        st.none() | st.integers(0, 70).map(after),
    ),
    unique_by=lambda each: each.key,
    max_size=3,
).map(tuple)
anything = st.builds(
    Message, st.just(GIVEN), purposes, st.none() | st.integers(0, 70).map(after), st.booleans(), st.booleans()
)


def needed(it: Message, day: date) -> set[str]:
    """The purposes that still need something of it on a day, said without any minimum or maximum."""
    found = set()
    for purpose in it.purposes:
        is_in_term = (day - it.given_on).days <= purpose.days
        is_withdrawn = purpose.ended_on is not None and purpose.ended_on < day
        is_achieved = purpose.key == "feedback" and it.closed_on is not None and it.closed_on < day
        if is_in_term and not is_withdrawn and not is_achieved:
            found.add(purpose.key)
    return found if it.is_confirmed or (day - it.given_on).days <= 30 else set()


@given(anything, st.integers(0, 90))
def test_a_message_is_kept_as_long_as_something_needs_it_and_no_day_longer(it, days):
    verdict, wanted = message(it, after(days)), needed(it, after(days))

    if not wanted:
        assert isinstance(verdict, Due)
        assert verdict.act == "destroy"
        assert verdict.on == GIVEN or needed(it, verdict.on - timedelta(days=1))  # and not a day later
        assert not needed(it, verdict.on)
    elif wanted == {"marketing"} and not it.is_reduced:
        assert isinstance(verdict, Due)
        assert verdict.act == "delete"
    else:
        assert isinstance(verdict, Kept)
        assert set(verdict.purposes) <= wanted


@given(anything, st.integers(0, 90))
def test_the_day_named_for_another_look_is_the_first_on_which_something_is_due(it, days):
    verdict = message(it, after(days))

    if isinstance(verdict, Kept):
        day = after(days)
        while day < verdict.until:
            assert isinstance(message(it, day), Kept)
            day += timedelta(days=1)
        assert isinstance(message(it, verdict.until), Due)


@pytest.mark.parametrize(("days", "is_due"), [(365, False), (366, True)])
def test_the_words_of_a_request_go_when_their_days_are_over(days, is_due):
    assert words(GIVEN, 365, after(days)) == (Due("destroy", "request-over", after(366)) if is_due else None)


def test_a_proof_goes_the_configured_years_after_its_consent_ended():
    today = after(3 * 365 + 1)

    assert proof_ends_before(3, today) > GIVEN
    assert not proof_ends_before(3, today - timedelta(days=1)) > GIVEN


def test_the_row_of_a_letter_goes_after_thirty_days():
    assert letters_before(after(31)) > GIVEN
    assert not letters_before(after(30)) > GIVEN


@pytest.mark.clause("2.2")
@pytest.mark.parametrize(
    ("is_blocked", "hold", "request_id", "days", "why"),
    [
        (False, None, "", 0, ""),
        (True, None, "r1", 0, "blocked"),
        (False, Hold("Act 1", after(5)), "r1", 5, "held until 2026-11-28: Act 1"),
        (False, Hold("Act 1", after(5)), "", 6, ""),
        (False, Hold("Act 1", after(5)), "r1", 6, "awaited: request r1"),
        (True, Hold("Act 1", after(5)), "", 0, "blocked"),
    ],
)
def test_what_is_blocked_held_by_a_law_or_awaited_is_not_destroyed(is_blocked, hold, request_id, days, why):
    assert suspension(is_blocked=is_blocked, hold=hold, request=request_id, today=after(days)) == why


@pytest.mark.clause("5.6", "4.2.b")
@pytest.mark.parametrize(
    ("asked", "days", "is_due"), [(None, 364, False), (None, 365, True), (365, 366, False), (-10, 365, True)]
)
def test_somebody_is_asked_once_until_they_are_heard_of_again(asked, days, is_due):
    assert is_stale(GIVEN, None if asked is None else after(asked), 365, after(days)) is is_due


def test_what_stays_written_beside_the_destroyed_is_nobody_s_name():
    for ground in GROUNDS.values():
        assert all(word.isdigit() for word in re.findall(r"\w{2,}", ground.citation))
