"""What staff answer goes by mail, to whoever wrote, once; it is kept with the message and goes with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from tests.house import on_both_databases
from tests.rights.desk import Desk, people_of, text_of, to
from tests.writer import AIGERIM, BOLAT
from wadjet import contact, database, ledger, retention, vault
from wadjet.contact import models
from wadjet.rights import copy

TEXT = "Сәлеметсіз бе, Әйгерім Болатқызы!\n\nКеңсе 9-дан 18-ге дейін ашық."
STAFF = "staff-7"


@pytest.fixture
def desk(app, settings, watch):
    return Desk(settings, watch)


@pytest.fixture
def message(desk):
    """Aigerim's, the letters about it sent."""
    desk.write(AIGERIM)
    desk.post()
    (found,) = contact.page()
    return found.id


def answers(message):
    return database.vault.read(lambda: models.answers_of(message))


def tell(message, desk, text=TEXT, **more):
    return contact.answer(message, text=text, by=STAFF, now=desk.now, **more)


@on_both_databases
def test_an_answer_goes_to_whoever_wrote_in_their_language(desk, message):
    tell(message, desk)

    (letter,) = desk.post()

    assert to(letter) == AIGERIM["email"]
    assert letter["Subject"] == "Хабарламаңызға жауап"
    assert letter["Reply-To"].addresses[0].addr_spec == "desk@wadjet.kz"
    assert text_of(letter).startswith(TEXT)
    assert "/contact/withdraw/" in text_of(letter)
    assert contact.look(message).state == "answered"
    assert contact.read(message, by=STAFF, now=desk.now).answers[0].text == TEXT


def test_it_is_sealed_and_the_journal_tells_by_whom_not_what(desk, message):
    tell(message, desk)

    (kept,) = answers(message)
    rows = ledger.history([message], database.vault)

    assert TEXT.encode() not in (kept.text or b"")
    assert (rows[-1]["event"], rows[-1]["by"], rows[-1]["kind"]) == ("contact:message:answered", STAFF, "letter")


def test_a_further_answer_is_one_more_letter(desk, message):
    tell(message, desk)
    desk.post()

    tell(message, desk, "Толықтырамыз.", after=contact.look(message).answers[-1].id)

    (letter,) = desk.post()
    assert text_of(letter).startswith("Толықтырамыз.")
    assert len(answers(message)) == 2


@on_both_databases
def test_of_two_who_answer_one_is_heard(desk, message):
    def press(number):
        try:
            contact.answer(message, text=f"Жауап {number}", by=f"staff-{number}", now=desk.now)
        except contact.MessageMoved as moved:
            return moved.detail
        return ""

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(press, range(8)))

    assert told.count("") == 1
    first = told.index("")
    assert all(f"staff-{first} answered it at" in each for each in told if each)
    (letter,) = desk.post()
    assert text_of(letter).startswith(f"Жауап {first}")


def test_who_has_not_seen_an_answer_does_not_settle_over_it(desk, message):
    tell(message, desk)

    with pytest.raises(contact.MessageMoved):
        contact.close(message, after="", by="staff-8", now=desk.now)

    contact.close(message, after=contact.look(message).answers[-1].id, by="staff-8", now=desk.now)
    with pytest.raises(contact.MessageMoved):
        tell(message, desk, after=contact.look(message).answers[-1].id)


@pytest.mark.clause("8.4.b")
def test_a_letter_that_waits_does_not_go_once_consent_is_withdrawn(desk, message):
    (person,) = people_of(AIGERIM["email"])
    tell(message, desk)
    contact.withdraw_all(person, language="kk", settings=desk.settings, now=desk.now)

    assert desk.post() == []
    with pytest.raises(contact.MessageMoved, match="withdrawn"):
        tell(message, desk, after=contact.look(message).answers[-1].id)


