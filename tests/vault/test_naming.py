"""A name is found in a text in every case and script; what only begins alike is left alone."""

import pytest

from wadjet.vault.naming import names

OWN, PHONE = "Қасымова Әйгерім Болатқызы", "+77011234567"


@pytest.mark.clause("8.7")
@pytest.mark.parametrize(
    "text",
    [
        "заявление Қасымовой",
        "письмо Қасымовой А.",
        "ҚАСЫМОВАНЫҢ өтініші",
        "Касымовой отказано",
        "Kasymova",
        "by Qasymova",
        "Aigerim asked",
        "Áigerim",
        "Әйгерімнің хаты",
        "дело_Қасымова",
        "Bolatkyzy",
        "call 701 123-45-67",
    ],
)
def test_a_name_is_found_however_it_is_written(text):
    assert names(text, OWN, PHONE)


@pytest.mark.parametrize(
    "text",
    ["case 17", "суд, дело 2-1234", "өтініш 17", "request 3q2-7wAAAAAAAAAAAAAAAA", "касса", "болат", "2026-11-23"],
)
def test_what_names_nobody_is_not(text):
    assert not names(text, OWN, PHONE)


@pytest.mark.parametrize(
    ("own", "text"), [("Ан Дана", "an order on personal data: персональные данные"), ("Ли Ким", "кимоно"), ("", "")]
)
def test_a_short_name_counts_only_as_it_is_written(own, text):
    assert not names(text, own, "")
    assert own == "" or names(own.split()[0], own, "")
