"""The pages of retention: what goes next, a run, holds, and destruction before the term by two people."""

import json
from datetime import date, timedelta
from itertools import pairwise

import pytest

from tests.console.conftest import MOST_QUERIES
from tests.console.demands import hidden
from tests.retention.site import NAMES, Place, journal, people, sql
from wadjet import clock, database, ledger, registers, retention
from wadjet.console import models, service

REASON = "court act 2-1234 of 12.11.2026"


@pytest.fixture
def place(console, settings, watch) -> Place:
    """A site that people write to."""
    return Place(settings, watch)


@pytest.fixture
def person(place: Place) -> str:
    written = place.write("aigerim@example.kz")
    return written[1]


def propose(work, person, **changes):
    told = {"person": person, "ground": "court-act", "reason": REASON} | changes
    return work.post("retention/early/", told)


@pytest.mark.parametrize(
    ("role", "reads", "runs"),
    [("responsible", True, True), ("staff", True, False), ("auditor", True, False), ("maintainer", False, False)],
)
def test_roles_read_or_run_or_neither(desk, place, person, role, reads, runs):
    retention.propose(person, ground="court-act", reason=REASON, by="tests", now=place.now)
    work = desk(role)

    for path in ("", "holds/", "reviews/", "early/", "early/1/"):
        assert work.get(f"retention/{path}").status_code == (200 if reads else 403), path
    assert work.get("retention/run/").status_code == (200 if runs else 403)
    if not runs:
        for path in ("run/", "holds/", "holds/end", "early/", "early/1/approve", "early/1/decline"):
            assert work.post(f"retention/{path}", {"person": person}).status_code == 403, path
    page = work.get("retention/early/1/").text
    assert ("early/1/approve" in page) == runs
    assert people() == {person}


def test_what_goes_next_is_told_with_its_day_and_why(desk, place, person):
    place.hold(person, clock.local_date(place.now) + timedelta(days=800))
    other = place.write("bolat@example.kz")[0]
    place.run()

    page = desk("auditor").get("retention/").text

    assert page.count("is destroyed") == 1
    assert other in page
    assert "the term is over" in page
    assert "held until" in page
    assert "94-V art. 12(2), 18" in page
    assert NAMES["last_name"] not in page


def test_what_is_due_is_looked_at_first_and_then_done(desk, place, person):
    place.close(*sql("SELECT id FROM contact_message")[0])
    place.watch.advance(days=2)
    work = desk("responsible")

    looked = work.get("retention/run/")
    assert (people(), "the purpose is achieved" in looked.text) == ({person}, True)
    done = work.post("retention/run/")

    assert done.status_code == 303
    assert people() == set()
    page = work.get("retention/").text
    assert "1 act was done." in page
    assert [row["object"] for row in registers.catalogue.find("R9").read()] == [person]
    assert retention.last_run() == clock.local_date(place.now).isoformat()


def test_a_hold_is_entered_shown_and_ended(desk, place, person):
    work = desk("responsible")
    until = (clock.local_date(place.now) + timedelta(days=90)).isoformat()

    assert (
        work.post("retention/holds/", {"person": person, "law": "Tax Code art. 49", "until": until}).status_code == 303
    )
    assert "Tax Code art. 49" in work.get("retention/holds/").text
    assert retention.holds()[0].made_by == work.account.handle
    assert work.post("retention/holds/end", {"person": person}).status_code == 303
    assert work.post("retention/holds/end", {"person": person}).status_code == 404

    assert retention.holds() == []


