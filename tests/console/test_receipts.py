"""Receipts in the console: found, read, verified, listed, counted; and no address ever holds what ends a consent."""

import io
import re
from datetime import timedelta

import pytest

from tests.console.conftest import MOST_QUERIES
from tests.visitor import Visitor
from wadjet import clock, consent
from wadjet.console import ROLES

READERS = [name for name, role in ROLES.items() if "receipts:read" in role.permissions]


@pytest.fixture
def visitor(client):
    return Visitor(client)


def test_everybody_who_works_here_reads_receipts():
    assert set(READERS) == {"responsible", "staff", "auditor", "maintainer"}


@pytest.mark.parametrize("role", READERS)
def test_a_receipt_is_found_by_its_number(desk, visitor, role):
    given = visitor.give()
    work = desk(role)

    found = work.post("receipts/by-id", {"id": f" {given['id']} "})

    assert found.status_code == 303
    assert given["id"] not in found.location
    page = work.get(found.location)
    assert page.status_code == 200
    assert "Genuine" in page.text
    assert "Not genuine" not in page.text
    assert given["id"] in page.text


def test_a_receipt_is_found_by_our_own_number(desk, visitor):
    number = consent.number_of(visitor.give()["id"])

    assert desk("staff").post("receipts/by-id", {"id": str(number)}).location.endswith(f"/receipts/{number}/")


@pytest.mark.parametrize("typed", ["99", "A" * 22, "", "x", "\0", "<script>alert(1)</script>"])
def test_a_number_that_is_none_is_told_beside_the_field(desk, visitor, typed):
    answer = desk("staff").post("receipts/by-id", {"id": typed})

    assert answer.status_code == 422
    assert "No receipt has this number" in answer.text
    assert "<script>alert" not in answer.text


def test_a_page_says_it_in_words(desk, visitor):
    given = visitor.give(purposes={"measurement": True, "embeds": False})
    number = consent.number_of(given["id"])

    page = desk("staff", language="ru").get(f"receipts/{number}/").text

    assert "Подлинная" in page
    assert "Согласие дано" in page
    assert 'lang="kk"' in page  # the words that were shown were Kazakh
    assert "разрешено" in page
    assert "не разрешено" in page


def test_the_file_is_the_receipt(desk, visitor):
    given = visitor.give()

    answer = desk("auditor").get(f"receipts/{consent.number_of(given['id'])}/receipt.jws")

    assert answer.text == given["receipt"]
    assert answer.mimetype == "application/jose"


def test_a_file_that_somebody_shows_is_judged(desk, visitor):
    given = visitor.give()
    work = desk("staff")

    uploaded = work.post("receipts/by-file", {"file": (io.BytesIO(given["receipt"].encode()), "receipt.jws")})
    pasted = work.post("receipts/by-file", {"text": f'{{"receipt": "{given["receipt"]}"}}'})

    for answer in (uploaded, pasted):
        assert answer.status_code == 200
        assert "Exactly this receipt is kept here:" in answer.text


def test_a_forged_receipt_is_told_to_be_none(desk, visitor):
    head, body, signature = visitor.give()["receipt"].split(".")
    forged = f"{head}.{body}.{signature[:-4]}AAAA"

    answer = desk("staff").post("receipts/by-file", {"text": forged})

    assert "Not genuine" in answer.text
    assert "Its bytes are not those that the operator signed." in answer.text
    assert "What it proves" not in answer.text


@pytest.mark.parametrize("data", [b"", b"x" * (64 * 1024 + 1), b"\xff\xfe", b"{}", b"[]", b"a.b"])
def test_what_is_no_receipt_is_told_beside_the_field(desk, visitor, data):
    answer = desk("staff").post("receipts/by-file", {"file": (io.BytesIO(data), "<b>.jws"), "text": ""})

    assert answer.status_code == 422
    assert "This is not a receipt" in answer.text


def test_history_of_a_key_has_its_chain_and_nobody_elses(desk, visitor, client):
    first = visitor.give()
    second = visitor.give(previous=first["id"])
    visitor.withdraw(second["id"])
    other = consent.number_of(Visitor(client).give()["id"])
    number = consent.number_of(first["id"])

    page = desk("staff").get(f"receipts/{number}/key/").text

    for word in ("in force", "ended by a withdrawal", "replaced by a later decision"):
        assert word in page
    assert f"/receipts/{other}/" not in page


