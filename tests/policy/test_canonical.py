"""The canonical content: facts filled in once, the same bytes for everybody, a digest anyone can recompute."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest

from tests.house import OPERATOR, SMALL
from wadjet import policy
from wadjet.policy import canonical
from wadjet.policy.fill import fill
from wadjet.policy.render import render
from wadjet.settings import Operator

PURPOSES = policy.read(SMALL).purposes
DAY = date(2026, 12, 1)


def filled(markdown, language="en", operator=OPERATOR):
    return fill(markdown, language, operator=operator, purposes=PURPOSES, number=3, effective=DAY,
                privacy_url="https://example.kz/privacy/")  # fmt: skip


def content(bundle, number=1, effective=DAY, privacy_url="https://example.kz/privacy/"):
    return canonical.encode(bundle, number=number, effective=effective, privacy_url=privacy_url)


@pytest.mark.clause("1.0")
@pytest.mark.parametrize(
    ("language", "name"), [("kk", "«Уаджет» ЖШС"), ("ru", "ТОО «Уаджет»"), ("en", "LLP Wadjet"), ("de", "«Уаджет» ЖШС")]
)
def test_facts_are_filled_in_the_language(language, name):
    assert filled("We: {operator.name}, {operator.bin}.", language) == f"We: {name}, 123456789012."


def test_addresses_version_and_day_are_filled():
    assert filled("<{privacy_url}> [c]({choices_url}) {requests_url}") == (
        "<https://example.kz/privacy/> [c](https://example.kz/privacy/choices/) https://example.kz/privacy/requests/"
    )
    assert filled("{version}, {effective}", "en") == "3, December 1, 2026"
    assert filled("{effective}", "ru") == "1 декабря 2026 г."
    assert filled("{effective}", "tlh") == "2026-12-01"


def test_purposes_table_stands_where_it_is_asked():
    text = filled("## 6. Purposes\n\n{purposes}\n\n6.1. More.")

    assert "\n\n|  |  |\n| --- | --- |\n| Purpose | Necessary |\n" in text
    assert text.endswith("\n\n6.1. More.")


@pytest.mark.parametrize(
    ("language", "gap"),
    [("kk", "[телефон: көрсетілмеген]"), ("ru", "[телефон: не указано]"), ("en", "[telephone: not stated]")],
)
def test_fact_not_set_leaves_a_visible_gap(language, gap):
    text = filled("Call {operator.phone}.", language, replace(OPERATOR, phone=""))

    assert f"<strong>{gap}</strong>" in render(text).html


def test_other_braces_stay():
    assert filled("{this} {} {{version}} {Version} { version }") == "{this} {} {3} {Version} { version }"


@pytest.mark.parametrize(
    "value",
    ["{operator.bin}", "{purposes}", "{{7*7}}", "*x* [y](javascript:alert(1)) <b> `c` | &lt;", "# x", "1. x", "- x"],
)
def test_fact_is_never_read_again(value):
    text = filled("{operator.name}", operator=Operator(name={"en": value}, bin="123456789012"))

    assert render(text).html == render(_literal(value)).html


def _literal(value):
    return "".join(f"\\{char}" if char.isascii() and not char.isalnum() and char != " " else char for char in value)


def test_line_end_in_a_fact_makes_no_block():
    text = filled("At {operator.address}.", operator=Operator(address={"en": "Almaty\n\n# Owned\n\n- x"}))

    assert "<h" not in render(text).html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://x.example/a) [y](https://evil.example", 'https://x.example/"><script>']
)
def test_address_cannot_leave_its_link(address):
    html = render(filled("[site]({operator.website}) <{operator.website}>", operator=Operator(website=address))).html

    assert 'href="https://evil' not in html
    assert "<script" not in html
    assert 'href="javascript' not in html


@pytest.mark.clause("12.2")
def test_digest_can_be_recomputed_by_anyone():
    stored = content(policy.read(SMALL, operator=OPERATOR))

    again = json.dumps(json.loads(stored), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert canonical.digest(stored) == hashlib.sha256(again).hexdigest()
    assert set(json.loads(stored)) == {
        "format",
        "version",
        "effective",
        "material",
        "summary",
        "operator",
        "purposes",
        "texts",
    }


def test_content_is_read_back():
    bundle = policy.read(SMALL, operator=OPERATOR)

    read = canonical.decode(content(bundle, number=7))

    assert (read.number, read.effective_on, read.material) == (7, DAY, True)
    assert read.purposes == bundle.purposes
    assert read.operator["name"] == OPERATOR.name
    assert set(read.texts) == {"kk", "ru", "en"}


def test_facts_not_stated_are_left_out():
    assert json.loads(content(policy.read(SMALL)))["operator"] == {}


@pytest.mark.parametrize(
    "change", [{"number": 2}, {"effective": date(2026, 12, 2)}, {"privacy_url": "https://other.example/"}]
)
def test_whatever_differs_shows_in_the_digest(change):
    bundle = policy.read(policy.STARTER, operator=OPERATOR)

    assert canonical.digest(content(bundle)) != canonical.digest(content(bundle, **change))
    assert canonical.digest(content(bundle)) == canonical.digest(content(bundle))


def test_content_of_another_format_is_not_guessed_at():
    with pytest.raises(ValueError, match="wadjet-policy-9"):
        canonical.decode(b'{"format":"wadjet-policy-9"}')
