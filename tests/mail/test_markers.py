"""The subjects that the policy names, as people and their programs write them; and what only looks like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadjet.mail.markers import MARKERS, recognise

RECTIFY, WITHDRAW = "Updating personal data", "Withdrawal of consent to the processing of personal data"


@pytest.mark.clause("8.3", "8.4.b")
@pytest.mark.parametrize(("marker", "subject"), [(marker, each) for marker, known in MARKERS.items() for each in known])
def test_each_form_is_recognised_however_it_is_dressed(marker, subject):
    for dressed in (
        subject,
        f"  {subject}\t",
        subject.upper(),
        subject.lower(),
        f"«{subject}»",
        f"“{subject}”",
        f"„{subject}“",
        f"'{subject}'.",
        f"Re: {subject}",
        f"RE[2]: Fwd: «{subject}»",
        f"Ответ: Пер: {subject}",
        f"Жауап: “Re: {subject}”",
        subject.replace(" ", "\u00a0"),
        subject.replace(" ", " \u2009\u200b "),
        f"\u202b{subject}\u202c",
        f"{subject}!!!",
        f"{subject} …",
        f"*{subject}*",
    ):
        assert recognise(dressed) == marker, dressed


@pytest.mark.parametrize(
    "subject",
    [
        "Ｕｐｄａｔｉｎｇ ｐｅｒｓｏｎａｌ ｄａｔａ",
        "RE:RE:RE:FW: updating personal data",
        "Re : Updating personal data",
        "АКТУАЛИЗАЦИЯ ПЕРСОНАЛЬНЫХ ДАННЫХ",
        "\tUpdating\n personal\r\n data",
        "Fwd: \"Re: 'Updating personal data'\"",
    ],
)
def test_letters_spaces_and_chains_of_programs_make_no_difference(subject):
    assert recognise(subject) == "rectify"


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "Re:",
        "«»",
        "Updating",
        "Updating personal",
        "Not updating personal data",
        "No: Updating personal data",
        "Question: Updating personal data",
        "Updating personal data and more",
        "Updating personal data 2026",
        "Updating my personal data",
        "Updating personaldata",
        "Updating personal date",
        "Withdrawal of consent",
        "Withdrawal of consent to the processing of personal data?? No, I changed my mind",
        "Do not do this: Withdrawal of consent to the processing of personal data",
        "No withdrawal of consent to the processing of personal data",
        "Withdrawal of consent to the processing of data",
        "Отзыв согласия",
        "Отзыв об обработке персональных данных",
        "Согласие на обработку персональных данных",
        "Отказ от отзыва согласия на обработку персональных данных",
        "Дербес деректерді жаңартпау",
        "Дербес деректерді өңдеуге келісім",
        "Updating personal data; Withdrawal of consent to the processing of personal data",
        "Uрdating personal data",  # its second letter is Cyrillic
        "=?utf-8?q?Updating_personal_data?=",  # it would have to be read twice
    ],
)
def test_near_misses_are_for_a_person_to_read(subject):
    assert recognise(subject) is None


@pytest.mark.parametrize("subject", ["Дербес деректердi жаңарту", "Re: ДЕРБЕС ДЕРЕКТЕРДI ЖАҢАРТУ"])
def test_a_latin_i_in_a_kazakh_subject_is_the_kazakh_one(subject):
    assert "і" not in subject.lower()

    assert recognise(subject) == "rectify"


def test_an_operator_names_more():
    assert recognise("Fwd: «стоп»", withdraw=["Стоп"]) == "withdraw"
    assert recognise("correct me!", rectify=["Correct me"]) == "rectify"
    assert recognise("стоп") is None
    assert recognise("", withdraw=[""]) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_is_too_odd_and_none_beside_a_marker_is_overlooked(before, after):
    recognise(before)
    inside = "".join(letter for letter in before if letter.isalnum() and letter.isascii())

    assert recognise(f"{WITHDRAW} {inside}") == (None if inside else "withdraw")
    assert recognise(f"{RECTIFY}{after}") in (None, "rectify")


def test_the_longest_chain_takes_no_time():
    assert recognise("Re: " * 100 + RECTIFY) == "rectify"
    assert recognise("re:" * 1_000_000) is None
    assert recognise(RECTIFY + " " * 1_000 + "no") is None
    assert recognise("«" * 1_000_000) is None
