"""What people type, as they type it."""

import pytest

from wadjet import mail
from wadjet.contact import fields
from wadjet.mail import messages

BY_NAME = {field.name: field for field in fields.FIELDS}


def clean(name, value):
    return fields.clean(BY_NAME[name], value)


@pytest.mark.clause("3.1.a")
@pytest.mark.parametrize(
    "typed",
    [
        "8 701 123 45 67",
        "+7 701 123-45-67",
        "87011234567",
        "7011234567",
        "8(701)1234567",
        "+7 (701) 123 45 67",
        " 8‑701‑123‑45‑67 ",
    ],
)
def test_a_kazakhstan_number_is_understood_as_people_write_it(typed):
    assert clean("phone", typed) == "+77011234567"


@pytest.mark.parametrize(
    ("typed", "kept"), [("8 727 250 00 00", "+77272500000"), ("+44 20 7946 0958", "+442079460958")]
)
def test_other_numbers_are_understood(typed, kept):
    assert clean("phone", typed) == kept


@pytest.mark.parametrize("typed", ["12", "call me", "8 701 123 45 6", "+7 701 123 45 67 89 01", "++7", "0" * 39])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(fields.Wrong, match="phone"):
        clean("phone", typed)


@pytest.mark.parametrize(
    "name", ["Қасымова", "O’Neill", "Jean-Luc", "María José", "李小龍", "محمد", "Ng", "Ёлкина-Щ.", "d'Arc", "Ж."]
)
def test_a_name_may_be_in_any_script(name):
    assert clean("last_name", name) == name


@pytest.mark.parametrize("name", ["<b>", "12", "a@b.kz", "http://x", "—", "x" * 101, "A\x00b", "A\u202eb" * 60])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(fields.Wrong):
        clean("last_name", name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ахмет\u202eова", "Ахметова"),
        ("\u2067Ана\u2069", "Ана"),
        ("Қасы\u200dмова", "Қасымова"),
        ("Ng\u200c\u00ad\ufeff", "Ng"),
        ("Ана \u200e Мария", "Ана Мария"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("ක්\u200dරිස්ති", "ක්\u200dරිස්ති"),
        ("علی\u200c\u202e", "علی"),
    ],
)
def test_of_a_name_nothing_is_kept_that_cannot_be_seen_but_what_its_script_is_spelled_with(typed, kept):
    assert clean("last_name", typed) == kept


@pytest.mark.parametrize("typed", ["\u202e", "\u200d\u200c", "\ufeff \u200b"])
def test_what_cannot_be_seen_is_no_name(typed):
    with pytest.raises(fields.Wrong, match="name"):
        clean("last_name", typed)


def test_letters_are_composed_and_spaces_collapsed():
    assert clean("first_name", "  А\u0438\u0306гер\t и̇м ") == "А\u0439гер и̇м"


@pytest.mark.parametrize(
    "address", ["a@example.kz", "aigerim+wadjet@mail.example.com", "info@пример.қаз", "A.B@Example.KZ", "o'neil@x.kz"]
)
def test_an_address_of_mail_is_taken(address):
    assert messages.address(clean("email", address))


@pytest.mark.parametrize("address", ["әсел@example.kz", "aé@example.kz", "почта@пример.қаз"])
def test_an_address_that_no_letter_would_reach_is_refused(address):
    with pytest.raises(mail.LetterInvalid):
        messages.address(address)
    with pytest.raises(fields.Wrong, match="email"):
        clean("email", address)


@pytest.mark.parametrize(
    "address",
    ["a", "a@b", "a@localhost", "a@b..kz", "a b@example.kz", "a@example.kz\nBcc: x@y.kz", "@example.kz", "a@[1.2.3.4]"],
)
def test_what_is_no_address_of_mail_is_refused(address):
    with pytest.raises(fields.Wrong, match=r"email|control"):
        clean("email", address)


@pytest.mark.parametrize("value", [12, True, ["a"], {"a": 1}])
def test_what_is_no_text_is_refused(value):
    with pytest.raises(fields.Wrong, match="not-text"):
        clean("message", value)


def test_a_message_keeps_its_lines():
    assert clean("message", "one\r\n\r\ntwo ") == "one\n\ntwo"
