"""What may have been withdrawn is not used the same day, and is used again once it is known that it was not."""

from contextlib import suppress

import pytest

from tests.house import on_both_databases
from tests.rights.desk import STAFF, people_of, text_of
from tests.writer import AIGERIM
from wadjet import contact, registers, rights

MAIL = AIGERIM["email"]
ALL = ["feedback", "marketing", "answer", "publication"]


@pytest.fixture
def message(desk):
    """Of Aigerim, who lets her name be published."""
    desk.write(AIGERIM, marketing=True)
    given = {"method": "paper", "evidence": "case 5", "by": STAFF, "now": desk.now}
    registers.allow_publication(people_of(MAIL)[0], ["first_name"], "the site", **given)
    desk.post()
    return contact.page()[0].id


def ask(desk, kind, **said):
    request = desk.ask(kind, MAIL, channel="email", **said)
    rights.match(request, now=desk.now)
    return request


def used(desk, message):
    """What may be done on the consents of who wrote it."""
    it = contact.look(message)
    done = [each.purpose for each in contact.allowances(it.person)]
    done += ["answer"] * (contact.hindrance(it, desk.now) == "")
    with suppress(registers.PublicationRefused):
        registers.publish(it.person, ["first_name"], "the site", by=STAFF, now=desk.now)
        done.append("publication")
    return done


@on_both_databases
@pytest.mark.clause("3.1.b", "8.4.b", "D6")
@pytest.mark.parametrize("kind", ["withdraw", "stop", "destroy"])
def test_whoever_may_have_ended_it_is_left_alone_the_same_day_and_told_nothing_more(desk, message, kind):
    assert used(desk, message) == ALL
    contact.answer(message, text="Кеңсе ашық.", by=STAFF, now=desk.now)
    request = ask(desk, kind)

    assert used(desk, message) == []
    with pytest.raises(contact.MessageMoved, match="may have been"):
        contact.answer(message, after=contact.look(message).answers[0].id, by=STAFF, now=desk.now)
    (asking,) = desk.post()  # whether it was they, as ever
    assert "Кеңсе" not in text_of(asking)
    assert all(contact.look(message).allowed.values())  # nothing has ended

    desk.refuse(request, "authority-not-proven")
    desk.watch.advance(hours=1)
    assert used(desk, message) == ALL
    assert any("Кеңсе ашық." in text_of(each) for each in desk.post())  # it has waited


@pytest.mark.parametrize(
    ("kind", "is_proven", "purposes", "stays"),
    [
        ("withdraw", False, ("marketing",), ["feedback", "answer", "publication"]),
        ("stop", False, (), []),
        ("stop", True, (), []),
        ("destroy", True, (), []),
    ],
)
def test_only_what_was_consented_to_before_the_demand_is_suspended(desk, message, kind, is_proven, purposes, stays):
    request = ask(desk, kind, purposes=purposes)
    if is_proven:
        desk.prove(request)
    assert used(desk, message) == stays

    desk.watch.advance(hours=2)
    desk.write(AIGERIM | {"message": "Тағы бір сұрағым бар."})
    assert contact.hindrance(contact.look(contact.page()[0].id), desk.now) == ""
    assert contact.allowances(people_of(MAIL)[0])


def test_a_stranger_s_demand_suspends_nobody(desk, message):
    rights.match(desk.ask("stop", "elsewhere@example.kz"), now=desk.now)

    assert used(desk, message) == ALL