def test_who_refused_has_no_key_to_follow(desk, visitor):
    refused = visitor.post(visitor.decision("refused")).json

    answer = desk("staff").get(f"receipts/{consent.number_of(refused['id'])}/key/")

    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["0/", "99/", "99999999999999999999999/", "99/key/", "99/receipt.jws"])
def test_a_receipt_that_is_not_there_is_not_found(desk, app, path):
    assert desk("staff").get(f"receipts/{path}", headers={"Accept": "text/html"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3]),
        ("event=refused", [3]),
        ("language=ru", [2]),
        ("version=1", [1, 2, 3]),
        ("site=wadjet.kz&event=given", [1, 2]),
        ("after=1", [2, 3]),
        ("after=x", [1, 2, 3]),
    ],
)
def test_a_day_is_listed_and_sifted(desk, visitor, watch, query, expected):
    visitor.give()
    visitor.give(language="ru")
    visitor.post(visitor.decision("refused"))
    day = clock.local_date(watch())
    watch.advance(days=1)
    visitor.give()

    page = desk("staff").get(f"receipts/day/?day={day}&{query}").text

    found = [number for number in range(1, 5) if f'/receipts/{number}/"' in page]
    assert found == expected


@pytest.mark.parametrize("query", ["day=yesterday", "day=0001-01-01", "day=9999-12-31", "event=eaten", "version=7"])
def test_a_bad_question_is_told_beside_its_field(desk, app, query):
    answer = desk("staff").get(f"receipts/day/?{query}")

    assert answer.status_code == 422
    assert "aria-invalid" in answer.text


def test_counts_are_drawn_and_told_in_a_table(desk, visitor, watch):
    for language in ("kk", "kk", "ru"):
        visitor.give(language=language)
    visitor.post(visitor.decision("refused"))

    page = desk("auditor").get("receipts/counts/").text

    assert "4 decisions" in page
    assert f'<time datetime="{clock.local_date(watch())}">Monday, 23 November 2026</time></a></th><td>4</td>' in page
    assert '<th scope="row">Қазақша</th>' in page
    assert "Keys, not people" in page
    assert " style=" not in page


@pytest.mark.parametrize(
    "query", ["since=2026-11-02&until=2026-11-01", "since=2020-01-01&until=2026-01-01", "since=never"]
)
def test_days_that_make_no_period_are_told(desk, app, query):
    assert desk("staff").get(f"receipts/counts/?{query}").status_code == 422


@pytest.mark.parametrize("path", ["receipts/", "receipts/day/", "receipts/counts/", "receipts/1/", "receipts/1/key/"])
def test_a_page_asks_few_questions(desk, visitor, watch, path, queries):
    for _ in range(60):
        visitor.give()
    work = desk("responsible")
    work.get(path)

    asked = queries(lambda: work.get(path))

    assert len(asked) <= MOST_QUERIES, asked


def test_no_address_on_any_page_holds_an_id(desk, visitor, watch):
    given = visitor.give()
    changed = visitor.give(previous=given["id"])
    watch.advance(seconds=1)
    work = desk("responsible")

    for path in (
        "receipts/day/",
        "receipts/1/",
        "receipts/1/key/",
        "receipts/counts/",
        "inspector/",
        "journal/?of=consents",
    ):
        addresses = re.findall(r'(?:href|action|src)="([^"]*)"', work.get(path).text)
        assert not [each for each in addresses if given["id"] in each or changed["id"] in each], path


def test_the_next_page_goes_on_where_this_one_ended(desk, visitor, watch):
    for _ in range(52):
        visitor.give()
        watch.advance(seconds=1)
    day = clock.local_date(watch() - timedelta(minutes=1))

    page = desk("staff").get(f"receipts/day/?day={day}").text

    assert "after=50" in page
    second = desk("staff", "second@wadjet.kz").get(f"receipts/day/?day={day}&after=50").text
    assert "/receipts/51/" in second
    assert "/receipts/50/" not in second


def test_links_carry_on_what_was_asked_and_nothing_else(desk, visitor, watch):
    for _ in range(52):
        visitor.give()
    day = clock.local_date(watch())
    strange = "_scheme=javascript&_external=1&_anchor=x&evil=1"

    page = desk("auditor").get(f"receipts/day/?day={day}&event=given&{strange}").text

    assert f"/console/receipts/day/?after=50&amp;day={day}&amp;event=given" in page
    assert "evil" not in page
    assert "javascript" not in page
