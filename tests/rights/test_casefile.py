"""A request closed and opened, given back, and what would come of a step before it is taken."""

import pytest

from tests.house import on_both_databases
from tests.rights.desk import STAFF, Desk, links, people_of, text_of, to
from tests.writer import AIGERIM
from wadjet import database, ledger, registers, rights, vault
from wadjet.rights import models

MAIL = AIGERIM["email"]


def foretell(desk: Desk, request: str, answer: str = "", only=(), **changes: str) -> rights.Foretold:
    return rights.foretell_fulfilment(
        request, answer=answer, changes=changes, only=only, settings=desk.settings, now=desk.now
    )


@on_both_databases
def test_closed_it_shows_who_did_what_and_nobody_s_words(desk: Desk):
    desk.write(AIGERIM)
    request = desk.asked("rectify", MAIL)
    rights.take(request, by="staff-1", settings=desk.settings, now=desk.now)
    (person,) = people_of(MAIL)

    outline = rights.outline(request)

    assert [each.person for each in outline.people] == [person]
    assert (outline.row.said, outline.has_words, outline.blocked) == (None, True, frozenset())
    assert [(each["event"].rpartition(":")[2], each["by"]) for each in outline.history] == [
        ("received", ""),
        ("proven", "subject"),
        ("taken", "staff-1"),
    ]
    with pytest.raises(rights.RequestUnknown):
        rights.outline("A" * 22)


@on_both_databases
def test_opened_it_shows_only_who_is_not_blocked(desk: Desk):
    desk.write(AIGERIM)
    desk.write(AIGERIM | {"first_name": "Болат"})
    request = desk.ask("rectify", MAIL)
    blocked, free = people_of(MAIL)
    database.vault.write(lambda: vault.block(blocked, reason="case 1", now=desk.now))

    file = rights.open_file(request, by="staff-1", now=desk.now)

    assert set(file.cards) == {free}
    assert file.request.said
    assert file.outline.blocked == {blocked}
    read = [row["about"] for row in ledger.listing(database.vault) if row["event"] == "rights:person:read"]
    assert read == [free]


@on_both_databases
def test_what_was_said_of_a_blocked_writer_stays_shut(desk: Desk):
    request = desk.ask("question", MAIL)
    writer = rights.outline(request).row.person
    database.vault.write(lambda: vault.block(writer, reason="case 1", now=desk.now))

    file = rights.open_file(request, by="staff-1", now=desk.now)

    assert (file.is_blocked, file.request.said) == (True, None)


@on_both_databases
def test_given_back_by_whoever_took_it_and_by_nobody_else(desk: Desk):
    request = desk.ask("question", MAIL)
    with pytest.raises(rights.RequestMoved):
        rights.give_back(request, by="staff-1", now=desk.now)
    rights.take(request, by="staff-1", settings=desk.settings, now=desk.now)
    with pytest.raises(rights.RequestMoved, match="staff-1"):
        rights.give_back(request, by="staff-2", now=desk.now)

    rights.give_back(request, by="staff-1", now=desk.now)

    row = rights.outline(request).row
    assert (row.state, row.taken_by) == ("new", "")
    desk.fulfil(request, answer="…")
    with pytest.raises(rights.RequestMoved):
        rights.give_back(request, by="dana", now=desk.now)


@on_both_databases
@pytest.mark.parametrize(
    ("kind", "answer", "changes"),
    [
        ("rectify", "", {"phone": "+77775554433"}),
        ("block", "", {}),
        ("destroy", "Хат соңғысы.", {}),
        ("depersonalise", "", {}),
        ("withdraw", "", {}),
        ("question", "Иә.", {}),
    ],
)
def test_what_is_foretold_is_what_comes(desk: Desk, kind, answer, changes):
    desk.write(AIGERIM)
    request = desk.asked(kind, MAIL)
    desk.post()

    foretold = foretell(desk, request, answer, **changes)
    assert desk.state(request) == "new"
    desk.fulfil(request, answer=answer, changes=changes)

    assert [each.text.split() for each in foretold.letters] == [text_of(each).split() for each in desk.post()]
    assert foretold.people == 1
    assert foretold.changes == changes
    assert (foretold.held > 0) == (kind in rights.ERASING)


