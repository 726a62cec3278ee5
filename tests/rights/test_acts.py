"""Each demand, from its proof to what is so afterwards."""

import pytest

from tests.house import on_both_databases
from tests.rights.desk import STAFF, people_of, text_of
from tests.vault.test_destruction import bytes_below, spellings
from tests.writer import AIGERIM, BOLAT
from wadjet import clock, consent, contact, database, ledger, registers, rights, vault
from wadjet.registers import catalogue

MAIL = AIGERIM["email"]


def card(person):
    return database.vault.read(lambda: vault.card(person))


def is_blocked(person):
    return database.vault.read(lambda: vault.state(person)).blocked_at is not None


def acts_on(person):
    return [each["act"] for each in ledger.history([person], database.vault)]


@on_both_databases
@pytest.mark.clause("4.1.b", "D1", "8.3")
def test_what_was_wrong_is_put_right_and_is_nowhere_any_more(desk):
    desk.write(AIGERIM | {"phone": "+77011234567"})
    request = desk.asked("rectify", MAIL, fields={"phone": "8 777 000 11 22"})
    (person,) = people_of(MAIL)

    desk.fulfil(request)

    assert card(person).phone == "+77770001122"
    assert desk.state(request) == "fulfilled"
    assert acts_on(person).count("rectify") == 1


def test_staff_may_put_it_right_otherwise_and_wrong_values_are_refused(desk):
    desk.write(AIGERIM)
    request = desk.asked("rectify", MAIL)
    with pytest.raises(rights.FulfilmentUnfit, match="Give what is right"):
        desk.fulfil(request)
    for changes in ({"phone": "12"}, {"email": "nobody"}, {"last_name": ""}, {"shoe": "38"}, {"message": "…"}):
        with pytest.raises(rights.FulfilmentUnfit):
            desk.fulfil(request, changes=changes)
    assert desk.state(request) == "new"

    desk.fulfil(request, changes={"last_name": "Қасым", "patronymic": ""})

    (person,) = people_of(MAIL)
    assert (card(person).last_name, card(person).patronymic) == ("Қасым", "")


@on_both_databases
@pytest.mark.clause("2.2", "4.1.b", "D2", "D4")
def test_blocked_without_proof_and_unblocked_with_it(desk):
    desk.write(AIGERIM)
    (person,) = people_of(MAIL)
    desk.fulfil(desk.ask("block", MAIL))
    assert is_blocked(person)

    request = desk.ask("unblock", MAIL)
    with pytest.raises(rights.NotProven):
        desk.fulfil(request)
    desk.watch.advance(hours=2)
    desk.fulfil(desk.asked("unblock", MAIL, text="once more"))

    assert not is_blocked(person)


@on_both_databases
@pytest.mark.clause("2.2")
def test_whatever_is_blocked_is_left_alone_by_everybody(desk):
    desk.write(AIGERIM)
    (person,) = people_of(MAIL)
    (message,) = [each["id"] for each in contact.listing()]
    demands = {kind: desk.asked(kind, MAIL) for kind in ("information", "rectify", "destroy", "depersonalise")}
    desk.fulfil(desk.ask("block", MAIL))
    assert not any(AIGERIM["message"] in text_of(each) for each in desk.post())  # neither to them nor to the operator

    for kind, request in demands.items():
        with pytest.raises(rights.FulfilmentUnfit, match="Blocked"):
            desk.fulfil(request, changes={"phone": ""} if kind == "rectify" else {})
        assert desk.state(request) == "new"
    for act in (contact.read, contact.answer, contact.close):
        with pytest.raises(vault.PersonBlocked):
            act(message, by=STAFF, now=desk.now)
    with pytest.raises(vault.PersonBlocked):
        vault.rectify(person, now=desk.now, phone="")
    with pytest.raises(vault.PersonBlocked):
        vault.destroy(person, reason="case 1", now=desk.now)
    with pytest.raises(vault.PersonBlocked):
        contact.depersonalise(person, reason="case 1", language="kk", settings=desk.settings, now=desk.now)
    with pytest.raises(registers.PublicationRefused):
        registers.publish(person, ["email"], "the site", by=STAFF, now=desk.now)
    assert next(contact.listing())["state"] == "received"


