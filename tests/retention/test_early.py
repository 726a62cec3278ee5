"""Destruction before the term: two people, a week, once."""

import json
import threading
from datetime import timedelta

import pytest

from tests.house import on_both_databases
from tests.retention.site import people, sql
from wadjet import clock, consent, database, registers, retention
from wadjet.retention import early, models

REASON = "court act 2-1234"


def propose(place, person, by="aigul"):
    return retention.propose(person, ground="court-act", reason=REASON, by=by, now=place.now)


@pytest.fixture
def person(place):
    return place.write("aigerim@example.kz")[1]


@on_both_databases
@pytest.mark.clause("2.14")
def test_one_proposes_and_another_approves(place, person):
    number = propose(place, person)

    with pytest.raises(retention.ApproverProposed):
        retention.approve(number, by="aigul", settings=place.settings, now=place.now)
    assert people() == {person}
    retention.approve(number, by="bolat", settings=place.settings, now=place.now)

    assert people() == set()
    found = retention.proposal(number, now=place.now)
    assert (found.state, found.proposed_by, found.decided_by) == ("done", "aigul", "bolat")
    (act,) = registers.catalogue.find("R9").read()
    assert (act["object"], act["ground"], act["citation"], act["by"]) == (person, "court-act", REASON, "bolat")
    with pytest.raises(retention.ProposalMoved):
        retention.approve(number, by="dana", settings=place.settings, now=place.now)


def test_the_consents_end_before_the_person_goes(place):
    _, person, receipt = place.write("bolat@example.kz", marketing=True)
    assert consent.standing(receipt)["feedback"]

    retention.approve(propose(place, person), by="bolat", settings=place.settings, now=place.now)

    assert not any(consent.standing(receipt).values())


@on_both_databases
def test_of_a_crowd_that_approves_one_destroys(place, person):
    number, done, late = propose(place, person), [], []
    start = threading.Barrier(8)

    def approve(name):
        start.wait()
        try:
            retention.approve(number, by=name, settings=place.settings, now=place.now)
            done.append(name)
        except retention.ProposalMoved:
            late.append(name)

    crowd = [threading.Thread(target=approve, args=(f"staff-{each}",)) for each in range(8)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()

    assert (len(done), len(late)) == (1, 7)
    assert people() == set()
    approved = [
        row for row in sql("SELECT entry FROM journal_entry WHERE about = 'early/1'") if b"approved" in bytes(row[0])
    ]
    assert [json.loads(bytes(row[0]))["by"] for row in approved] == done


def test_a_proposal_counts_for_a_week(place, person):
    number = propose(place, person)
    place.watch.advance(days=7, seconds=1)

    assert retention.proposals(now=place.now) == []
    assert retention.proposal(number, now=place.now).state == "expired"
    with pytest.raises(retention.ProposalMoved, match="week"):
        retention.approve(number, by="bolat", settings=place.settings, now=place.now)
    assert people() == {person}
    assert propose(place, person, by="bolat") == 2


def test_who_proposed_takes_back_and_another_declines(place, person):
    assert retention.decline(propose(place, person), by="aigul", now=place.now) == "withdrawn"
    assert retention.decline(propose(place, person), by="bolat", now=place.now) == "declined"

    for number in (1, 2):
        with pytest.raises(retention.ProposalMoved):
            retention.approve(number, by="dana", settings=place.settings, now=place.now)
    with pytest.raises(retention.ProposalUnknown):
        retention.approve(3, by="dana", settings=place.settings, now=place.now)
    assert people() == {person}


@pytest.mark.clause("2.2")
def test_who_is_blocked_or_held_is_not_destroyed(place, person):
    number = propose(place, person)
    place.hold(person, clock.local_date(place.now) + timedelta(days=3))

    with pytest.raises(retention.Suspended):
        retention.approve(number, by="bolat", settings=place.settings, now=place.now)
    place.release(person)
    place.block(person)
    with pytest.raises(retention.Suspended):
        retention.approve(number, by="bolat", settings=place.settings, now=place.now)
    assert retention.proposal(number, now=place.now).state == "open"
    place.unblock(person)
    retention.approve(number, by="bolat", settings=place.settings, now=place.now)

    assert people() == set()


def test_what_was_approved_and_cut_off_is_finished_by_the_next_run(place, person):
    number = propose(place, person)
    at = clock.stamp(place.now)
    database.vault.write(lambda: models.decide(number, "approved", "bolat", at))  # killed before the person went

    place.run()

    assert people() == set()
    assert retention.proposal(number, now=place.now).state == "done"


def test_who_was_held_after_the_approval_stays_and_it_is_decided_on_again(place, person):
    number = propose(place, person)
    place.hold(person, clock.local_date(place.now) + timedelta(days=3))
    database.vault.write(lambda: models.decide(number, "approved", "bolat", clock.stamp(place.now)))

    early.finish(settings=place.settings, now=place.now)

    assert people() == {person}
    found = retention.proposal(number, now=place.now)
    assert (found.state, found.decided_by) == ("open", "")


def test_a_proposal_lapses_with_a_person_who_went_otherwise(place, person):
    number = propose(place, person)
    message = sql("SELECT id FROM contact_message")[0][0]
    place.close(message)
    place.watch.advance(days=2)

    place.run()

    assert people() == set()
    assert retention.proposal(number, now=place.now).state == "lapsed"


@on_both_databases
def test_what_goes_next_is_read_a_page_at_a_time(place):
    for each in range(5):
        place.write(f"p{each}@example.kz")
    place.run()  # every message gets its day

    first, after = retention.ahead("", 3, now=place.now)
    second, end = retention.ahead(after, 3, now=place.now)

    assert (len(first), len(second), end) == (3, 2, "")
    told = [*first, *second]
    assert len({each.message for each in told}) == 5
    assert [each.on for each in told] == sorted(each.on for each in told)
    assert {(each.act, each.ground) for each in told} == {("destroy", "term-over")}
