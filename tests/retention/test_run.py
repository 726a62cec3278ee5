"""A run: what it does, what it leaves alone, and what it tells."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.house import on_both_databases
from tests.retention import site
from tests.retention.site import journal, told
from tests.rights.desk import Desk
from wadjet import clock, consent, contact, database, mail, retention, rights, vault
from wadjet.retention import acts, ending, judging


@pytest.mark.clause("8.8", "5.7")
@on_both_databases
def test_dry_is_what_it_would_do_and_does_nothing(place):
    message, person, receipt = place.write("a@example.kz")
    place.watch.advance(days=366)

    for _ in range(2):
        (line,) = place.run(is_applying=False)
        assert (line.what, line.id, line.act, line.status) == ("person", person, "destroy", "due")
        assert (line.ground, line.clause, line.article) == ("term-over", "8.4, 8.9", "12(2), 18")
        assert line.due_on == clock.local_date(place.now).isoformat()
    assert site.messages() == {message: "received"}
    assert site.sql("SELECT * FROM retention_run") == []

    (line,) = place.run()
    assert (line.id, line.status) == (person, "done")
    assert (site.messages(), site.people(), site.receipts()) == ({}, set(), {receipt})
    assert place.run() == []


@pytest.mark.clause("D13")
def test_what_is_due_on_a_day_off_may_be_done_on_the_next_working_day(place):
    place.watch.advance(days=2)  # since Monday, 23 November 2026
    message, _, _ = place.write("b@example.kz")
    place.watch.advance(days=2)
    place.close(message)  # on a Friday
    place.watch.advance(days=1)

    (line,) = place.run(is_applying=False)

    assert (line.due_on, line.by) == ("2026-11-28", "2026-11-30")


@pytest.mark.clause("2.14", "8.9")
@on_both_databases
def test_a_person_stays_while_one_of_their_messages_does(place):
    first, person, _ = place.write("a@example.kz")
    second, same, _ = place.write("a@example.kz", words="Тағы бір сұрақ.")
    assert same == person
    place.close(first)
    place.watch.advance(days=1)

    assert told(place.run(), "what", "id", "ground") == [("message", first, "purpose-achieved")]
    assert (site.messages(), site.people()) == ({second: "received"}, {person})
    assert [row for row in mail.listing() if row.about == first] == []
    assert journal("contact:message:destroyed") == [first]


@pytest.mark.clause("8.8", "4.1.c")
@on_both_databases
def test_the_news_keep_first_name_and_address_and_can_still_be_stopped(place):
    message, person, receipt = place.write("a@example.kz", marketing=True)
    place.close(message)
    place.watch.advance(days=1)

    assert told(place.run(), "what", "id", "act") == [("message", message, "delete")]
    opened = contact.read(message, by="tests", now=place.now)
    assert {name: value for name, value in opened.written.items() if value} == {
        "first_name": "Әйгерім",
        "email": "a@example.kz",
    }
    card = database.vault.read(lambda: vault.card(person))
    assert card == vault.Card("", "Әйгерім", email="a@example.kz")
    assert database.vault.read(lambda: vault.find(email="a@example.kz")) == [person]
    assert place.run() == []

    place.withdraw(message, "marketing")
    assert not consent.standing(receipt)["marketing"]
    place.watch.advance(days=1)
    assert told(place.run(), "what", "id", "ground") == [("person", person, "withdrawn")]


@pytest.mark.clause("8.9", "3.1.b", "D6")
@on_both_databases
def test_a_consent_ended_where_nobody_knows_whose_it_is_ends_the_message_too(place):
    _, person, receipt = place.write("a@example.kz")
    place.run()
    place.withdraw_receipt(receipt)
    place.watch.advance(days=1)

    assert told(place.run(is_applying=False), "id", "ground") == [(person, "withdrawn")]
    assert told(place.run(), "id", "ground") == [(person, "withdrawn")]
    assert site.messages() == {}


@pytest.mark.clause("2.2")
@on_both_databases
def test_who_is_blocked_is_told_and_not_destroyed(place):
    message, person, _ = place.write("a@example.kz")
    place.block(person)
    place.watch.advance(days=400)

    for is_applying in (False, True, True):
        assert told(place.run(is_applying=is_applying), "id", "status", "why") == [(person, "suspended", "blocked")]
    assert site.messages() == {message: "received"}

    place.unblock(person)
    assert told(place.run(), "id", "status") == [(person, "done")]


@on_both_databases
def test_who_is_held_by_a_law_stays_through_its_day_and_so_does_the_proof(place):
    _, person, receipt = place.write("a@example.kz")
    until = clock.local_date(place.now) + timedelta(days=5 * 365)
    place.hold(person, until)
    assert told(retention.holds(), "person", "law", "until") == [(person, "Tax Code art. 49", until.isoformat())]

    place.at(until)
    (line,) = place.run()
    assert (line.status, line.why) == ("suspended", f"held until {until.isoformat()}: Tax Code art. 49")
    assert (site.people(), site.receipts()) == ({person}, {receipt})

    place.choose()  # a newer one
    place.at(until + timedelta(days=1))
    assert told(place.run(), "what", "status") == [("person", "done"), ("receipts", "done")]
    assert receipt not in site.receipts()
    assert retention.holds() == []


def test_a_hold_is_cited_dated_and_names_nobody(place):
    _, person, _ = place.write("a@example.kz")
    today = clock.local_date(place.now)

    for law in ("because", "Қасымова art. 49", "a@example.kz 49"):
        with pytest.raises((retention.HoldUnfit, vault.ReasonUnfit)):
            place.hold(person, today, law)
    with pytest.raises(retention.HoldUnfit):
        place.hold(person, today - timedelta(days=1))
    with pytest.raises(vault.PersonUnknown):
        place.hold("nobody", today)
    with pytest.raises(retention.HoldUnknown):
        place.release(person)

    place.hold(person, today)
    place.release(person)
    assert journal("retention:hold:made") == journal("retention:hold:released") == [person]
    assert retention.holds() == []


@on_both_databases
def test_whoever_writes_in_the_middle_of_it_is_not_lost(place):
    """The decision is made, and before the key goes they write again; they are known by the same key."""
    first, person, _ = place.write("a@example.kz")
    place.watch.advance(days=366)

    def is_kept(each):
        return bool(set(contact.ids_of(each)) - {first})

    second, late, _ = place.write("a@example.kz", words="Тағы да мен.")
    gone = vault.destroy_unkept([person], is_kept=is_kept, reason="8.9", now=place.now)

    assert (gone, late) == ([], person)
    assert contact.read(second, by="tests", now=place.now).written["message"] == "Тағы да мен."


@pytest.mark.clause("5.7", "3.2.a")
@on_both_databases
def test_the_words_of_a_request_go_and_what_was_done_about_it_stays(place):
    request = place.ask("q@example.kz")
    other = place.ask("q@example.kz", "complaint")
    place.refuse(request)
    place.watch.advance(days=366)

    assert told(place.run(), "what", "id", "ground") == [("words", request, "request-over")]
    assert site.words() == {other}
    place.refuse(other)
    place.watch.advance(days=366)
    (line,) = [line for line in place.run() if line.what != "letters"]
    assert (line.what, line.ground) == ("person", "request-over")
    assert (site.words(), site.people()) == (set(), set())
    kept = {(row["id"], row["state"]) for row in rights.listing(now=place.now)}
    assert kept == {(request, "refused"), (other, "refused")}


@pytest.mark.clause("2.2", "5.7")
@on_both_databases
def test_why_somebody_is_blocked_is_known_while_they_are(place):
    desk = Desk(place.settings, place.watch)
    _, person, _ = place.write("a@example.kz")
    request, other = desk.ask("block", "a@example.kz"), desk.ask("complaint", "b@example.kz")
    desk.fulfil(request)
    desk.fulfil(other, answer="Тексердік.")
    place.watch.advance(days=366)

    lines = [line for line in place.run() if line.what in ("words", "person")]
    assert {(line.id, line.status, line.why) for line in lines if line.status == "suspended"} == {
        (person, "suspended", "blocked"),
        (request, "suspended", "blocked"),
    }
    assert site.words() == {request}

    place.unblock(person)
    place.run()
    assert (site.words(), site.people()) == (set(), set())


def test_an_open_request_keeps_its_words_however_old(place):
    request = place.ask("q@example.kz")
    place.watch.advance(days=3000)

    assert place.run() == []
    assert site.words() == {request}


@on_both_databases
def test_a_card_that_nothing_belongs_to_goes(place):
    card = vault.Card("Сейтова", "Дана", email="d@example.kz")
    person = database.vault.write(lambda: vault.take_in(card, now=place.now))

    assert told(place.run(), "what", "id", "ground") == [("person", person, "nothing-kept")]
    assert site.people() == set()


def test_a_message_whose_writer_never_said_that_it_is_theirs_goes_after_a_month(place):
    place.settings = replace(place.settings, confirm_contact=True)
    message, person, _ = place.write("a@example.kz")
    assert site.messages() == {message: "unconfirmed"}
    place.watch.advance(days=30)
    assert place.run() == []
    place.watch.advance(days=1)

    assert told(place.run(), "id", "ground") == [(person, "not-confirmed")]


@on_both_databases
def test_the_rows_of_letters_go_and_those_that_wait_stay(place):
    message, _, _ = place.write("a@example.kz")
    database.vault.write(
        lambda: database.vault.execute("UPDATE outgoing SET state = 'sent' WHERE kind = 'contact-confirmation'")
    )
    place.watch.advance(days=31)

    assert told(place.run(), "what", "count") == [("letters", 1)]
    assert [row.kind for row in mail.listing()] == ["contact-notification"]
    assert journal("mail:letters:forgotten") == [""]
    assert site.messages() == {message: "received"}


def test_a_message_without_its_receipt_is_told_and_left_alone(place):
    message, _, receipt = place.write("a@example.kz")
    database.receipts.write(lambda: database.receipts.execute("DELETE FROM receipt WHERE id = ?", receipt))
    place.watch.advance(days=2000)

    assert told(place.run(), "id", "status") == [(message, "unclear")]
    assert site.messages() == {message: "received"}


def test_a_name_made_to_stand_in_the_way_does_not(place):
    """What is written beside the destroyed must not name them: so it is made of figures."""
    names = {"last_name": "Term Over", "first_name": "Policy Art", "patronymic": "Withdrawn", "phone": "+77018478718"}
    _, person, _ = place.write("a@example.kz", **names)
    place.watch.advance(days=366)

    assert told(place.run(), "id", "status") == [(person, "done")]


@pytest.mark.clause("2.14")
@on_both_databases
def test_a_request_in_the_way_of_nobody(place):
    """Somebody whose data are asked about goes when they are due; the request is on record."""
    _, person, _ = place.write("a@example.kz")
    request = place.ask("a@example.kz", "information")
    rights.match(request, now=place.now)
    place.watch.advance(days=366)

    assert (person, "done") in told(place.run(), "id", "status")
    assert site.words() == {request}


@pytest.mark.clause("4.1.a", "3.2.a", "D10")
@on_both_databases
def test_whoever_asked_for_a_copy_is_there_while_it_is_to_be_had(place):
    desk = Desk(place.settings, place.watch)
    message, person, _ = place.write("a@example.kz")
    request = desk.asked("information", "a@example.kz")
    desk.asked("withdraw", "a@example.kz")

    place.watch.advance(days=1)
    for is_applying in (False, True):
        lines = place.run(is_applying=is_applying)
        assert told(lines, "id", "status", "why") == [(person, "suspended", f"awaited: request {request}")]
    (line,) = retention.ahead(now=place.now)[0]
    assert (line.message, line.is_awaited) == (message, True)

    desk.fulfil(request)
    place.watch.advance(days=7)  # of the link
    assert told(place.run(), "id", "status") == [(person, "suspended")]
    place.watch.advance(days=1)
    assert told(place.run(), "id", "status", "ground") == [(person, "done", "withdrawn")]


@pytest.mark.clause("4.1.b", "8.4.b")
@on_both_databases
@pytest.mark.parametrize(
    ("kind", "status"), [("rectify", "suspended"), ("destroy", "done"), ("stop", "done"), ("complaint", "done")]
)
def test_a_demand_keeps_what_it_would_change_and_nothing_else(place, kind, status):
    desk = Desk(place.settings, place.watch)
    message, person, _ = place.write("a@example.kz")
    desk.asked(kind, "a@example.kz")
    place.withdraw(message)
    place.watch.advance(days=1)

    assert told(place.run(), "id", "status") == [(person, status)]


@pytest.mark.clause("2.5", "5.7")
@on_both_databases
def test_receipts_outlive_the_data_and_belong_to_nobody(place):
    _, _, receipt = place.write("a@example.kz")
    place.watch.advance(days=366)
    place.run()

    kept = consent.find(receipt)
    assert kept.status == "current"
    for word in ("Қасымова", "Әйгерім", "a@example.kz", "Қашан"):
        assert word not in kept.receipt
    assert site.sql("SELECT * FROM contact_message") == site.sql("SELECT * FROM person") == []

    place.watch.advance(days=3 * 365 - 1)  # four years since it was given
    place.choose()
    assert place.run() == []
    place.watch.advance(days=1)
    assert told(place.run(), "what", "count", "ground") == [("receipts", 1, "proof-over")]
    with pytest.raises(consent.ReceiptUnknown):
        consent.find(receipt)
    assert journal("consent:receipt:expired", database.receipts) == [receipt]
    assert len(journal("consent:decision:given", database.receipts)) == 2  # with the digest of what was there


def test_the_newest_receipt_waits_for_a_newer_one(place):
    """On SQLite its number would be given once more."""
    old = place.choose(allowed=False)
    place.watch.advance(days=5 * 365)
    assert place.run() == []
    newer = place.choose()

    assert told(place.run(), "what", "count") == [("receipts", 1)]
    assert old not in site.receipts() == {newer}


def test_a_choice_made_again_renews_its_proof_and_one_only_cut_down_does_not(place):
    renewed, cut = place.choose(), place.choose()
    place.watch.advance(days=300)
    place.choose(previous=renewed)
    place.withdraw_receipt(cut, "embeds")
    place.watch.advance(days=365 + 3 * 365)
    place.choose()

    place.run()

    assert renewed in site.receipts()
    assert cut not in site.receipts()


@pytest.mark.clause("2.14")
@on_both_databases
def test_every_act_is_in_the_register_with_its_ground(place):
    first, kept, _ = place.write("a@example.kz", marketing=True)
    second, _, _ = place.write("a@example.kz", words="Тағы бір сұрақ.")
    third, gone, _ = place.write("b@example.kz")
    for message in (first, second, third):
        place.close(message)
    place.watch.advance(days=1)

    place.run()

    entered = site.sql("SELECT object, ground, method, citation, by_whom FROM act")
    citation = "8.9; 94-V: 12(2), 18"
    assert set(entered) == {
        (gone, "retention-over", acts.KEY, citation, "retention"),
        (f"message {second}", "retention-over", acts.ROW, citation, "retention"),
        (f"message {first}: words", "retention-over", acts.WORDS, citation, "retention"),
    }
    assert site.people() == {kept}


@pytest.mark.parametrize("keeps", ["block", "hold"])
@on_both_databases
def test_whoever_is_blocked_or_held_in_the_middle_of_it_stays(place, keeps):
    message, person, _ = place.write("a@example.kz")
    place.watch.advance(days=366)
    today = clock.local_date(place.now)
    (verdict,) = judging.judge([person], today)
    assert verdict.end
    place.block(person) if keeps == "block" else place.hold(person, today)

    done = list(ending.end_people({person: (verdict.end, verdict.held)}, place.now, is_applying=True))

    assert done == []
    assert site.messages() == {message: "received"}


@pytest.mark.clause("8.4", "8.9")
@on_both_databases
@pytest.mark.parametrize("outcome", ["sent", "dead"])
def test_who_was_answered_stays_until_the_letter_has_gone_or_was_given_up(place, outcome):
    """The enquiry is settled by the answer that they get, not by the one that waits here."""
    message, person, _ = place.write("a@example.kz")
    contact.answer(message, text="Ертең ашықпыз.", by="tests", now=place.now)
    place.close(message)

    for _ in range(3):
        place.watch.advance(days=1)
        assert place.run() == []
    assert site.people() == {person}

    database.vault.write(
        lambda: database.vault.execute("UPDATE outgoing SET state = ? WHERE kind = 'contact-answer'", outcome)
    )
    place.watch.advance(days=1)
    assert told(place.run(), "id", "ground") == [(person, "purpose-achieved")]


@pytest.mark.clause("8.4.b")
def test_a_letter_that_waits_keeps_nobody_who_withdrew(place):
    message, person, _ = place.write("a@example.kz")
    contact.answer(message, text="Ертең ашықпыз.", by="tests", now=place.now)
    place.close(message)

    place.withdraw(message)
    place.watch.advance(days=1)

    assert told(place.run(), "id", "ground") == [(person, "withdrawn")]
