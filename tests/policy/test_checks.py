"""The check tells what is wrong with a policy, where, and stays silent where nothing is."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.house import OPERATOR, SMALL
from wadjet import policy
from wadjet.policy.checks import check, is_bin
from wadjet.policy.findings import Finding

NUMBERED = Path(__file__).parent / "texts" / "numbered.txt"


@pytest.fixture(scope="module")
def found():
    return check(policy.read(NUMBERED))


def remarks(markdown, name="en.md", **options):
    """What is told of the clauses of one text."""
    bundle = policy.read(SMALL, operator=OPERATOR)
    text = policy.sources.read(markdown.encode(), name)
    told = check(replace(bundle, texts={"en": text}, **options))
    return [finding.message for finding in told if finding.line]


@pytest.mark.parametrize(("line", "clause"), [(4, "1.2"), (6, "2.1"), (8, "2.3"), (9, "2.4"), (35, "8.2")])
def test_broken_addresses_are_told_with_line_and_clause(line, clause, found):
    (finding,) = [each for each in found if each.line == line and "is no address" in each.message]

    assert finding.clause == clause
    assert "U+02D0" in finding.message


def test_all_broken_addresses_are_told(found):
    assert sum("is no address" in finding.message for finding in found) == 5


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("2.2", "municipal body"),
        ("3.1.b", "Law on Personal Data” is used but never defined"),
        ("3.2.a", "10 days"),
        ("3.2.a", "protection of the rights of data subjects"),
        ("4.1", "no full stop"),
        ("4.2", "federal law"),
        ("5.0", "requests and requests"),
        ("6.1", "followed by exceptions"),
        ("6.3", "and/or with"),
    ],
)
def test_slip_is_told(clause, words, found):
    source = NUMBERED.read_text().split("\n")

    (finding,) = [each for each in found if each.clause == clause and words in each.message]

    assert finding.line
    assert clause[:3] in source[finding.line - 1] or clause[-1] in "abc0"


@pytest.mark.parametrize(
    "words",
    [
        "no text in kk",
        "no text in ru",
        "BIN",
        "postal address",
        "telephone",
        "which version",
        "from which date",
        "responsible",
        "cookies",
        "operator.bin",
        "quotes are mixed",
        "purposes are kept",
    ],
)
def test_what_is_missing_is_told(words, found):
    assert any(words in finding.message for finding in found)


def test_findings_are_warnings_in_order_on_one_line_each(found):
    assert {finding.severity for finding in found} == {"warning"}
    lines = [finding.line or 0 for finding in found]
    assert lines == sorted(lines)
    assert not any("\n" in str(finding) for finding in found)
    assert str(Finding("warning", "m", "f.md", 3, "1.2")) == "f.md:3: clause 1.2: m"


def test_nothing_is_wrong_with_the_starter():
    facts = replace(OPERATOR, bin="980540000397")

    assert check(policy.read(policy.STARTER, operator=facts)) == []


def test_good_text_has_no_remark():
    assert (
        remarks("## 1. One\n\n1.1. Data are kept for 10 working days.\n\n1.2. See https://example.kz, please.\n") == []
    )


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("1.1. One.\n\n1.3. Three.", "comes where 1.2 is expected"),
        ("1.1. One.\n\n1.1. Again.", "the number 1.1 is given twice"),
        ("## 1. A\n\n## 3. B\n", "comes where 2 is expected"),
        ("1.1. Some <b>bold</b> words.", "<b> is shown as text"),
        ("1.1. A ![plan](https://x.example/p.png).", "a picture is not shown"),
        ("1.1. A [link](/there).", "makes no link"),
        ("1.1. Turned \u202earound\u202c.", "invisible character"),
        ("1.1. Удаляем за 5 дней.", "5 дней"),
        ("1.1. 5 күн ішінде жоямыз.", "5 күн"),
        ("1.1. Согласно федеральному закону.", "федеральному закону"),
        ("1.1. The the words.", ""),
        ("1.1. These these words.", "doubled"),
    ],
)
def test_remark_on_markdown(markdown, words):
    told = remarks(markdown)

    assert [words for words in told if words in words] == told
    assert any(words in message for message in told) if words else told == []


def test_wrapped_slip_is_found_on_its_line():
    bundle = policy.read(SMALL, operator=OPERATOR)
    text = policy.sources.read(b"1.1. As the words\ngo on, a municipal\nbody may.\n", "en.md")

    (finding,) = [each for each in check(replace(bundle, texts={"en": text})) if "Russian term" in each.message]

    assert (finding.line, finding.clause) == (2, "1.1")


def test_languages_out_of_step_are_told():
    bundle = policy.read(SMALL, operator=OPERATOR)
    short = policy.sources.read(b"## 1. One\n\n1.1. Only this.\n", "en.md")

    told = [str(finding) for finding in check(replace(bundle, texts={**bundle.texts, "en": short}))]

    assert any(words.startswith("en.md: lacks clauses that another language has") for words in told)


def test_text_in_another_language_is_told():
    bundle = policy.read(SMALL, operator=OPERATOR)

    told = [str(finding) for finding in check(replace(bundle, texts={**bundle.texts, "kk": bundle.texts["ru"]}))]

    assert "ru.md: reads like ru, not kk" in told


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"recipients": (), "countries": ("US",)}, "names countries, but no recipients"),
        ({"recipients": ("X",), "operations": ("use",)}, "transfer is not among its operations"),
        ({"recipients": (), "countries": ()}, "names no recipients"),
        ({"name": {"en": "x"}}, "name is missing in"),
    ],
)
def test_purpose_that_contradicts_itself_is_told(changes, words):
    bundle = policy.read(SMALL, operator=OPERATOR)
    embeds = replace(bundle.purposes[2], **changes)

    told = [finding.message for finding in check(replace(bundle, purposes=(embeds,)))]

    assert any(message.startswith("purpose embeds: ") and words in message for message in told)


@pytest.mark.parametrize("changes", [{"key": "answers"}, {"asked": "banner"}, {"required": True}])
def test_a_form_that_could_take_nothing_is_told(changes):
    bundle = policy.read(SMALL, operator=OPERATOR)
    asked = [replace(each, **changes) if each.key == "feedback" else each for each in bundle.purposes]

    told = [finding.message for finding in check(replace(bundle, purposes=tuple(asked)))]

    assert [message for message in told if "the contact form" in message]
    assert not [finding for finding in check(bundle) if "the contact form" in finding.message]


@pytest.mark.parametrize(
    ("digits", "fits"),
    [("980540000397", True), ("980540000398", False), ("123456789012", False), ("000000000000", True)],
)
def test_control_digit_of_a_bin(digits, fits):
    assert is_bin(digits) is fits


def test_mistyped_bin_is_a_warning_only():
    bundle = policy.read(SMALL, operator=replace(OPERATOR, bin="980540000398"))

    assert any("control digit" in finding.message for finding in check(bundle))
    assert policy.missing(bundle) == ()


def test_spaces_that_keep_words_together_are_spaces():
    assert remarks("## 1. One\n\n1.1. Data are kept for 10\u00a0working days.\n") == remarks(
        "## 1. One\n\n1.1. Data are kept for 10 working days.\n"
    )
    assert remarks("## 1. One\n\n1.1. Data are kept for 10\u00a0days.\n") != []
