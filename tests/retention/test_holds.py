"""Whom a law keeps, nobody destroys: not the daily run, not staff, not a demand."""

import re
from datetime import timedelta

import pytest

from tests.house import on_both_databases
from tests.retention import site
from tests.retention.site import told
from tests.rights.desk import Desk
from wadjet import clock, consent, contact, database, rights, vault
from wadjet.vault import destruction

LAW = "Tax Code art. 49"
MAIL = "a@example.kz"


@pytest.fixture
def until(place):
    return clock.local_date(place.now) + timedelta(days=30)


def refusal(person, until):
    """What holds, through which day, by which law."""
    return re.escape(f"{person} is held until {until.isoformat()}: {LAW}")


@on_both_databases
@pytest.mark.clause("8.9", "2.14")
def test_nobody_destroys_whom_a_law_keeps_until_its_day_is_over(place, until):
    message, person, receipt = place.write(MAIL)
    place.hold(person, until)

    for act in (
        lambda: vault.destroy(person, reason="case 1", now=place.now),
        lambda: contact.depersonalise(person, reason="case 1", language="kk", settings=place.settings, now=place.now),
    ):
        with pytest.raises(vault.PersonHeld, match=refusal(person, until)):
            act()
    assert site.messages() == {message: "received"}
    assert contact.read(message, by="tests", now=place.now).written["email"] == MAIL
    assert consent.standing(receipt) == {"feedback": True, "marketing": False}

    place.watch.advance(days=31)
    vault.destroy(person, reason="case 1", now=place.now)
    assert site.people() == set()


@on_both_databases
def test_one_who_is_held_among_many_refuses_all_before_the_first(place, until):
    people = [place.write(f"{each}@example.kz")[1] for each in range(3)]
    place.hold(people[2], until)

    with pytest.raises(vault.PersonHeld):
        list(vault.destroy_all(people, reason="case 1", now=place.now))

    assert site.people() == set(people)


@on_both_databases
@pytest.mark.parametrize("keeps", ["hold", "block"])
def test_whoever_is_held_or_blocked_while_many_are_destroyed_stays(place, until, keeps, monkeypatch):
    monkeypatch.setattr(destruction, "_BATCH", 1)
    people = [place.write(f"{each}@example.kz")[1] for each in range(3)]
    going = vault.destroy_all(people, reason="case 1", now=place.now)
    assert next(going) == 1

    place.hold(people[1], until) if keeps == "hold" else place.block(people[1])

    with pytest.raises(vault.PersonHeld if keeps == "hold" else vault.PersonBlocked):
        next(going)
    assert site.people() == {people[1], people[2]}
    assert database.vault.read(lambda: vault.card(people[1], even_blocked=True)).email == "1@example.kz"


@on_both_databases
@pytest.mark.clause("4.1.b", "8.9", "D3")
@pytest.mark.parametrize("kind", ["destroy", "depersonalise"])
def test_a_demand_does_not_undo_what_a_law_keeps(place, until, kind):
    desk = Desk(place.settings, place.watch)
    message, person, receipt = place.write(MAIL)
    request = desk.asked(kind, MAIL)
    place.hold(person, until)

    with pytest.raises(vault.PersonHeld, match=refusal(person, until)):
        desk.fulfil(request)

    assert desk.state(request) == "new"
    assert site.messages() == {message: "received"}
    assert consent.standing(receipt)["feedback"]
    place.release(person)
    desk.fulfil(request)
    assert desk.state(request) == "fulfilled"
    assert site.messages() == {}


@pytest.mark.clause("4.1.b", "8.4.b")
def test_a_demand_that_a_law_stands_against_is_refused_with_its_citation_and_use_ends_all_the_same(place, until):
    desk = Desk(place.settings, place.watch)
    _, person, receipt = place.write(MAIL)
    place.hold(person, until)
    request = desk.asked("destroy", MAIL)

    desk.refuse(request, "storage-required", text=LAW)
    desk.fulfil(desk.asked("withdraw", MAIL))

    answer = rights.read(request, by="tests", now=place.now).answer
    assert answer
    assert (answer.text, answer.citation) == (LAW, "94-V art. 8(7); Digital Code art. 41(3)")
    assert consent.standing(receipt) == {"feedback": False, "marketing": False}
    assert person in site.people()


@on_both_databases
def test_one_of_two_whom_a_demand_names_is_held_and_neither_is_begun(place, until):
    """They share a mailbox; what is done is done for both, or for nobody."""
    desk = Desk(place.settings, place.watch)
    people = [place.write(MAIL)[1], place.write(MAIL, first_name="Дана")[1]]
    place.hold(people[1], until)
    request = desk.asked("destroy", MAIL)

    with pytest.raises(vault.PersonHeld, match=people[1]):
        desk.fulfil(request, only=people)

    assert set(people) <= site.people()
    assert desk.state(request) == "new"
    desk.fulfil(request, only=people[:1])
    assert people[1] in site.people()
    assert people[0] not in site.people()


def test_a_message_that_was_never_acknowledged_goes_and_its_writer_waits_for_the_law(place, until):
    """Neither holds up a start: the person goes with a later run."""
    message, person, receipt = place.write(MAIL)
    place.hold(person, until)
    database.receipts.write(lambda: database.receipts.execute("DELETE FROM receipt WHERE id = ?", receipt))
    statement = "UPDATE contact_message SET state = 'pending' WHERE id = ?"
    database.vault.write(lambda: database.vault.execute(statement, message))
    place.watch.advance(days=2)

    contact.repair(settings=place.settings, now=place.now)

    assert site.messages() == {}
    assert site.people() == {person}
    place.watch.advance(days=30)
    assert told(place.run(), "what", "id", "status") == [("person", person, "done")]