def test_a_hold_takes_the_place_of_one_that_was_seen(desk, place, person):
    until = (clock.local_date(place.now) + timedelta(days=90)).isoformat()
    retention.hold(person, law="Tax Code art. 49", until=date.fromisoformat(until), by="staff-9", now=place.now)
    work = desk("responsible")
    less = {"person": person, "law": "Civil Code art. 5", "until": clock.local_date(place.now).isoformat()}
    place.watch.advance(minutes=5)

    told = work.post("retention/holds/", less)
    assert (told.status_code, retention.holds()[0].until) == (409, until)
    assert "Already held: Tax Code art. 49, until 21 February 2027, entered by staff-9." in told.text
    assert all(value in told.text for value in less.values())
    done = work.post("retention/holds/", less | hidden(told.text))

    assert (done.status_code, retention.holds()[0].law) == (303, "Civil Code art. 5")


def test_a_hold_asks_for_a_password_that_was_just_given(console):
    """It may take the place of one that keeps somebody longer."""
    assert console.view_functions["retention.hold"].fresh
    assert console.view_functions["retention.release"].fresh


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"person": "somebody"}, "person"),
        ({"person": "A" * 22}, "person"),
        ({"law": ""}, "law"),
        ({"until": "soon"}, "until"),
        ({"law": "some law"}, ""),
        ({"until": "2026-11-01"}, ""),
        ({"law": f"art. 49 {NAMES['first_name']}"}, ""),
    ],
)
def test_a_hold_that_cannot_be_is_told_why(desk, person, changes, wrong):
    told = {"person": person, "law": "Tax Code art. 49", "until": "2027-01-31"} | changes

    answer = desk("responsible", language="kk").post("retention/holds/", told)

    assert answer.status_code == 422
    assert 'id="trouble"' in answer.text
    if wrong:
        assert f'href="#{wrong}"' in answer.text
    for value in told.values():
        assert value in answer.text
    assert retention.holds() == []


@pytest.mark.clause("2.14")
def test_two_people_destroy_somebody_before_their_term(desk, place, person):
    first, second = desk("responsible"), desk("responsible", "dana@wadjet.kz")

    made = propose(first, person)
    own = first.post("retention/early/1/approve")

    assert (made.status_code, made.location) == (303, "/console/retention/early/1/")
    assert own.status_code == 403
    assert people() == {person}
    assert "Approve and destroy" not in first.get("retention/early/1/").text
    assert "Approve and destroy" in second.get("retention/early/1/").text

    assert second.post("retention/early/1/approve").status_code == 303

    assert people() == set()
    (act,) = registers.catalogue.find("R9").read()
    assert (act["ground"], act["citation"], act["by"]) == ("court-act", REASON, second.account.handle)
    approved = sql("SELECT entry FROM journal_entry WHERE about = 'early/1' ORDER BY seq")[-1][0]
    entry = json.loads(bytes(approved))
    assert (entry["by"], entry["proposed_by"]) == (second.account.handle, first.account.handle)
    assert "carried out" in first.get("retention/early/1/").text


@pytest.mark.clause("2.14")
@pytest.mark.parametrize("event", ["invited", "added", "enabled", "appointed"])
@pytest.mark.parametrize("is_proposer", [True, False])
def test_who_holds_the_link_to_anothers_account_is_not_two_people(desk, settings, place, person, event, is_proposer):
    first, second = desk("responsible"), desk("responsible", "dana@wadjet.kz")
    one, other = (first, second) if is_proposer else (second, first)
    let_in(event, other.account.id, one.account.handle, settings, place.now)
    again = sign_in_anew(desk, other.account)
    first, second = (first, again) if is_proposer else (again, second)
    propose(first, person)

    answer = second.post("retention/early/1/approve", headers={"Accept": "text/html"})

    assert answer.status_code == 403
    assert "Let a third person do it, or wait." in answer.text
    shown = second.get("retention/early/1/").text
    assert ("early/1/approve" in shown, "Let a third person do it, or wait." in shown) == (False, True)
    assert people() == {person}
    assert desk("responsible", "third@wadjet.kz").post("retention/early/1/approve").status_code == 303