@on_both_databases
@pytest.mark.clause("4.1.b", "3.2.g", "2.14", "D3")
def test_the_destroyed_are_gone_and_their_consent_has_ended(desk):
    receipt = desk.write(AIGERIM).id
    desk.write(BOLAT)
    request = desk.asked("destroy", MAIL)
    (person,) = people_of(MAIL)

    desk.fulfil(request)

    assert people_of(MAIL) == []
    assert consent.standing(receipt) == {"feedback": False, "marketing": False}
    with pytest.raises(vault.PersonDestroyed):
        card(person)
    assert people_of(BOLAT["email"])
    assert desk.state(request) == "fulfilled"


@on_both_databases
@pytest.mark.clause("2.14", "4.1.b", "D3", "D14")
@pytest.mark.parametrize("kind", ["destroy", "depersonalise"])
def test_what_the_destroyed_asked_before_says_nothing_any_more(desk, kind):
    desk.write(AIGERIM)
    (person,) = people_of(MAIL)
    mended = desk.asked("rectify", MAIL, text="Мен Қасымова Әйгерім", fields={"last_name": "Жаңабай"})
    desk.fulfil(mended)
    asked = desk.ask("question", MAIL)  # nobody has confirmed it
    desk.fulfil(asked, answer="Әйгерім ханым, тексердік.")
    paper = desk.ask("complaint", "", channel="paper", text="Қасымова Әйгерім")
    admit(desk, paper, person, "case 5")
    desk.fulfil(paper, answer="Тексердік.")
    waiting = desk.asked("object", MAIL)

    last = desk.asked(kind, MAIL)
    desk.fulfil(last)

    said = {id: rights.read(id, by=STAFF, now=desk.now) for id in (mended, asked, paper, waiting, last)}
    assert [id for id, each in said.items() if each.said] == [waiting, last]
    assert [id for id, each in said.items() if each.answer] == [last]
    entered = {each["object"]: each["by"] for each in catalogue.find("R9").read() if "words" in each["object"]}
    assert entered == {f"request {id}: words": STAFF for id in (mended, asked, paper)}


@pytest.mark.clause("2.14")
def test_what_others_have_asked_too_stays_until_they_go(desk):
    """Two share a mailbox; a third one's is spelled with another letter, and nothing is proven to be theirs."""
    desk.write(AIGERIM)
    desk.write(AIGERIM | {"first_name": "Ерлан"})
    both = desk.asked("question", MAIL)
    desk.write(BOLAT | {"email": MAIL.upper()})
    maybe = desk.ask("question", MAIL.upper())
    for request in (both, maybe):
        desk.fulfil(request, answer="Тексердік.")
    desk.watch.advance(hours=2)
    here = [each for each in people_of(MAIL) if card(each).email == MAIL]
    erlan, aigerim = sorted(here, key=lambda each: card(each).first_name)

    desk.fulfil(desk.asked("destroy", MAIL), only=[aigerim])
    assert all(rights.read(each, by=STAFF, now=desk.now).said for each in (both, maybe))

    desk.fulfil(desk.asked("destroy", MAIL, text="мені де"), only=[erlan])
    assert [bool(rights.read(each, by=STAFF, now=desk.now).said) for each in (both, maybe)] == [False, True]


