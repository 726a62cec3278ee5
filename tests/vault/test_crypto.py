"""What is sealed opens with its key and in its place, and in no other way."""

import os
import random

import pytest

from tests.faults.figures import figures
from wadjet.vault import Card, SealBroken, crypto
from wadjet.vault.person_keys import Sealer

KEY = crypto.new_key()
PLACE = ("AAAAAAAAAAAAAAAAAAAAAA", "person", "email")
TEXT = "Әйгерім, 1 Абай даңғылы 🙂"


@pytest.mark.parametrize("text", [TEXT, "", " ", "\0", "x" * 100_000])
def test_what_was_sealed_opens(text):
    sealed = crypto.seal(KEY, text.encode(), *PLACE)

    assert crypto.open_sealed(KEY, sealed, *PLACE).decode() == text
    assert text.encode() not in sealed or len(text) < 2


@pytest.mark.clause("3.2.f")
@pytest.mark.parametrize("swaps", figures(1_000, 10_000))
def test_text_moved_to_another_person_table_field_or_key_does_not_open(swaps):
    people = [Sealer(f"{number:022}", crypto.new_key()) for number in range(5)]
    tables, fields = ("person", "contact_message"), ("email", "phone", "message")
    opened = 0
    for _ in range(swaps):
        there = random.choice(people), random.choice(tables), random.choice(fields)
        here = random.choice(people), random.choice(tables), random.choice(fields)
        sealed = there[0].seal(*there[1:], TEXT)
        try:
            assert here[0].open(*here[1:], sealed) == TEXT
            opened += here != there
        except SealBroken:
            assert here != there

    assert opened == 0


def test_another_persons_name_on_the_same_key_does_not_open():
    """Binding the person must not rest on the keys being different."""
    sealed = Sealer("AAAAAAAAAAAAAAAAAAAAAA", KEY).seal("person", "email", TEXT)

    with pytest.raises(SealBroken):
        Sealer("BAAAAAAAAAAAAAAAAAAAAA", KEY).open("person", "email", sealed)


def test_places_that_only_read_alike_are_others():
    sealed = crypto.seal(KEY, b"x", "a", "bc")

    for place in (("ab", "c"), ("a", "b", "c"), ("abc",), ("a", "bc", ""), ('a","bc',)):
        with pytest.raises(SealBroken):
            crypto.open_sealed(KEY, sealed, *place)


@pytest.mark.parametrize("seals", figures(20_000, 1_000_000))
def test_no_nonce_comes_twice(seals):
    nonces = {crypto.seal(KEY, b"", *PLACE)[1:13] for _ in range(seals)}

    assert len(nonces) == seals


SEALED = crypto.seal(KEY, TEXT.encode(), *PLACE)
CORRUPTIONS = {
    "nothing": b"",
    "the form alone": SEALED[:1],
    "no text": SEALED[:13],
    "half a tag": SEALED[:20],
    "one byte short": SEALED[:-1],
    "one byte more": SEALED + b"\0",
    "one byte before": b"\0" + SEALED,
    "another form": b"\x02" + SEALED[1:],
    "another nonce": SEALED[:1] + os.urandom(12) + SEALED[13:],
    "the tag of another": SEALED[:-16] + crypto.seal(KEY, TEXT.encode(), *PLACE)[-16:],
    "twice": SEALED + SEALED,
    "zeros": bytes(len(SEALED)),
}


@pytest.mark.parametrize("sealed", CORRUPTIONS.values(), ids=CORRUPTIONS)
def test_corrupted_text_is_refused(sealed):
    with pytest.raises(SealBroken):
        crypto.open_sealed(KEY, sealed, *PLACE)


def test_every_flipped_bit_is_refused():
    for position in range(len(SEALED) * 8):
        altered = bytearray(SEALED)
        altered[position // 8] ^= 1 << position % 8

        with pytest.raises(SealBroken):
            crypto.open_sealed(KEY, bytes(altered), *PLACE)


def test_the_same_text_is_sealed_differently_each_time():
    assert crypto.seal(KEY, b"x", *PLACE) != crypto.seal(KEY, b"x", *PLACE)


@pytest.mark.clause("8.7")
def test_what_holds_a_secret_shows_none():
    card = Card("Сейтова", "Айгерим", email="a@example.kz")
    shown = repr(card) + repr(Sealer("AAAAAAAAAAAAAAAAAAAAAA", KEY)) + str(card)

    assert not [secret for secret in ("Сейтова", "Айгерим", "example", repr(KEY)) if secret in shown]
