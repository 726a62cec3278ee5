"""Purposes in words: the table of section 6 in every language, and the form in which they are stored."""

from dataclasses import replace

import pytest

from tests.house import SMALL
from wadjet import policy
from wadjet.policy.purposes import OPERATIONS, Purpose
from wadjet.policy.render import render
from wadjet.policy.table import purposes_table, values

PURPOSES = policy.read(SMALL).purposes
EMBEDS = PURPOSES[2]


@pytest.mark.clause("6.0")
@pytest.mark.parametrize(
    ("language", "rows"),
    [
        (
            "kk",
            [
                "Мақсат | Бейнероликтер",
                "Мерзімі | бір жыл",
                "Трансшекаралық беру | Америка Құрама Штаттары",
                "әрекеттер | беру",
            ],
        ),
        (
            "ru",
            ["Цель | Видео", "Срок | один год", "Трансграничная передача | Соединенные Штаты", "с данными | передача"],
        ),
        (
            "en",
            [
                "Purpose | Videos",
                "Term | one year",
                "Cross-border transfer | United States",
                "with the data | transfer",
            ],
        ),
    ],
)
def test_table_says_all_of_a_purpose_in_each_language(language, rows):
    table = purposes_table([EMBEDS], language)

    assert all(row in table for row in rows)
    assert "Video LLC" in table
    assert table.count("\n") == 11


def test_each_purpose_has_a_table_of_its_own():
    html = render("## 6. Purposes\n\n" + purposes_table(PURPOSES, "en")).html

    assert html.count("<table") == len(PURPOSES)
    assert '<table id="6.0">' in html
    assert '<table id="6.0.b">' in html


@pytest.mark.parametrize(
    ("term", "language", "said"),
    [
        ("P1Y", "kk", "1 жыл"),
        ("P1Y6M", "kk", "1 жыл 6 ай"),
        ("P6M", "ru", "6 месяцев"),
        ("P2W", "ru", "2 недели"),
        ("P30D", "en", "30 days"),
        ("PT1H30M", "en", "1 hour 30 minutes"),
    ],
)
def test_term_without_words_is_said_from_its_duration(term, language, said):
    assert values(replace(EMBEDS, term=term, term_text={}), language)["term"] == said


@pytest.mark.parametrize("language", ["kk", "ru", "en", "de"])
def test_every_operation_has_a_word_in_each_language(language):
    words = values(replace(EMBEDS, operations=OPERATIONS), language)["operations"].split(", ")

    assert len(set(words)) == len(OPERATIONS) == 13


def test_country_without_a_name_in_a_language_has_its_english_one():
    assert values(EMBEDS, "tlh")["countries"] == "United States"


def test_place_of_publication_is_said():
    assert values(replace(EMBEDS, publication="our site"), "en")["publication"] == "our site"


def test_lacking_language_falls_back():
    only_russian = replace(EMBEDS, name={"ru": "Видео"}, term_text={})

    assert values(only_russian, "en")["name"] == "Видео"
    assert values(only_russian, "en")["term"] == "1 year"


@pytest.mark.parametrize(
    ("changes", "said"), [({"asked": "form"}, "asked in the contact form"), ({"required": True}, "always on")]
)
def test_choice_is_said(changes, said):
    assert said in values(replace(EMBEDS, **changes), "en")["asked"]


def test_nobody_nowhere_unpublished_is_said():
    quiet = values(replace(EMBEDS, recipients=(), countries=()), "en")

    assert (quiet["recipients"], quiet["countries"], quiet["publication"]) == ("none", "none", "none")


def test_words_cannot_leave_their_cell():
    table = purposes_table(
        [replace(EMBEDS, name={"en": "a | b\\"}, recipients=("[x](https://evil.example)", "<b>"))], "en"
    )

    html = render(table).html
    assert "<td>a | b\\</td>" in html
    assert "<td>[x](https://evil.example), &lt;b&gt;</td>".replace("https://evil.example", "") in html.replace(
        '<a href="https://evil.example">https://evil.example</a>', ""
    )


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.key)
def test_stored_form_is_read_back(purpose):
    assert Purpose.from_content(purpose.content()) == purpose
