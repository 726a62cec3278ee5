"""The registers a page at a time and at a glance: the same rows as the whole, the newest first."""

from datetime import timedelta

import pytest

from tests import pdf
from tests.house import on_both_databases
from tests.registers.office import RECEIPT
from tests.vault.people import sql
from tests.visitor import Visitor
from wadjet import clock, registers
from wadjet.registers import catalogue, forms

WORDS = "Тек жұмыс күндері"
SEALED = {"consent", "condition", "conditional"}


@pytest.fixture
def full(client, office, person):
    """Five entries and more in what grows."""
    visitor = Visitor(client)
    for _ in range(3):
        visitor.withdraw(visitor.give()["id"])
    office.allow("Courier LLP", "Versand GmbH", countries=("DE",))
    home, abroad = office.recipient(), office.recipient("Versand GmbH", "DE")
    for _ in range(5):
        office.provide(person, home, notify=True)
        office.provide(person, abroad)
        registers.prohibit(person, "phone", WORDS, settings=office.settings, **office.desk)
        office.add("R7", number="7", authority="MAIDD", asks="all", received_at="2026-11-20T10:00")
    return person


def turned(code, limit):
    """All rows of a register, read by its pages."""
    rows, place = catalogue.find(code).newest(limit=limit)
    while place:
        more, place = catalogue.find(code).newest(place, limit)
        rows += more
    return rows


def plain(row):
    return {name: value for name, value in row.items() if name not in SEALED}


@on_both_databases
@pytest.mark.parametrize("limit", [1, 2, 5, 500])
def test_pages_show_every_row_once_the_newest_first(full, limit):
    for register in catalogue.shown():
        whole = [plain(row) for row in register.read()]
        shown = [plain(row) for row in turned(register.code, limit)]
        assert sorted(map(str, shown)) == sorted(map(str, whole)), register.code
        if register.find:
            assert shown == whole[::-1], register.code
            assert [plain(register.find(row["id"])) for row in whole] == whole
    times = [row["at"] for row in turned("R10", limit)]
    assert times == sorted(times, reverse=True)


def test_a_place_that_is_none_is_the_beginning(full):
    for register in catalogue.shown():
        first, _ = register.newest(limit=2)
        for place in ("-1", "x", "1,2,3", "9" * 30, "\0", "١"):
            assert register.newest(place, 2)[0] == first, (register.code, place)


def test_a_page_holds_nothing_that_only_a_key_opens(full):
    assert RECEIPT not in str(turned("R3", 500))
    assert WORDS not in str(turned("prohibitions", 500))
    prohibitions, transfers = catalogue.find("prohibitions"), catalogue.find("R3")
    assert prohibitions.find
    assert transfers.find
    assert WORDS not in str(prohibitions.find(1))
    assert RECEIPT in str(transfers.find(1))
    assert {row["consent"] for row in catalogue.find("R3").newest(is_opening=True)[0]} == {RECEIPT}


@pytest.mark.clause("9.1")
def test_who_reads_a_condition_is_on_record(full, office):
    assert registers.read_condition(1, **office.desk) == WORDS

    (told,) = sql("SELECT entry FROM journal_entry WHERE about = 'prohibitions/1' ORDER BY seq DESC LIMIT 1")[0]
    assert b'"act":"extract"' in bytes(told)
    assert b'"by":"accountant"' in bytes(told)
    with pytest.raises(registers.EntryUnknown):
        registers.read_condition(99, **office.desk)


@on_both_databases
@pytest.mark.clause("D8", "D12")
def test_a_glance_tells_what_waits_what_is_late_and_what_came_last(full, office):
    seen = {each.code: each for each in registers.glance(now=office.now)}

    assert list(seen) == [each.code for each in catalogue.shown()]
    assert (seen["R3"].waiting, seen["R3"].late) == (5, 0)
    assert (seen["R7"].waiting, seen["R7"].late, seen["R7"].next_on) == (5, 0, "2026-11-30")
    assert seen["R4"].last_at == seen["R3"].last_at == clock.stamp(office.now)
    assert (seen["R5"].waiting, seen["R5"].next_on, seen["R5"].last_at) == (0, "", "")
    assert seen["R1"].last_at
    office.note("R7", 1, answer="out 14")
    later = {each.code: each for each in registers.glance(now=office.now + timedelta(days=30))}
    assert (later["R7"].waiting, later["R7"].late) == (4, 4)


def test_what_waits_is_counted_no_further_than_anybody_reads(office):
    for number in range(registers.MOST + 5):
        office.add("R7", number=str(number), authority="MAIDD", asks="all", received_at="2026-11-01T10:00")

    seen = {each.code: each for each in registers.glance(now=office.now)}

    assert (seen["R7"].waiting, seen["R7"].late) == (registers.MOST + 1, registers.MOST + 1)


@pytest.mark.clause("8.2")
def test_what_the_gate_would_say_is_told_without_an_entry(office, person):
    abroad = office.recipient("Versand GmbH", "DE", duties_on=None, duties_evidence="", country_facts="")
    told = [("person", person), ("recipient", str(abroad)), ("fields", "phone"), ("purpose", "delivery")]
    asked = forms.ADDED["R3"].read([*told, ("basis", "consent"), ("notify", "yes")])

    said = registers.lacking(**asked, now=office.now)

    own = ["duties-not-accepted", "country-facts-missing", "notice-missing"]
    assert said == [*own, "consent-missing"]
    assert registers.recipient_lacking(abroad, now=office.now) == own
    assert registers.recipient_lacking(99, now=office.now) == ["recipient-unregistered"]
    with pytest.raises(registers.TransferRefused) as refusal:
        registers.provide(**asked, settings=office.settings, **office.desk)
    assert refusal.value.evidence["missing"] == said
    assert office.rows("R3") == []


def test_paper_holds_the_newest_and_says_so(office, tmp_path):
    for number in range(12):
        office.add("R7", number=f"no-{number}-", authority="MAIDD", asks="all", received_at="2026-11-01T10:00")
    told = {"form": "pdf", "language": "en", "newest": 5, "settings": office.settings, **office.desk}

    registers.export([catalogue.find("R7")], tmp_path / "R7.pdf", **told)

    document = (tmp_path / "R7.pdf").read_bytes()
    assert pdf.says(document, "The newest 5 entries.")
    assert [pdf.says(document, f"no-{number}-") for number in (11, 7, 6, 0)] == [True, True, False, False]
