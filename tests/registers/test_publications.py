"""Nothing is published but by one function, which knows of consents of their own and of what people forbid."""

from datetime import timedelta
from typing import Any

import pytest

from tests.house import on_both_databases
from tests.registers.office import journal
from tests.vault.people import CASE, read, sql, write
from wadjet import registers, vault
from wadjet.registers import Override, publications

WALL = "https://wadjet.kz/thanks"


@pytest.fixture
def consented(office, person):
    """Aigerim lets her names stand on the wall of thanks."""
    allow(office, person, "first_name", "last_name")
    return person


def allow(office, person, *fields, place=WALL):
    return registers.allow_publication(
        person, fields, place, method="paper", evidence="folder 3, sheet 12", **office.desk
    )


def publish(office, person, *fields, place=WALL, **changes):
    return registers.publish(person, fields, place, **changes, **office.desk)


def prohibit(office, person, field, condition=""):
    return registers.prohibit(person, field, condition, settings=office.settings, **office.desk)


def refused(office, person, *fields, **changes):
    before = office.rows("R5")
    with pytest.raises(registers.PublicationRefused) as refusal:
        publish(office, person, *fields, **changes)
    assert office.rows("R5") == before
    return refusal.value.evidence["missing"]


@on_both_databases
@pytest.mark.clause("2.9", "2.12")
def test_publication_needs_a_consent_of_its_own_for_each_field_and_place(office, person):
    office.allow("everybody", purpose="publication")  # a consent to something else is none
    assert refused(office, person, "first_name") == ["consent-missing"]
    numbers = allow(office, person, "first_name")

    assert refused(office, person, "first_name", "last_name") == ["consent-missing"]
    assert refused(office, person, "first_name", place="https://wadjet.kz/news") == ["consent-missing"]
    number = publish(office, person, "first_name")

    (row,) = office.rows("R5")
    assert (row["id"], row["person"], row["fields"], row["place"]) == (number, person, "first_name", WALL)
    assert (row["consents"], row["removed_at"]) == (str(numbers[0]), None)
    assert [(entry["act"], entry["event"]) for entry in journal("R5")] == [("distribute", "registers:r5:published")]


@pytest.mark.clause("2.9", "4.1.d")
def test_consent_to_one_field_is_withdrawn_apart_and_what_stands_gets_its_last_day(office, consented):
    first, last = publish(office, consented, "first_name"), publish(office, consented, "last_name")
    registers.end_publication_consent(1, settings=office.settings, **office.desk)

    assert refused(office, consented, "first_name") == ["consent-missing"]
    assert publish(office, consented, "last_name") == 3
    due = {row["id"]: row["remove_by"] for row in office.rows("R5")}
    assert due == {first: "2026-11-24", last: None, 3: None}
    with pytest.raises(registers.EntryMoved):
        registers.end_publication_consent(1, settings=office.settings, **office.desk)


@on_both_databases
@pytest.mark.clause("8.6")
def test_what_is_forbidden_is_not_published(office, consented):
    stands = publish(office, consented, "last_name")
    ban = prohibit(office, consented, "last_name")

    assert refused(office, consented, "first_name", "last_name") == ["forbidden"]
    assert publish(office, consented, "first_name") == stands + 1
    assert [row["remove_by"] for row in office.rows("R5")] == ["2026-11-24", None]
    publications.end_prohibition(ban, **office.desk)
    assert publish(office, consented, "last_name") == stands + 2
    assert read(registers.prohibitions, consented) == []


@pytest.mark.clause("8.6")
def test_condition_is_kept_to_and_its_words_are_sealed(office, consented):
    condition = "тек Қасымова деген тегіммен"
    number = prohibit(office, consented, "last_name", condition)

    assert refused(office, consented, "last_name") == ["condition-open"]
    assert refused(office, consented, "last_name", met=[number + 1]) == ["condition-open"]
    publish(office, consented, "last_name", met=[number])

    assert office.rows("R5")[0]["conditions"] == str(number)
    assert [each.condition for each in read(registers.prohibitions, consented)] == [condition]
    assert office.rows("prohibitions")[0]["condition"] == condition
    assert condition.encode() not in b"".join(bytes(row[0]) for row in sql("SELECT condition FROM prohibition"))


@pytest.mark.clause("8.6")
def test_only_a_founded_state_or_public_interest_goes_before_a_prohibition(office, consented):
    prohibit(office, consented, "last_name")

    for unfounded in (Override("our", "we like it"), Override("public", " ")):
        assert refused(office, consented, "last_name", override=unfounded) == ["override-unfounded"]
    founded = Override("public", "Law on Emergencies, art. 7")
    assert refused(office, consented, "phone", override=founded) == ["consent-missing"]  # a consent it does not replace
    publish(office, consented, "last_name", override=founded)

    assert office.rows("R5")[0]["override"] == "public: Law on Emergencies, art. 7"


