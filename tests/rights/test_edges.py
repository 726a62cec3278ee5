"""Where one right meets another, or a clock its end: an address that was corrected, a day that is over."""

from datetime import date, datetime, timedelta

import pytest

from tests.house import on_both_databases
from tests.rights.desk import STAFF, Desk, links, people_of, to
from tests.writer import AIGERIM
from wadjet import clock, database, ledger, rights, vault
from wadjet.rights import commands, copy, models, proof

NEW = "aigerim.new@example.kz"


@pytest.fixture
def moved(desk: Desk) -> str:
    """Aigerim proved a correction of her address, by a letter to the old one; the link in that letter."""
    desk.write(AIGERIM)
    request = desk.asked("rectify", AIGERIM["email"], fields={"email": NEW})
    (link,) = {each.link for each in desk.subjects(request) if each.link}
    desk.fulfil(request)
    return link


@on_both_databases
@pytest.mark.clause("8.3", "8.7")
def test_a_link_sent_to_an_address_that_is_hers_no_more_shows_and_proves_nothing(desk: Desk, moved: str):
    request = desk.ask("destroy", NEW, text="Барлығын")
    rights.match(request, now=desk.now)

    assert request not in {each.id for each in rights.pending(moved)}
    assert rights.prove(moved, [request], settings=desk.settings, now=desk.now) == []

    desk.prove(request)
    assert {each.proof for each in desk.subjects(request)} == {"link"}


@on_both_databases
@pytest.mark.clause("4.1.a", "8.7")
def test_a_copy_behind_a_link_sent_to_an_address_that_is_hers_no_more_is_not_opened(desk: Desk, client):
    desk.write(AIGERIM)
    request = desk.asked("information", AIGERIM["email"])
    desk.fulfil(request)
    (path,) = [link for letter in desk.post() for link in links(letter, "result")]
    assert AIGERIM["first_name"] in client.post(path).text

    desk.fulfil(desk.asked("rectify", AIGERIM["email"], fields={"email": NEW}))

    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 404
        assert NEW not in answer.text


@on_both_databases
@pytest.mark.clause("2.14", "8.7")
def test_what_a_mailbox_proved_that_was_never_hers_is_not_carried_out(desk: Desk):
    """Somebody else reads the mailbox that she mistyped, and asks for her destruction; then she comes in person."""
    desk.write(AIGERIM)
    (person,) = people_of(AIGERIM["email"])
    request = desk.asked("destroy", AIGERIM["email"])

    correction = desk.ask("rectify", "")
    rights.admit(correction, [person], evidence="case 17", by=STAFF, settings=desk.settings, now=desk.now)
    desk.fulfil(correction, changes={"email": NEW})

    with pytest.raises(rights.NotProven):
        desk.fulfil(request)
    assert people_of(NEW) == [person]
    events = [each["event"] for each in ledger.history([request], database.vault)]
    assert events[-2:] == ["rights:request:proven", "rights:request:unproven"]


def test_what_was_proven_in_person_stays_so_when_the_address_is_corrected(desk: Desk):
    desk.write(AIGERIM)
    (person,) = people_of(AIGERIM["email"])
    request = desk.ask("destroy", "")
    rights.admit(request, [person], evidence="case 17", by=STAFF, settings=desk.settings, now=desk.now)

    rights.correct(person, {"email": NEW}, was=card_of(person), by=STAFF, now=desk.now)
    desk.fulfil(request)

    assert people_of(NEW) == []


def test_of_two_who_share_a_mailbox_the_other_has_proven_it_still(desk: Desk):
    desk.write(AIGERIM)
    desk.write(AIGERIM | {"first_name": "Ерлан"})
    request = desk.asked("destroy", AIGERIM["email"])
    moved, _ = people_of(AIGERIM["email"])

    rights.correct(moved, {"email": NEW}, was=card_of(moved), by=STAFF, now=desk.now)
    desk.fulfil(request)

    assert people_of(AIGERIM["email"]) == []
    assert people_of(NEW) == [moved]
    answered = [to(letter) for letter in desk.post() if letter["Subject"] == "Өтінішіңізге жауап"]
    assert answered == [AIGERIM["email"]]


@on_both_databases
@pytest.mark.clause("4.1.a", "8.7", "D10")
def test_she_is_asked_at_the_right_address_at_once_and_proves_it_there(desk: Desk):
    """What waits, what she asked from there before it was on record, and what she asks within the hour."""
    desk.write(AIGERIM)
    (person,) = people_of(AIGERIM["email"])
    before = [desk.ask("information", AIGERIM["email"]), desk.ask("unpublish", NEW)]
    for request in before:
        rights.match(request, now=desk.now)
    desk.post()

    rights.correct(person, {"email": NEW}, was=card_of(person), by=STAFF, now=desk.now)
    (letter,) = desk.post()
    (path,) = links(letter, "confirm")
    link = proof.read(path.split("/")[-2], desk.settings, now=desk.now)
    last = desk.ask("restrict", NEW)
    rights.match(last, now=desk.now)

    assert to(letter) == NEW
    assert desk.post() == []  # once an hour at most
    requests = {*before, last}
    assert {each.id for each in rights.pending(link)} == requests
    rights.prove(link, sorted(requests), settings=desk.settings, now=desk.now)
    assert requests == {each.request for each in subjects_of(person) if each.proven_at}
    desk.fulfil(before[0])
    assert [to(each) for each in desk.post()] == [NEW]