@on_both_databases
@pytest.mark.clause("8.4", "8.8")
def test_nobody_is_answered_beyond_the_term_of_their_consent_also_whom_a_law_holds(desk, message):
    (person,) = people_of(AIGERIM["email"])
    retention.hold(person, law="Tax Code art. 49", until=date(2031, 12, 31), by=STAFF, now=desk.now)
    desk.watch.advance(days=365)
    tell(message, desk)
    desk.watch.advance(days=1)

    assert desk.post() == []
    with pytest.raises(contact.MessageMoved, match="term"):
        tell(message, desk, after=contact.look(message).answers[-1].id)
    with pytest.raises(contact.MessageMoved, match="term"):
        contact.answer(message, after=contact.look(message).answers[-1].id, by=STAFF, now=desk.now)


@pytest.mark.clause("2.2")
def test_whoever_is_blocked_is_not_written_to(desk, message):
    (person,) = people_of(AIGERIM["email"])
    tell(message, desk)
    database.vault.write(lambda: vault.block(person, reason="case 7", now=desk.now))

    assert desk.post() == []
    with pytest.raises(vault.PersonBlocked):
        tell(message, desk, after=contact.look(message).answers[-1].id)


@on_both_databases
@pytest.mark.clause("2.2", "D4")
def test_what_waited_for_a_block_goes_after_it_however_long_that_was(desk, message):
    (person,) = people_of(AIGERIM["email"])
    tell(message, desk)
    database.vault.write(lambda: vault.block(person, reason="case 7", now=desk.now))
    for _ in range(20):
        assert desk.post() == []
        desk.watch.advance(days=1)

    database.vault.write(lambda: vault.unblock(person, reason="case 7", now=desk.now))

    (letter,) = desk.post()
    assert to(letter) == AIGERIM["email"]


def test_what_was_noted_as_answered_sends_nothing(desk, message):
    tell(message, desk, "")

    assert desk.post() == []
    assert answers(message)[0].text is None


def test_nothing_that_is_typed_becomes_a_line_of_the_head(desk, message):
    text = "Bcc: eve@example.com\r\nSubject: other\n\n=?utf-8?q?=0D=0ABcc:eve@example.com?="

    tell(message, desk, contact.clean(contact.TEXT, text))

    (letter,) = desk.post()
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Хабарламаңызға жауап"
    assert "Bcc: eve@example.com" in text_of(letter)


@pytest.mark.parametrize(
    ("text", "code"), [("  \n", "missing"), ("x" * 5001, "too-long"), ("a\0b", "control-characters")]
)
def test_what_cannot_be_sent_is_not_taken(text, code):
    with pytest.raises(contact.Wrong, match=code):
        contact.clean(contact.TEXT, text)


@pytest.mark.clause("4.1.a")
def test_it_is_in_the_person_s_own_copy_and_in_no_other(desk, message):
    desk.write(BOLAT)
    tell(message, desk)

    made = [
        copy.gather(people_of(each["email"])[0], language="kk", settings=desk.settings, now=desk.now)
        for each in (AIGERIM, BOLAT)
    ]

    assert [each["messages"][0]["answers"] for each in made] == [
        [{"at": made[0]["messages"][0]["answers"][0]["at"], "text": TEXT}],
        [],
    ]
    assert STAFF not in copy.as_json(made[0]).decode()


def drop(message, person, desk):
    database.vault.write(lambda: contact.drop(message, ground="case 7", now=desk.now))


def reduce(message, person, desk):
    database.vault.write(lambda: contact.reduce(message, until="2027-01-01", ground="case 7", now=desk.now))


def destroy(message, person, desk):
    vault.destroy(person, reason="case 7", now=desk.now)


def depersonalise(message, person, desk):
    contact.depersonalise(person, reason="case 7", language="kk", settings=desk.settings, now=desk.now)


@on_both_databases
@pytest.mark.clause("2.14", "5.4")
@pytest.mark.parametrize("end", [drop, reduce, destroy, depersonalise])
def test_it_goes_with_the_message_and_so_does_a_letter_that_waits(desk, message, end):
    tell(message, desk)
    (person,) = people_of(AIGERIM["email"])

    end(message, person, desk)

    assert answers(message) == []
    assert desk.post() == []