@pytest.mark.clause("7.7", "7.4", "8.6")
def test_law_that_compels_publication_is_cited(office, person):
    law = {"basis": "mandatory_disclosure", "citation": "Law on Audit, art. 9"}

    assert refused(office, person, "last_name", basis="contract", citation="5") == ["basis-disabled"]
    assert refused(office, person, "last_name", basis="mandatory_disclosure") == ["citation-missing"]
    publish(office, person, "last_name", **law)
    prohibit(office, person, "last_name")
    assert refused(office, person, "last_name", **law) == ["forbidden"]


def test_everything_missing_is_told_at_once(office, person):
    prohibit(office, person, "phone", "by day")
    prohibit(office, person, "phone")
    write(vault.block, person, reason=CASE, now=office.now)

    assert refused(office, person, "phone", place=" ") == [
        "person-blocked",
        "place-missing",
        "consent-missing",
        "forbidden",
        "condition-open",
    ]
    assert refused(office, person, "iin") == ["person-blocked", "fields-unknown", "consent-missing"]


@pytest.mark.clause("8.6")
def test_blocked_person_may_still_forbid(office, consented):
    write(vault.block, consented, reason=CASE, now=office.now)

    prohibit(office, consented, "first_name", "without the patronymic")

    assert [each.field for each in read(registers.prohibitions, consented)] == ["first_name"]


@on_both_databases
@pytest.mark.clause("2.2", "8.6")
def test_what_a_blocked_person_said_is_shown_to_nobody(office, consented):
    number = prohibit(office, consented, "first_name", "without the patronymic")
    prohibit(office, consented, "last_name")
    write(vault.block, consented, reason=CASE, now=office.now)

    with pytest.raises(vault.PersonBlocked):
        registers.read_condition(number, **office.desk)
    assert [row["condition"] for row in office.rows("prohibitions")] == ["(blocked)", ""]

    write(vault.unblock, consented, reason=CASE, now=office.now)
    assert registers.read_condition(number, **office.desk) == "without the patronymic"
    assert office.rows("prohibitions")[0]["condition"] == "without the patronymic"


@pytest.mark.clause("2.12")
def test_taken_down_once_and_on_record(office, consented):
    number = publish(office, consented, "first_name")
    prohibit(office, consented, "first_name")
    assert office.later(days=2).overview()["R5"]["overdue"] == 1

    registers.unpublish(number, "forbidden", **office.desk)

    (row,) = office.rows("R5")
    assert (row["removal"], row["removed_at"] is not None) == ("forbidden", True)
    assert office.later(days=2).overview()["R5"]["open"] == 0
    assert journal("R5")[-1]["act"] == "delete"
    with pytest.raises(registers.EntryMoved):
        registers.unpublish(number, "again", **office.desk)


@on_both_databases
@pytest.mark.clause("2.14", "D9")
def test_destroyed_persons_words_go_and_what_stands_published_gets_its_last_day(office, consented):
    number = publish(office, consented, "first_name")
    by_law = publish(office, consented, "phone", basis="law_or_treaty", citation="Law 1 art. 2")
    prohibit(office, consented, "phone", "by day")
    vault.destroy(consented, reason=CASE, now=office.now + timedelta(hours=1))

    assert office.rows("prohibitions") == []
    assert all(row["ended_at"] for row in office.rows("consents"))
    assert {row["id"]: row["remove_by"] for row in office.rows("R5")} == {number: "2026-11-24", by_law: "2026-11-24"}
    assert [each.number for each in registers.clocks(9)] == [number, by_law]
    registers.unpublish(number, "taken down", **office.desk)
    assert [each.number for each in registers.clocks(9)] == [by_law]


@on_both_databases
@pytest.mark.clause("2.9", "4.1.d", "D9")
def test_all_consents_to_publication_end_at_once_but_what_was_given_later_stands(office, consented):
    number = publish(office, consented, "first_name")
    later = office.later(hours=1)
    allow(later, consented, "phone")

    for _ in range(2):
        registers.end_publication_consents(
            consented, until=office.now, by="subject", settings=office.settings, now=later.now
        )

    assert [bool(row["ended_at"]) for row in office.rows("consents")] == [True, True, False]
    assert [row["remove_by"] for row in office.rows("R5")] == ["2026-11-24"]
    assert refused(later, consented, "first_name") == ["consent-missing"]
    assert publish(later, consented, "phone") == number + 1
    assert [entry["event"] for entry in journal("consents")].count("registers:consents:ended") == 2


def test_consent_that_proves_nothing_is_not_kept(office, person):
    good: dict[str, Any] = {"method": "paper", "evidence": "folder 3", "place": WALL, "fields": ["phone"]}
    for name, bad in {"method": "nod", "evidence": " ", "place": "", "fields": ["iin"]}.items():
        with pytest.raises(registers.EntryInvalid) as refusal:
            registers.allow_publication(person, **good | {name: bad}, **office.desk)
        assert refusal.value.evidence["errors"] == [name]
    assert office.rows("consents") == []