@pytest.mark.clause("2.5", "4.1.b", "D14")
@on_both_databases
def test_of_the_depersonalised_a_number_is_left_that_leads_to_nobody(desk, settings, tmp_path):
    receipt = desk.write(AIGERIM).id
    desk.write(AIGERIM | {"message": "Тағы бір рет."})
    request = desk.asked("depersonalise", MAIL)
    (person,) = people_of(MAIL)
    messages = [each["id"] for each in contact.listing()]

    desk.fulfil(request)

    assert list(contact.statistics()) == [{"month": "2026-11", "language": "kk", "messages": 2}]
    (act,) = (each for each in catalogue.find("R9").read() if each["act"] == "depersonalise")
    assert (act["object"], act["ground"]) == (person, "subject-demand")
    assert consent.find(receipt).status == "withdrawn"
    assert list(contact.listing()) == []
    assert acts_on(person)[-2:] == ["depersonalise", "destroy"]
    columns = database.vault.read(lambda: database.vault.execute("SELECT * FROM message_count").fetchall())
    assert [tuple(row) for row in columns] == [("2026-11", "kk", 2)]
    if settings.vault_database == "vault.sqlite3":
        files = bytes_below(tmp_path)
        for name in ("last_name", "first_name", "message"):
            assert not any(each in files for each in spellings(AIGERIM[name])), name
        with pytest.raises(contact.MessageUnknown):
            contact.read(messages[0], by=STAFF, now=desk.now)


@pytest.mark.clause("3.1.b", "4.1.d", "8.9", "D6")
@pytest.mark.parametrize("kind", ["withdraw", "stop"])
def test_a_consent_ends_the_same_day_and_its_message_is_used_no_more(desk, kind):
    receipt = desk.write(AIGERIM, marketing=True).id
    (message,) = contact.listing()
    request = desk.ask(kind, MAIL)

    desk.prove(request)  # the day it came; staff finish it within the term
    assert not any(consent.standing(receipt).values())
    desk.fulfil(request)

    assert desk.state(request) == "fulfilled"
    with pytest.raises(contact.MessageMoved):
        contact.answer(message["id"], by=STAFF, now=desk.now)


@pytest.mark.clause("4.1.d")
def test_a_withdrawal_that_nobody_confirmed_is_carried_out_by_staff(desk):
    receipt = desk.write(AIGERIM, marketing=True).id

    desk.fulfil(desk.ask("withdraw", MAIL, purposes=("marketing",)))

    assert consent.standing(receipt) == {"feedback": True, "marketing": False}


@on_both_databases
@pytest.mark.clause("4.1.d", "8.4.b")
@pytest.mark.parametrize("kind", ["withdraw", "stop"])
def test_what_was_consented_to_after_the_demand_stands_however_late_it_is_met(desk, kind):
    before = desk.write(AIGERIM).id
    unproven = desk.ask(kind, MAIL)
    proven = desk.asked(kind, MAIL)
    after = desk.write(AIGERIM | {"message": "Тағы бір сұрағым бар."}).id
    desk.watch.advance(days=3)

    desk.fulfil(proven)
    desk.fulfil(unproven)

    assert not any(consent.standing(before).values())
    assert consent.standing(after)["feedback"]


@on_both_databases
@pytest.mark.clause("2.9", "4.1.d", "3.2.g", "D9")
@pytest.mark.parametrize("kind", ["withdraw", "stop"])
def test_who_withdraws_everything_is_published_no_more(desk, kind):
    desk.write(AIGERIM, marketing=True)
    (person,) = people_of(MAIL)
    given = {"method": "paper", "evidence": "case 5", "by": STAFF, "now": desk.now}
    registers.allow_publication(person, ["email", "phone"], "the site", **given)
    registers.publish(person, ["email"], "the site", by=STAFF, now=desk.now)
    desk.prove(desk.ask("withdraw", MAIL, purposes=("marketing",)))
    assert registers.clocks(9) == []  # publication has a consent of its own

    desk.watch.advance(hours=2)
    desk.prove(desk.ask(kind, MAIL))

    assert [(each.register, each.due_on) for each in registers.clocks(9)] == [("R5", "2026-11-24")]
    with pytest.raises(registers.PublicationRefused, match="No consent"):
        registers.publish(person, ["phone"], "the site", by=STAFF, now=desk.now)


@pytest.mark.clause("8.4.b")
def test_the_button_ends_what_was_consented_to_before_it_was_pressed(desk):
    request = desk.ask("withdraw", MAIL)
    desk.watch.advance(minutes=5)
    receipt = desk.write(AIGERIM).id

    desk.prove(request)
    desk.fulfil(request)

    assert not consent.standing(receipt)["feedback"]


