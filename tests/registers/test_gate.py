"""Data go to a third party through the gate or not at all, and whoever is refused hears of everything at once."""

from datetime import timedelta

import pytest

from tests.house import on_both_databases
from tests.registers.office import RECEIPT, journal
from tests.vault.people import AIGERIM, BOLAT, CASE, read, sql, take_in, write
from wadjet import registers, vault
from wadjet.registers import gate, recipients


def refused(office, person, recipient, *fields, **changes):
    """What is missing, as the gate says it; nothing has gone into the register."""
    before = office.rows("R3")
    with pytest.raises(registers.TransferRefused) as refusal:
        office.provide(person, recipient, *fields, **changes)
    assert office.rows("R3") == before
    return refusal.value.evidence["missing"]


@on_both_databases
@pytest.mark.clause("2.11", "8.2", "9.2")
def test_transfer_is_entered_before_the_data_leave(office, person):
    office.allow("courier  LLP")
    recipient = office.recipient()

    transfer = office.provide(person, recipient, "last_name", "phone")

    (row,) = office.rows("R3")
    assert (row["id"], row["person"], row["recipient"]) == (transfer.number, person, "Courier LLP")
    assert (row["fields"], row["purpose"], row["basis"]) == ("last_name phone", "delivery", "consent")
    assert (row["consent"], row["network"], row["tell_by"], row["by"]) == (RECEIPT, True, None, "accountant")
    assert office.rows("R4") == []
    (entry,) = journal("R3")
    assert (entry["act"], entry["over"], entry["country"]) == ("provide", "network", "KZ")


def test_entry_holds_codes_and_a_sealed_receipt_alone(office, person):
    office.allow("Courier LLP")
    office.provide(person, office.recipient(), *registers.FIELDS)

    stored = repr(sql("SELECT * FROM transfer")) + repr(journal("R3"))

    assert RECEIPT not in stored
    assert not any(value in stored for value in (AIGERIM.last_name, AIGERIM.phone, AIGERIM.email))


@pytest.mark.clause("8.2", "11.0")
def test_recipient_must_be_registered_bound_and_current(office, person):
    office.allow("Courier LLP", "Printer LLP", "Old LLP", "Early LLP")
    unbound = office.recipient("Printer LLP", duties_on=None, duties_evidence="")
    staff = recipients.register("staff", "accountant, no. 4", scope="all", **office.desk)
    over, early = office.recipient("Old LLP"), office.recipient("Early LLP", since=office.today + timedelta(days=1))
    recipients.end_access(over, office.today, **office.desk)

    assert refused(office, person, 99) == ["recipient-unregistered"]
    assert refused(office, person, staff) == ["recipient-unregistered"]
    assert refused(office, person, unbound) == ["duties-not-accepted"]
    assert refused(office, person, over) == refused(office, person, early) == ["access-over"]

    recipients.accept_duties(unbound, office.today + timedelta(days=1), "contract 8", **office.desk)
    assert refused(office, person, unbound) == ["duties-not-accepted"]
    office = office.later(days=1)
    assert office.provide(person, unbound).number == 1


@pytest.mark.clause("8.2")
def test_consent_must_stand_for_the_purpose_and_name_the_recipient(office, person):
    recipient = office.recipient()
    assert refused(office, person, recipient) == ["consent-missing"]

    office.allow("Courier LLP", purpose="news")
    assert refused(office, person, recipient) == ["consent-missing"]
    office.allow("Another LLP")
    assert refused(office, person, recipient) == ["recipient-not-named"]
    office.allow("Courier LLP", days=-1)
    assert refused(office, person, recipient) == ["recipient-not-named"]
    office.allow("Courier LLP", days=0)
    assert refused(office, person, recipient, consent="B" * 22) == ["consent-missing"]
    assert office.provide(person, recipient, consent=RECEIPT).number == 1


@on_both_databases
@pytest.mark.clause("2.13", "10.1", "10.2")
def test_transfer_abroad_needs_facts_notice_and_a_consent_that_names_the_country(office, person):
    office.allow("Versand GmbH")
    abroad = office.recipient("Versand GmbH", "DE", country_facts="")
    assert refused(office, person, abroad) == ["country-facts-missing", "notice-missing", "country-not-allowed"]

    with pytest.raises(registers.EntryInvalid, match=r"10\.2"):
        office.notify(abroad)
    recipients.tell_of_country(abroad, "GDPR, an authority in each land", **office.desk)
    assert refused(office, person, abroad) == ["notice-missing", "country-not-allowed"]
    notice = office.notify(abroad)
    assert refused(office, person, abroad) == ["country-not-allowed"]
    office.allow("Somebody else", countries=("DE",))
    assert refused(office, person, abroad) == ["country-not-allowed"]  # no single consent names both
    office.allow("Versand GmbH", countries=("DE", "US"))
    transfer = office.provide(person, abroad)

    assert transfer.is_abroad
    (row,) = office.rows("R4")
    assert (row["country"], row["notice"], row["country_facts_on"]) == ("DE", "out 12", office.today.isoformat())
    assert (notice, len(office.rows("R3"))) == (1, 1)


