"""Who was not heard of for long is asked whether their data are still right: once, by a letter that tells nothing."""

from dataclasses import replace

import pytest

from tests.house import on_both_databases
from tests.retention.site import told
from wadjet import database, mail, rights
from wadjet.retention import review


@pytest.mark.clause("5.6", "4.2.b")
@on_both_databases
def test_who_was_not_heard_of_for_long_is_asked_once(place):
    place.settings = replace(place.settings, stale_days=100)
    _, person, _ = place.write("a@example.kz")
    place.watch.advance(days=99)
    assert place.run() == []
    place.watch.advance(days=1)

    assert told(place.run(is_applying=False), "what", "id", "status") == [("review", person, "due")]
    assert told(place.run(), "what", "id", "ground") == [("review", person, "stale")]
    for _ in range(3):
        place.watch.advance(days=60)
        assert place.run() == []
    assert len(letters(review.STALE)) == 1


def letters(kind):
    return [row.about for row in mail.listing() if row.kind == kind]


@pytest.mark.clause("5.6")
def test_who_writes_again_after_being_asked_may_be_asked_again(place):
    place.settings = replace(place.settings, stale_days=100)
    _, person, _ = place.write("a@example.kz")
    place.watch.advance(days=100)
    place.run()
    place.watch.advance(days=1)
    place.write("a@example.kz", words="Тағы да мен.")
    place.watch.advance(days=99)
    assert place.run() == []
    place.watch.advance(days=1)

    assert told(place.run(), "what", "id") == [("review", person)]


def test_nobody_is_asked_who_is_blocked_or_whose_consent_is_over(place):
    place.settings = replace(place.settings, stale_days=100)
    _, blocked, _ = place.write("a@example.kz")
    place.block(blocked)
    ended, _, _ = place.write("b@example.kz")
    place.watch.advance(days=100)
    place.withdraw(ended)

    assert place.run() == []


@pytest.mark.clause("3.1.b", "8.4.b")
def test_no_letter_goes_to_who_may_have_withdrawn(place):
    place.settings = replace(place.settings, stale_days=100)
    _, person, _ = place.write("a@example.kz")
    place.watch.advance(days=100)
    place.run()
    assert review.compose(person, place.settings, place.now)
    request = rights.open_request(
        "withdraw",
        rights.Said(email="a@example.kz"),
        channel="form",
        language="kk",
        received_at=place.now,
        settings=place.settings,
        now=place.now,
    )
    rights.match(request, now=place.now)

    assert review.compose(person, place.settings, place.now) is None


@pytest.mark.clause("4.2.b")
@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("kk", "Біздегі деректеріңіз әлі дұрыс па?"),
        ("ru", "Ваши данные у нас ещё верны?"),
        ("en", "Are your data with us still right?"),
    ],
)
def test_the_letter_that_asks_holds_nothing_of_what_is_known(place, language, subject):
    message, person, _ = place.write("a@example.kz")
    database.vault.write(lambda: database.vault.execute("UPDATE contact_message SET language = ?", language))

    letter = review.compose(person, place.settings, place.watch())

    assert letter
    assert (letter.to, letter.subject, letter.language) == ("a@example.kz", subject, language)
    assert f"http://127.0.0.1:8000/privacy/requests/?kind=rectify&lang={language}" in letter.text
    for word in ("Қасымова", "Әйгерім", "Қашан", "701"):
        assert word not in letter.text + letter.html
    place.withdraw(message)
    place.block(person)
    assert review.compose(person, place.settings, place.watch()) is None
    assert review.compose("nobody", place.settings, place.watch()) is None