@pytest.mark.clause("3.2.c", "8.4.b")
def test_of_a_letter_on_paper_the_day_is_known_so_it_ends_what_was_given_that_day(desk):
    request = desk.ask("withdraw", "", channel="paper")
    desk.watch.advance(hours=2)
    that_day = desk.write(AIGERIM).id
    desk.watch.advance(days=1)
    next_day = desk.write(AIGERIM | {"message": "Тағы бір сұрағым бар."}).id
    (person,) = people_of(MAIL)

    admit(desk, request, person, "case 17")
    desk.fulfil(request)

    assert [consent.standing(each)["feedback"] for each in (that_day, next_day)] == [False, True]


def test_a_withdrawal_that_names_a_receipt_ends_it(desk):
    receipt = desk.write(AIGERIM).id

    desk.fulfil(desk.ask("withdraw", "elsewhere@example.kz", receipt=receipt))

    assert consent.find(receipt).status == "withdrawn"


@on_both_databases
@pytest.mark.clause("D9", "8.6")
def test_published_data_come_down_and_what_was_forbidden_stays_so(desk):
    desk.write(AIGERIM)
    (person,) = people_of(MAIL)
    given = {"method": "paper", "evidence": "case 5", "by": STAFF, "now": desk.now}
    registers.allow_publication(person, ["email"], "the site", **given)
    registers.publish(person, ["email"], "the site", by=STAFF, now=desk.now)

    desk.fulfil(desk.asked("unpublish", MAIL))
    assert [bool(each["removed_at"]) for each in registers.publications_of(person)] == [True]

    desk.fulfil(desk.asked("restrict", MAIL, fields={"email": ""}))
    with pytest.raises(registers.PublicationRefused, match="forbidden"):
        registers.publish(person, ["email"], "the site", by=STAFF, now=desk.now)


@pytest.mark.clause("3.2.g")
def test_who_was_given_the_data_is_told_to_staff(desk):
    desk.write(AIGERIM)
    (person,) = people_of(MAIL)
    number = give(person, desk)
    assert number

    told = desk.fulfil(desk.asked("rectify", MAIL, fields={"phone": "8 777 000 11 22"}))

    assert told == ["Courier LLP"]


def give(person, desk):
    from wadjet.registers import recipients

    recipient = recipients.register(
        kind="recipient",
        name="Courier LLP",
        country="KZ",
        scope="phone",
        duties_on=clock.local_date(desk.now),
        duties_evidence="contract 3",
        by=STAFF,
        now=desk.now,
    )
    return registers.provide(
        person,
        recipient,
        ["phone"],
        purpose="delivery",
        basis="law_or_treaty",
        citation="Law on Post art. 5",
        by=STAFF,
        settings=desk.settings,
        now=desk.now,
    ).number


@on_both_databases
@pytest.mark.clause("2.1", "D7", "D10", "D16", "12.1", "4.1.f")
def test_what_asks_for_an_answer_gets_one(desk):
    for kind in ("object", "question", "complaint", "other"):
        request = desk.ask(kind, "stranger@example.kz")
        with pytest.raises(rights.FulfilmentUnfit, match="answer"):
            desk.fulfil(request, answer=" ")

        desk.fulfil(request, answer="Тексердік.")

        assert desk.state(request) == "fulfilled"


def test_of_two_who_share_a_mailbox_one_is_corrected(desk):
    desk.write(AIGERIM)
    desk.write(AIGERIM | {"first_name": "Ерлан"})
    request = desk.asked("rectify", MAIL, fields={"last_name": "Қасым"})
    erlan = next(each for each in people_of(MAIL) if card(each).first_name == "Ерлан")
    with pytest.raises(rights.FulfilmentUnfit, match="Several people"):
        desk.fulfil(request)
    with pytest.raises(rights.FulfilmentUnfit, match="not proven"):
        desk.fulfil(request, only=["A" * 22])

    desk.fulfil(request, only=[erlan])

    assert sorted(card(each).last_name for each in people_of(MAIL)) == ["Қасым", "Қасымова"]