@pytest.mark.clause("2.2", "8.2", "10.1")
def test_everything_missing_is_told_at_once(office, person):
    abroad = office.recipient("Versand GmbH", "DE", country_facts="", duties_on=None, duties_evidence="")
    write(vault.block, person, reason=CASE, now=office.now)

    assert refused(office, person, abroad, "iin", purpose=" ") == [
        "person-blocked",
        "fields-unknown",
        "purpose-missing",
        "duties-not-accepted",
        "country-facts-missing",
        "notice-missing",
        "consent-missing",
    ]


@pytest.mark.clause("2.2")
def test_nothing_of_a_blocked_or_destroyed_person_is_handed_over(office, person):
    office.allow("Courier LLP")
    recipient = office.recipient()
    write(vault.block, person, reason=CASE, now=office.now)
    assert refused(office, person, recipient) == ["person-blocked"]

    write(vault.unblock, person, reason=CASE, now=office.now)
    vault.destroy(person, reason=CASE, now=office.now)
    with pytest.raises(vault.PersonDestroyed):
        office.provide(person, recipient)


def test_fields_are_named_by_code_each_once(office, person):
    office.allow("Courier LLP")
    recipient = office.recipient()

    for fields in (("iin",), ("Сейтова",), ("phone", "phone"), ("last_name phone",)):
        assert refused(office, person, recipient, *fields) == ["fields-unknown"]


HOLLOW = [
    ("contract", "contract 5", "basis-disabled"),
    ("legitimate_interest", "ours", "basis-disabled"),
    ("law_or_treaty", "", "citation-missing"),
    ("justice_enforcement", " ", "citation-missing"),
    ("mandatory_disclosure", "Federal law 152", "citation-foreign"),
    ("law_or_treaty", "Федеральный закон", "citation-foreign"),
    ("made_public_by_subject", "her page", "source-missing"),
    ("friendship", "old", "basis-unknown"),
]
CITED = {
    "law_or_treaty": "Tax Code, art. 24",
    "justice_enforcement": "writ 11 of 2026-11-20",
    "made_public_by_subject": "https://example.kz/about",
    "mandatory_disclosure": "94-V art. 9(8)",
}


@pytest.mark.clause("7.2", "7.3", "7.4", "7.5", "7.6", "7.7")
def test_ground_that_does_not_hold_is_refused(office, person):
    office.allow("Courier LLP")
    recipient = office.recipient()

    for basis, citation, missing in HOLLOW:
        assert refused(office, person, recipient, basis=basis, citation=citation) == [missing]


@pytest.mark.clause("7.2", "7.3", "7.6", "7.7")
def test_cited_ground_needs_no_consent_and_keeps_its_citation(office, person):
    recipient = office.recipient()

    for basis, citation in CITED.items():
        office.provide(person, recipient, basis=basis, citation=citation)

    assert {row["basis"]: row["citation"] for row in office.rows("R3")} == CITED
    assert {row["consent"] for row in office.rows("R3")} == {""}


@pytest.mark.clause("2.13")
def test_only_a_law_carries_data_abroad_without_consent(office, person):
    abroad = office.recipient("Versand GmbH", "DE")

    page = {"basis": "made_public_by_subject", "citation": "https://example.kz/about"}
    assert refused(office, person, abroad, **page) == ["country-not-allowed"]
    assert office.provide(person, abroad, basis="law_or_treaty", citation="Treaty of 1 May 2020").is_abroad


@on_both_databases
@pytest.mark.clause("D8")
def test_agreed_notice_begins_its_ten_working_days(office, person):
    office.allow("Courier LLP")
    transfer = office.provide(person, office.recipient(), notify=True)

    assert transfer.tell_by.isoformat() == "2026-12-07"  # from Monday 23 November
    assert (office.overview()["R3"]["open"], office.overview()["R3"]["overdue"]) == (1, 0)
    assert office.later(days=15).overview()["R3"]["overdue"] == 1
    gate.told(transfer.number, office.today, **office.desk)
    assert (office.overview()["R3"]["open"], office.rows("R3")[0]["told_on"]) == (0, "2026-11-23")
    with pytest.raises(registers.EntryMoved):
        gate.told(transfer.number, office.today, **office.desk)


@pytest.mark.clause("8.7")
def test_words_that_name_the_person_are_not_kept(office, person):
    office.allow("Courier LLP", purpose="parcel for Сейтова")
    recipient = office.recipient()

    with pytest.raises(vault.ReasonUnfit):
        office.provide(person, recipient, purpose="parcel for Сейтова")
    with pytest.raises(vault.ReasonUnfit):
        office.provide(person, recipient, basis="law_or_treaty", citation="writ on aigerim@example.kz")
    assert office.rows("R3") == []


@on_both_databases
@pytest.mark.clause("2.14")
def test_entry_outlives_its_person_and_the_receipt_does_not(office, person, now):
    office.allow("Courier LLP")
    office.provide(person, office.recipient())
    other = take_in(BOLAT, now)
    office.provide(other, 1)
    vault.destroy(person, reason=CASE, now=now)

    assert [row["consent"] for row in office.rows("R3")] == ["", RECEIPT]
    assert sql("SELECT consent FROM transfer WHERE person = ?", person) == [(None,)]


def test_entries_are_no_messages_of_the_persons(office, person):
    office.allow("Courier LLP")
    office.provide(person, office.recipient())

    assert read(vault.held, person) == 0