@pytest.mark.clause("8.7", "D10")
def test_what_the_old_mailbox_was_asked_a_moment_ago_delays_no_letter_to_the_right_one(desk: Desk):
    desk.write(AIGERIM)
    request = desk.ask("rectify", AIGERIM["email"], fields={"email": NEW})
    desk.prove(request)
    desk.fulfil(request)
    desk.post()

    asked = desk.ask("information", NEW)
    rights.match(asked, now=desk.now)

    (letter,) = desk.post()
    assert to(letter) == NEW
    desk.prove(asked)
    desk.fulfil(asked)
    assert [to(each) for each in desk.post()] == [NEW]


def subjects_of(person: str) -> list[models.Subject]:
    return database.vault.read(lambda: models.subjects_of(person))


def card_of(person: str) -> vault.Card:
    return database.vault.read(lambda: vault.card(person))


@on_both_databases
@pytest.mark.clause("4.1.a", "3.2.a")
def test_the_copy_holds_what_she_wrote_before_her_address_was_corrected(desk: Desk):
    desk.write(AIGERIM)
    (person,) = people_of(AIGERIM["email"])
    desk.watch.advance(hours=1)
    rights.correct(person, {"email": NEW}, was=card_of(person), by=STAFF, now=desk.now)
    desk.watch.advance(hours=1)
    desk.write(AIGERIM | {"email": NEW, "message": "Жаңа мекенжайдан."})
    desk.write(AIGERIM | {"message": "Бұл – басқа адам."})  # who has the old mailbox, and the same name

    made = copy.gather(person, language="kk", settings=desk.settings, now=desk.now)

    assert [each["written"]["message"] for each in made["messages"]] == [AIGERIM["message"], "Жаңа мекенжайдан."]
    assert made["left_out"] == 0


@pytest.mark.clause("12.1")
def test_an_answer_is_not_put_off_to_a_day_that_is_over(desk: Desk):
    request = desk.ask("question", AIGERIM["email"])
    (row,) = rights.listing(now=desk.now)
    desk.watch.advance(days=10)
    over = clock.local_date(desk.now) - timedelta(days=1)
    assert row["due_on"] < over.isoformat()

    with pytest.raises(rights.TermFixed):
        rights.extend(request, until=over, reason="case 7", by=STAFF, settings=desk.settings, now=desk.now)


@pytest.mark.clause("12.1", "D10")
def test_a_day_that_was_missed_stays_missed(desk: Desk):
    request = desk.ask("question", AIGERIM["email"])
    desk.watch.advance(days=5)
    later = clock.local_date(desk.now) + timedelta(days=5)

    with pytest.raises(rights.TermFixed, match="it was due on 2026-11-26"):
        rights.extend(request, until=later, reason="case 7", by=STAFF, settings=desk.settings, now=desk.now)

    (row,) = rights.listing(now=desk.now)
    assert (row["due_on"], row["overdue"]) == ("2026-11-26", True)
    first, last = rights.longer(rights.outline(request).row, settings=desk.settings, now=desk.now)
    assert first > last


@pytest.mark.clause("8.7")
def test_why_it_takes_longer_names_nobody_whose_data_it_may_be_about(desk: Desk):
    desk.write(AIGERIM)
    request = desk.ask("question", AIGERIM["email"])
    until = date.fromisoformat(next(rights.listing(now=desk.now))["due_on"]) + timedelta(days=5)

    with pytest.raises(vault.ReasonUnfit):
        rights.extend(
            request,
            until=until,
            reason=f"wait for {AIGERIM['last_name']}",
            by=STAFF,
            settings=desk.settings,
            now=desk.now,
        )


@pytest.mark.parametrize("received", ["0001-01-01T00:00:00+00:00", "1900-01-01T00:00:00+00:00"])
def test_a_day_of_long_ago_is_overdue_and_stops_nobody(desk: Desk, received: str):
    """A mailbox restored from a backup may say anything."""
    rights.open_request(
        "withdraw",
        rights.Said(email=AIGERIM["email"]),
        channel="paper",
        language="kk",
        received_at=datetime.fromisoformat(received),
        settings=desk.settings,
        now=desk.now,
    )
    rights.watch(desk.settings, desk.now)

    (row,) = rights.listing(now=desk.now)
    assert row["overdue"]
    assert people_of(AIGERIM["email"]) == []


def test_the_days_that_are_left_are_told_where_none_of_them_is_worked(desk: Desk):
    desk.watch.moment = datetime.fromisoformat("2026-11-19T10:00+05:00")
    row = rights.read(desk.ask("complaint", AIGERIM["email"]), by=STAFF, now=desk.now).row
    assert row.due_on == "2026-11-29"  # a Sunday
    moments = [datetime.fromisoformat(f"2026-11-{day}T09:00+05:00") for day in (26, 27, 28, 29)]

    left = [commands._left(row, desk.settings, each) for each in moments]

    assert left == ["1 working day", *["until 2026-11-29, no working day more"] * 2, "until midnight, Almaty time"]
