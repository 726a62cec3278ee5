"""Whoever was given data is told what became of them: by a day, once, with the numbers of what left."""

from datetime import timedelta
from functools import partial

import pytest

from tests.house import on_both_databases
from tests.registers.office import journal
from tests.vault.people import AIGERIM, CASE, write
from wadjet import registers, vault
from wadjet.vault import Card


@pytest.fixture
def given(office, person):
    """Two couriers were given something of the person's, one of them twice."""
    office.allow("Courier LLP", "Courier II", days=400)
    first, second = office.recipient(), office.recipient("Courier II")
    office.provide(person, first, "phone", "first_name")
    office.provide(person, second, "first_name")
    office.provide(person, first, "email", purpose="delivery", basis="law_or_treaty", citation="act 7")
    return person


def told(office):
    names = ("recipient", "kind", "transfers", "fields", "due_on")
    return [tuple(row[name] for name in names) for row in office.rows("recalls")]


@on_both_databases
@pytest.mark.clause("4.1.b", "D1")
def test_who_holds_what_was_corrected_hears_of_it_whoever_corrects_it(office, given):
    vault.rectify(given, now=office.now, phone="+77770001122", first_name=AIGERIM.first_name)
    assert told(office) == [("Courier LLP", "rectify", "1", "phone", "2026-11-24")]

    card = Card(AIGERIM.last_name, AIGERIM.first_name, AIGERIM.patronymic, "+77770001122", AIGERIM.email)
    vault.correct(given, {"email": "new@example.kz"}, was=card, by="dana", now=office.now + timedelta(days=1))

    assert told(office) == [
        ("Courier LLP", "rectify", "1 3", "email phone", "2026-11-24")
    ]  # with what waits, by its day


@on_both_databases
@pytest.mark.clause("8.4.b", "D6")
def test_who_got_data_by_a_consent_that_ended_hears_of_it(office, given):
    for purposes, expected in (("news", []), ("delivery", ["1", "2"])):
        write(registers.recall, given, "withdrawn", purposes=[purposes], by="subject", now=office.now)
        assert [row["transfers"] for row in office.rows("recalls")] == expected

    assert {row["due_on"] for row in office.rows("recalls")} == {"2026-12-14"}


@on_both_databases
@pytest.mark.clause("3.2.g", "2.14")
def test_everybody_hears_of_a_destruction_by_the_next_working_day_and_the_register_warns(office, given):
    vault.destroy(given, reason=CASE, now=office.now)

    assert told(office) == [
        ("Courier LLP", "destroy", "1 3", "email phone first_name", "2026-11-24"),
        ("Courier II", "destroy", "2", "first_name", "2026-11-24"),
    ]
    assert [each.register for each in registers.clocks(5)] == ["recalls", "recalls"]
    assert office.later(days=1).overview()["recalls"]["overdue"] == 0
    assert office.later(days=2).overview()["recalls"]["overdue"] == 2
    assert write(registers.warn, office.settings, office.now) == {"soon": 2, "late": 0}

    office.note("recalls", 1, passed_on="2026-11-24")
    with pytest.raises(registers.EntryMoved):
        office.note("recalls", 1, passed_on="2026-11-25")

    assert [(row["passed_on"], row["person"]) for row in office.rows("recalls")] == [
        ("2026-11-24", given),
        (None, given),
    ]
    assert [each["event"].rpartition(":")[2] for each in journal("recalls")] == ["entered", "entered", "noted"]


@on_both_databases
def test_what_was_told_is_not_changed_by_what_follows(office, given):
    again = partial(write, registers.recall, given, "withdrawn", by="subject", now=office.now)
    again()
    office.note("recalls", 1, passed_on="2026-11-23")

    again()

    assert [(row["id"], row["passed_on"]) for row in office.rows("recalls")] == [
        (1, "2026-11-23"),
        (2, None),
        (3, None),
    ]