@pytest.mark.clause("2.14")
@pytest.mark.parametrize("chain", ["first>third>second", "third>first third>second"])
def test_who_let_in_whoever_let_them_in_is_not_two_people_either(desk, settings, place, person, chain):
    names = {name: f"{name}@wadjet.kz" for name in ("first", "second", "third")}
    known = {name: desk("responsible", email).account for name, email in names.items()}
    for step in chain.split():
        for by, staff in pairwise(step.split(">")):
            let_in("added", known[staff].id, known[by].handle, settings, place.now)
    first, second = (sign_in_anew(desk, known[name]) for name in ("first", "second"))
    propose(first, person)

    assert second.post("retention/early/1/approve").status_code == 403
    assert people() == {person}
    assert desk("responsible", "fourth@wadjet.kz").post("retention/early/1/approve").status_code == 303


def test_two_whom_the_command_line_let_in_are_two_people(desk, settings, place, person):
    first, second = desk("responsible"), desk("responsible", "dana@wadjet.kz")
    for each in (first, second):
        let_in("added", each.account.id, "root", settings, place.now)
    propose(first, person)

    assert second.post("retention/early/1/approve").status_code == 303


def test_after_a_week_whoever_was_let_in_is_somebody_else(desk, settings, place, person):
    first, second = desk("responsible"), desk("responsible", "dana@wadjet.kz")
    let_in("invited", second.account.id, first.account.handle, settings, place.now)
    place.watch.advance(days=7, minutes=1)
    propose(sign_in_anew(desk, first.account), person)

    assert sign_in_anew(desk, second.account).post("retention/early/1/approve").status_code == 303


def sign_in_anew(desk, account):
    database.vault.write(lambda: models.end_sessions(account.id))
    return desk("responsible", account.email)


def let_in(event, staff, by, settings, now):
    if event == "invited":
        service.reset(staff, by=by, settings=settings, now=now)
    elif event == "enabled":
        service.disable(staff, by="console", now=now)
        service.enable(staff, by=by, now=now)
    elif event == "appointed":
        service.appoint(staff, "staff", by="console", now=now)
        service.appoint(staff, "responsible", by=by, now=now)
    else:
        database.vault.write(
            lambda: ledger.append(
                "collect", "console:account:added", about=f"staff-{staff}", at=now, store=database.vault, by=by
            )
        )


def test_of_two_who_decide_the_second_hears_so(desk, person):
    first, second, third = (desk("responsible", f"{name}@wadjet.kz") for name in ("a", "b", "c"))
    propose(first, person)

    assert second.post("retention/early/1/decline").status_code == 303
    late = third.post("retention/early/1/approve", headers={"Accept": "text/html"})

    assert late.status_code == 409
    assert "Somebody has decided on it already." in late.text
    assert people() == {person}
    assert journal("retention:proposal:declined") == ["early/1"]


def test_a_proposal_is_refused_with_what_was_typed(desk, place, person):
    work = desk("responsible")

    named = propose(work, person, reason=f"case of {NAMES['last_name']}")
    empty = propose(work, person, ground="", reason="")
    propose(work, person)
    again = propose(work, person)
    place.block(person)
    blocked = propose(desk("responsible", "dana@wadjet.kz"), person)

    assert [each.status_code for each in (named, empty, again, blocked)] == [422, 422, 409, 409]
    assert "must not name the person" in named.text
    assert NAMES["last_name"] in named.text
    assert 'href="#ground"' in empty.text
    assert "It is proposed already" in again.text
    assert "is blocked" in blocked.text
    assert len(retention.proposals(now=place.now)) == 1


def test_no_page_asks_more_than_twelve_questions(desk, place, queries):
    for number in range(12):
        place.write(f"p{number}@example.kz")
    place.run()
    work = desk("responsible")
    work.get("retention/")

    for path in ("", "holds/", "reviews/", "early/"):
        asked = queries(lambda: work.get(f"retention/{path}"))  # noqa: B023 - called at once
        assert 0 < len(asked) <= MOST_QUERIES, (path, asked)
