"""Look-ups are exact and keyed: what means the same is found, what looks alike is not, and no list of guesses helps."""

import hmac
from hashlib import sha256

import pytest

from tests.vault.people import AIGERIM, read, sql, take_in
from wadjet import database, vault
from wadjet.vault import blind_index, crypto

SAME_ADDRESS = ["a.bc@example.kz", "A.BC@EXAMPLE.KZ", " a.bc@example.kz\n"]
OTHER_ADDRESSES = [
    "а.bc@example.kz",  # Cyrillic а
    "abc@example.kz",
    "a.bc+1@example.kz",
    "a.bc@example.kz.",
    "a.bc@ехample.kz",
    "a.bc@example.ky",
    "ａ.bc@example.kz",  # full width
    "",
]


def test_one_address_has_one_spelling():
    assert {blind_index.email(text) for text in SAME_ADDRESS} == {"a.bc@example.kz"}


@pytest.mark.parametrize("text", OTHER_ADDRESSES)
def test_another_address_has_another(text):
    assert blind_index.email(text) != "a.bc@example.kz"


def test_composed_and_decomposed_letters_are_the_same():
    assert blind_index.email("\u0439@example.kz") == blind_index.email("\u0438\u0306@example.kz")


def test_two_mailboxes_stay_two():
    assert blind_index.email("straße@example.kz") != blind_index.email("strasse@example.kz")


@pytest.mark.parametrize(
    "text",
    [
        "+77011234567",
        "+7 (701) 123-45-67",
        "8 701 123 45 67",
        "87011234567",
        "77011234567",
        "8‑701‑123‑45‑67",
        "＋７7011234567",
    ],
)
def test_one_number_has_one_spelling(text):
    assert vault.phone(text) == "+77011234567"


@pytest.mark.parametrize(
    "text", ["+77011234568", "+87011234567890", "+49 701 1234567", "7011234567", "+1 701 123 4567"]
)
def test_another_number_has_another(text):
    assert vault.phone(text) != "+77011234567"


def test_names_agree_however_they_are_typed():
    ours = blind_index.identity("a@B.kz", "Сейтова", "Әйгерім", "")

    assert ours == blind_index.identity("a@b.kz", " СЕЙТОВА ", "әйгерім", "  ")
    assert ours != blind_index.identity("a@b.kz", "Сейтова", "Әйгерім", "Қ")
    assert ours != blind_index.identity("a@b.kz", "Әйгерім", "Сейтова", "")
    assert ours != blind_index.identity("a@b.kz", "Сейтова Әйгерім", "", "")
    assert ours != blind_index.identity("A@b.kz", "Сейтова", "Әйгерім", "")  # another's mailbox, perhaps
    assert ours != blind_index.identity("a@b.kz", "Ceйтова", "Әйгерім", "")  # Latin C and e


def test_kinds_and_keys_are_apart():
    key, other = crypto.new_key(), crypto.new_key()

    found = {blind_index.index(each, kind, "x") for each in (key, other) for kind in ("email", "phone", "receipt")}

    assert len(found) == 6
    assert {len(each) for each in found} == {32}


@pytest.mark.clause("3.2.f")
def test_guessing_the_true_address_without_the_key_finds_nothing(home, now):
    person = take_in(AIGERIM, now)
    stored = sql("SELECT identity, email, phone FROM person_key", store=database.person_keys)[0]

    spellings = {AIGERIM.email, AIGERIM.email.lower(), AIGERIM.phone, AIGERIM.phone[1:], "email", person}
    keys = [b"", b"\0" * 32, b"email", person.encode(), (home.home / "keys" / "offers.json").read_bytes()]
    guessed = {sha256(text.encode()).digest() for text in spellings}
    guessed |= {hmac.digest(key, text.encode(), sha256) for key in keys for text in spellings}
    guessed |= {blind_index.index(key, kind, text) for key in keys for text in spellings for kind in ("email", "phone")}
    assert not guessed & {bytes(each) for each in stored}
    assert vault.index("email", blind_index.email(AIGERIM.email)) == bytes(stored[1])
    assert read(vault.find, email=AIGERIM.email) == [person]