@pytest.mark.clause("3.2.c")
def test_staff_admit_who_came_in_person_and_a_consent_ends_at_once(desk):
    receipt = desk.write(AIGERIM).id
    (person,) = people_of(MAIL)
    request = desk.ask("withdraw", "", channel="paper")

    with pytest.raises(vault.ReasonUnfit):
        admit(desk, request, person, "letter of Әйгерім")
    assert consent.standing(receipt)["feedback"]
    admit(desk, request, person, "case 17")

    assert not consent.standing(receipt)["feedback"]
    desk.fulfil(request)
    assert desk.state(request) == "fulfilled"


def admit(desk, request, person, evidence):
    rights.admit(request, [person], evidence=evidence, by=STAFF, settings=desk.settings, now=desk.now)


@on_both_databases
@pytest.mark.clause("3.2.c")
@pytest.mark.parametrize("kind", ["information", "destroy"])
def test_what_a_mother_asks_for_her_son_is_done_for_him_alone_once_staff_have_seen_that_she_may(desk, kind):
    desk.write(AIGERIM)
    desk.write(BOLAT)
    (mother,), (son,) = people_of(MAIL), people_of(BOLAT["email"])
    request = desk.asked(kind, MAIL, text="Баламның деректері", representative="Анасы, туу туралы куәлік")

    with pytest.raises(rights.NotProven, match="somebody else"):
        desk.fulfil(request)
    rights.admit(request, [son], evidence="case 17", by=STAFF, settings=desk.settings, now=desk.now)
    desk.fulfil(request)

    assert [each.person for each in desk.subjects(request) if each.done_at] == [son]
    assert people_of(MAIL) == [mother]
    assert people_of(BOLAT["email"]) == ([] if kind == "destroy" else [son])


@pytest.mark.clause("3.2.c")
def test_whoever_filled_that_field_in_for_themselves_is_served_once_staff_say_so(desk):
    desk.write(AIGERIM)
    (person,) = people_of(MAIL)
    request = desk.asked("information", MAIL, representative="Өзім")

    rights.admit(request, [person], evidence="case 17", by=STAFF, settings=desk.settings, now=desk.now)
    desk.fulfil(request)

    assert [each.proof for each in desk.subjects(request) if each.done_at] == ["staff"]


@pytest.mark.clause("3.2.c", "8.4.b")
def test_a_withdrawal_for_another_that_staff_have_seen_ends_theirs_alone(desk):
    hers, his = desk.write(AIGERIM).id, desk.write(BOLAT).id
    (son,) = people_of(BOLAT["email"])
    request = desk.ask("withdraw", MAIL, representative="Анасы")

    rights.admit(request, [son], evidence="case 17", by=STAFF, settings=desk.settings, now=desk.now)
    desk.fulfil(request)

    assert [consent.find(each).status for each in (hers, his)] == ["current", "withdrawn"]


@on_both_databases
@pytest.mark.clause("4.1.b")
def test_staff_put_a_card_right_and_hear_who_was_given_what_was_wrong(desk):
    """As the form takes it; links that went to the old address prove nothing any more."""
    desk.write(AIGERIM)
    request = desk.ask("information", MAIL)
    rights.match(request, now=desk.now)
    (person,) = people_of(MAIL)
    (link,) = {each.link for each in desk.subjects(request)}

    told = rights.correct(
        person, {"phone": "8 777 000 11 22", "email": "new@example.kz"}, was=card(person), by=STAFF, now=desk.now
    )

    assert told == []
    assert (card(person).phone, card(person).email) == ("+77770001122", "new@example.kz")
    assert link not in [each.link for each in desk.subjects(request) if each.person == person]
    assert [each["id"] for each in rights.about(person, now=desk.now)] == [request]
    with pytest.raises(rights.FulfilmentUnfit):
        rights.correct(person, {"phone": "12"}, was=card(person), by=STAFF, now=desk.now)