@pytest.mark.parametrize("kind", ["information", "destroy"])
def test_what_a_representative_is_told_is_foretold(desk: Desk, kind: str):
    desk.write(AIGERIM)
    request = desk.ask(kind, "mother@example.kz", representative="Анасы")
    rights.admit(request, people_of(MAIL), evidence="case 17", by=STAFF, settings=desk.settings, now=desk.now)
    desk.post()

    foretold = foretell(desk, request, "")
    desk.fulfil(request)

    came = {to(each): text_of(each).split() for each in desk.post() if not links(each, "confirm")}
    assert {each.to for each in foretold.letters} == came.keys()
    assert foretold.letters[0].text.split() == came[foretold.letters[0].to]


@on_both_databases
def test_a_refusal_is_foretold_in_its_own_words(desk: Desk):
    desk.write(AIGERIM)
    request = desk.asked("destroy", MAIL)
    desk.post()
    desk.hold(AIGERIM["email"])
    given = {"ground": "storage-required", "text": "Кешіріңіз."}

    foretold = rights.foretell_refusal(request, **given, settings=desk.settings, now=desk.now)
    desk.refuse(request, **given)

    assert [each.text.split() for each in foretold.letters] == [text_of(each).split() for each in desk.post()]
    with pytest.raises(rights.RequestMoved):
        rights.foretell_refusal(request, **given, settings=desk.settings, now=desk.now)


def test_nothing_is_foretold_that_would_be_refused(desk: Desk):
    desk.write(AIGERIM)
    unproven, question = desk.ask("rectify", MAIL), desk.ask("question", MAIL)
    rights.match(unproven, now=desk.now)

    with pytest.raises(rights.NotProven):
        foretell(desk, unproven, phone="+77775554433")
    with pytest.raises(rights.FulfilmentUnfit):
        foretell(desk, question)
    with pytest.raises(rights.GroundUnfit):
        rights.foretell_refusal(unproven, ground="not-automated", text="", settings=desk.settings, now=desk.now)


def test_who_was_given_the_data_is_named_beforehand(desk: Desk):
    desk.write(AIGERIM)
    request = desk.asked("rectify", MAIL)

    assert foretell(desk, request, phone="+77775554433").receivers == []
    assert registers.receivers(people_of(MAIL)) == []


def test_what_was_found_to_be_another_demand_meanwhile_is_not_carried_out(desk: Desk):
    desk.write(AIGERIM)
    request = desk.asked("other", MAIL)
    rights.take(request, by="staff-2", kind="destroy", settings=desk.settings, now=desk.now)

    with pytest.raises(rights.RequestMoved):
        desk.fulfil(request, answer="…", kind="other")

    assert people_of(MAIL)


@on_both_databases
def test_candidates_are_known_by_the_whole_of_an_address_and_on_record(desk: Desk):
    desk.write(AIGERIM)
    request = desk.ask("stop", "", channel="paper")
    (person,) = people_of(MAIL)

    found = rights.candidates(request, email=MAIL, phone="", by="staff-1", now=desk.now)
    database.vault.write(lambda: vault.block(person, reason="case 1", now=desk.now))
    blocked = rights.candidates(request, email=MAIL, phone="", by="staff-1", now=desk.now)

    card = found[person]
    assert card
    assert card.last_name == AIGERIM["last_name"]
    assert blocked == {person: None}
    assert rights.candidates(request, email="x" + MAIL, phone="", by="staff-1", now=desk.now) == {}


@on_both_databases
def test_several_cards_in_two_questions(desk: Desk):
    desk.write(AIGERIM)
    desk.write(AIGERIM | {"first_name": "Болат"})
    blocked, free = people_of(MAIL)
    database.vault.write(lambda: vault.block(blocked, reason="case 1", now=desk.now))

    found = database.vault.read(lambda: vault.cards([blocked, free, "A" * 22]))

    assert found == {blocked: None, free: database.vault.read(lambda: vault.card(free))}
    assert database.vault.read(lambda: vault.cards([])) == {}
    states = database.vault.read(lambda: vault.states([blocked, free, "A" * 22]))
    assert {person: bool(each.blocked_at) for person, each in states.items()} == {blocked: True, free: False}
    assert database.vault.read(lambda: vault.states([])) == {}
    assert database.vault.read(lambda: models.find("A" * 22)) is None
