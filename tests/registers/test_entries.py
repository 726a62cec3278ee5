"""What staff enter and what becomes of it: each with its deadline, once, and on record."""

import threading
from datetime import date, timedelta
from hashlib import sha256

import pytest

from tests.house import on_both_databases
from tests.registers.office import journal
from tests.vault.people import CASE, stranger, take_in, write
from wadjet import database, policy, registers, vault
from wadjet.registers import acts, catalogue, forms, gaps, incidents, inventory, recipients


@on_both_databases
@pytest.mark.clause("3.2.d", "D12")
def test_authoritys_request_has_ten_days_and_its_answer_is_kept(office, tmp_path):
    pack = tmp_path / "answer.zip"
    pack.write_bytes(b"what went out")
    received = "2026-11-20T09:30"
    (number,) = office.add("R7", number="12-5/7", authority="MAIDD", asks="extracts of R3", received_at=received)

    (row,) = office.rows("R7")
    assert (row["due_on"], row["received_at"]) == ("2026-11-30", "2026-11-20T04:30:00.000Z")
    assert office.overview()["R7"]["open"] == 1
    assert [office.later(days=days).overview()["R7"]["overdue"] for days in (7, 8)] == [0, 1]  # the 30th is the last
    office.note("R7", number, answer="out 14 of 24 November", attachments=str(pack))
    (row,) = office.rows("R7")
    assert row["attachments"] == f"answer.zip sha256:{sha256(b'what went out').hexdigest()}"
    assert office.later(days=9).overview()["R7"]["overdue"] == 0
    with pytest.raises(registers.EntryMoved):
        office.note("R7", number, answer="another")
    assert [entry["event"] for entry in journal("R7")] == ["registers:r7:entered", "registers:r7:noted"]


@pytest.mark.clause("D12")
def test_request_may_name_a_day_of_its_own_but_not_a_later_one(office):
    for due, kept in (("2026-11-25", "2026-11-25"), ("2026-12-25", "2026-12-03")):
        office.add("R7", number="1", authority="MAIDD", asks="all", received_at="2026-11-23T10:00", due_on=due)
        assert office.rows("R7")[-1]["due_on"] == kept
    with pytest.raises(registers.EntryInvalid, match="after now"):
        office.add("R7", number="1", authority="MAIDD", asks="all", received_at="2026-11-24T10:00")


@pytest.mark.parametrize("year", ["0001", "0026", "1899", "2206", "9999"])
def test_what_is_told_of_a_year_that_nobody_means_is_refused(office, year):
    told = {"number": "1", "authority": "MAIDD", "asks": "all", "received_at": f"{year}-12-31T23:59"}
    bound = {"kind": "recipient", "name": "Courier LLP", "scope": "name", "duties_evidence": "contract 7"}

    with pytest.raises(registers.EntryInvalid, match="received_at must be a time like"):
        office.add("R7", **told)
    with pytest.raises(registers.EntryInvalid, match="duties_on must be a day like"):
        office.add("R12", **bound, duties_on=f"{year}-11-28")


@on_both_databases
@pytest.mark.clause("D5")
def test_breach_has_one_working_day(office):
    (number,) = office.add(
        "R8",
        kind="access",
        scope="a copy of the mailbox was read",
        detected_at="2026-11-21T23:00",
        fields="email phone",
    )

    assert office.rows("R8")[0]["due_on"] == "2026-11-23"  # a Saturday's is due on Monday
    assert office.later(days=1).overview()["R8"]["overdue"] == 1
    with pytest.raises(registers.EntryInvalid, match="notice"):
        office.note("R8", number, follow_up="keys changed")
    office.note("R8", number, reference="out 15")
    office.note("R8", number, follow_up="keys changed")
    (row,) = office.rows("R8")
    assert (row["reference"], row["follow_up"], row["closed_at"] is not None) == ("out 15", "keys changed", True)
    assert office.later(days=1).overview()["R8"]["overdue"] == 0


@pytest.mark.clause("D5")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", ["УВЕДОМЛЕНИЕ", "несанкционированный доступ", "электронной почты", "ТОО «Уаджет»", "устанавливается"]),
        ("kk", ["ХАБАРЛАМА", "рұқсатсыз қол жеткізу", "электрондық пошта", "«Уаджет» ЖШС", "анықталуда"]),
    ],
)
def test_notice_of_a_breach_is_prepared_with_the_responsible_persons_contacts(language, said, office):
    office.add("R8", kind="access", scope="<mailbox> read & copied", detected_at="2026-11-23T09:05", fields="email")

    text = incidents.notice(1, language, settings=office.settings)

    for words in (*said, "123456789012", "A. Person, office@wadjet.kz", "The authority", "23.11.2026 09:05"):
        assert words in text
    assert "<mailbox> read & copied" in text
    assert "____" in text  # the measures are not known yet, nor is it signed


@pytest.mark.clause("2.14")
def test_act_of_destruction_is_entered_by_the_vault_and_completed_by_who_knows_why(office, person):
    vault.destroy(person, reason=CASE, now=office.now)

    (row,) = office.rows("R9")
    assert (row["act"], row["object"], row["ground"], row["citation"]) == ("destroy", person, "other", CASE)
    write(
        registers.record_act,
        "destroy",
        person,
        ground="withdrawn",
        citation="request 17",
        method="key destroyed",
        backups_until=date(2026, 12, 31),
        **office.desk,
    )
    (row,) = office.rows("R9")
    assert (row["ground"], row["citation"], row["by"]) == ("withdrawn", "request 17", "accountant")
    assert row["backups_until"] == "2026-12-31"
    write(registers.record_act, "destroy", person, ground="other", by="somebody", now=office.now)
    assert [row["ground"] for row in office.rows("R9")] == ["withdrawn"]


@pytest.mark.clause("2.5")
def test_who_was_depersonalised_stands_in_one_act(office, person):
    vault.destroy(person, reason=CASE, now=office.now)
    for _ in range(2):
        write(registers.record_act, "depersonalise", person, ground="subject-demand", **office.desk)

    found = [(row["act"], row["ground"], row["by"]) for row in office.rows("R9")]
    assert found == [("depersonalise", "subject-demand", "accountant")]


def test_act_entered_beforehand_is_not_entered_again_by_the_vault(office, person):
    write(registers.record_act, "destroy", person, ground="subject-demand", **office.desk)

    vault.destroy(person, reason=CASE, now=office.now)

    write(registers.record_act, "destroy", person, ground="other", by="somebody", now=office.now)

    assert [(row["ground"], row["by"]) for row in office.rows("R9")] == [("subject-demand", "accountant")]


def test_act_without_a_ground_of_the_law_is_refused(office):
    with pytest.raises(registers.EntryInvalid) as refusal:
        write(registers.record_act, "burn", "", ground="spring cleaning", method="", **office.desk)
    assert refusal.value.evidence["errors"] == ["act", "object", "ground", "method"]
    office.add("R9", act="depersonalise", object="contact_message: 12", ground="retention-over", method="fields cut")
    assert "without the day the last backup goes: 1" in office.overview()["R9"]["missing"]
    assert set(acts.ACTS) == {"destroy", "depersonalise"}


@on_both_databases
@pytest.mark.clause("2.4")
def test_our_own_systems_are_in_the_register_and_staff_say_where_they_stand(office):
    ours = {row["name"]: row for row in office.rows("systems")}
    assert set(ours) == {"receipts", "vault", "person_keys"}
    assert "Wadjet Consent" in ours["vault"]["software"]
    assert "receipts vault person_keys" in office.overview()["systems"]["missing"]

    office.add("systems", name="vault", place="Almaty, data centre 2", owner="LLP Wadjet")
    office.add(
        "systems", name="backups", place="Hamburg", owner="LLP Wadjet", country="DE", holds="all", software="restic"
    )

    rows = {row["name"]: row for row in office.rows("systems")}
    assert (rows["vault"]["place"], rows["vault"]["owner"]) == ("Almaty, data centre 2", "LLP Wadjet")
    missing = office.overview()["systems"]["missing"]
    assert "receipts person_keys" in missing
    assert "not in Kazakhstan (art. 12(2)): backups" in missing
    with pytest.raises(registers.EntryInvalid, match="what it holds"):
        office.add("systems", name="mailbox", place="Almaty", owner="LLP Wadjet")
    with pytest.raises(registers.EntryInvalid, match="is in it"):
        office.add("systems", name="vault", place="Astana", owner="LLP Wadjet")
    office.note("systems", 1, until="2026-11-30")
    office.add("systems", name="vault", place="Astana", owner="LLP Wadjet")
    assert [row["until"] for row in office.rows("systems") if row["place"] == "Almaty, data centre 2"] == ["2026-11-30"]


@pytest.mark.clause("3.1.c", "8.0")
def test_measures_are_a_list_in_versions_with_evidence(office):
    for kind, measure in (("legal", "policy"), ("organisational", "briefing"), ("technical", "a key per person")):
        office.add("measures", kind=kind, measure=measure, evidence="order 5", approver="director, order 5")
    assert office.overview()["measures"]["missing"] == ""
    office.note("measures", 2, ended="yes")

    def of(version):
        return [row["measure"] for row in write(inventory.measures, version)]

    assert [of(version) for version in (0, 1, 3, 4)] == [
        [],
        ["policy"],
        ["policy", "briefing", "a key per person"],
        ["policy", "a key per person"],
    ]
    assert [(row["from_version"], row["to_version"]) for row in office.rows("measures")] == [
        (1, None),
        (2, 4),
        (3, None),
    ]
    assert office.overview()["measures"]["missing"] == "none of this kind: organisational"
    with pytest.raises(registers.EntryMoved):
        office.note("measures", 2, ended="yes")


@pytest.mark.clause("8.5")
def test_services_of_others_are_registered_with_their_policies(office):
    told = {"name": "Maps", "purpose": "the way to us", "data": "address of the browser", "country": "US"}
    for bad in ("maps.example/privacy", "javascript:alert(1)", "https://"):
        with pytest.raises(registers.EntryInvalid, match="policy_url"):
            office.add("services", **told, policy_url=bad)
    office.add("services", **told, policy_url="https://maps.example/privacy")
    office.note("services", 1, until="2026-12-31")

    (row,) = office.rows("services")
    assert (row["policy_url"], row["until"]) == ("https://maps.example/privacy", "2026-12-31")


@pytest.mark.clause("11.0")
def test_staff_and_recipients_stand_with_duties_and_period(office):
    assert "nobody of the staff" in office.overview()["R12"]["missing"]
    (staff,) = office.add("R12", kind="staff", name="accountant, no. 4", scope="R3, vault")
    assert f"duties not accepted: {staff}" in office.overview()["R12"]["missing"]
    office.note("R12", staff, duties_on="2026-11-20", duties_evidence="undertaking 4")
    office.note("R12", staff, until="2026-12-01")

    (row,) = office.rows("R12")
    assert (row["duties_on"], row["until"], row["country"]) == ("2026-11-20", "2026-12-01", "KZ")
    assert office.overview()["R12"]["missing"] == ""
    with pytest.raises(registers.EntryInvalid, match="belong together"):
        office.add("R12", kind="staff", name="clerk", scope="R7", duties_on="2026-11-20")
    with pytest.raises(registers.EntryInvalid, match="address"):
        office.add("R12", kind="staff", name="clerk@wadjet.kz", scope="R7")
    with pytest.raises(registers.EntryUnknown):
        office.note("R12", 7, until="2026-12-01")


@pytest.mark.clause("10.1", "10.2")
def test_notice_of_a_transfer_is_about_a_recipient_abroad(office):
    home, abroad = office.recipient(), office.recipient("Versand GmbH", "DE")

    for kind, recipient in (("cross-border", None), ("start", abroad), ("cross-border", home)):
        with pytest.raises(registers.EntryInvalid):
            recipients.notify_authority(kind, "out 1", sent_on=office.today, recipient=recipient, **office.desk)
    early = office.today - timedelta(days=1)
    with pytest.raises(registers.EntryInvalid, match=r"10\.2"):
        recipients.notify_authority("cross-border", "out 1", sent_on=early, recipient=abroad, **office.desk)
    assert [(row["kind"], row["recipient"]) for row in office.rows("notices")] == [("cross-border", "Versand GmbH")]


@pytest.mark.clause("D17")
def test_large_operator_is_told_to_notify_of_the_start(office, person):
    assert gaps.SMALL == 10_000
    assert office.overview()["notices"]["missing"] == ""
    columns = "id, created_on, last_name, first_name, patronymic, phone, email"

    def crowd():
        statement = f"INSERT INTO person ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)"
        for number in range(gaps.SMALL):
            database.vault.execute(statement, f"{number:022}", "2026-11-23", b"", b"", b"", b"", b"")

    write(crowd)
    assert "10,001 people" in office.overview()["notices"]["missing"]
    office.add("notices", kind="start", reference="out 3", sent_on="2026-11-23")
    assert office.overview()["notices"]["missing"] == ""


def test_policy_versions_stand_with_their_approval(app, office, publish):
    assert "without an approval: 1" in office.overview()["R11"]["missing"]

    office.add("R11", version="1", approver="director, order 5", on="2026-11-20")

    (row,) = office.rows("R11")
    assert (row["approver"], row["approved_on"], row["languages"]) == ("director, order 5", "2026-11-20", "kk ru en")
    assert row["digest"] == policy.version(1).digest
    assert "feedback: сообщение" in row["data"]
    with pytest.raises(registers.EntryInvalid, match="already"):
        office.add("R11", version="1", approver="director", on="2026-11-20")


@pytest.mark.clause("9.1", "9.2")
def test_journal_of_both_databases_is_a_register(app, office, person):
    office.allow("Courier LLP")
    office.provide(person, office.recipient(), network=False)

    rows = office.rows("R10")

    assert {"policy:version:published", "vault:person:taken-in", "registers:r3:provided"} <= {
        row["event"] for row in rows
    }
    assert {row["database"] for row in rows} == {"receipts", "vault"}
    (provided,) = (row for row in rows if row["act"] == "provide" and row["database"] == "vault")
    assert "over=no network" in provided["facts"]
    assert provided["by"] == "accountant"


def test_other_rooms_show_their_own(office, person):
    rows = [{"id": 1, "kind": "rectify", "person": person}]
    before = dict(catalogue._registers)
    try:
        registers.shown_by("R6", "", lambda: rows)
        assert office.rows("r6") == rows
        assert office.overview()["R6"]["title"] == "Requests of data subjects"
    finally:
        catalogue._registers.clear()
        catalogue._registers.update(before)
    with pytest.raises(registers.RegisterUnknown, match="R12"):
        office.rows("R13")


def test_overview_tells_every_register_in_order(office):
    assert list(office.overview())[:12] == [f"R{n}" for n in range(1, 13)]


def test_every_mistake_of_an_entry_is_told(office):
    with pytest.raises(registers.EntryInvalid) as refusal:
        office.add("R8", kind="flood", scope="", detected_at="yesterday", people="many", colour="red")

    told = refusal.value.evidence["errors"]
    assert [text.partition(" ")[0] for text in told] == ["colour", "kind", "scope", "detected_at", "people"]
    with pytest.raises(registers.EntryInvalid, match=r"authority=… .* is missing"):
        office.add("R7", number="1")
    with pytest.raises(registers.EntryInvalid, match="number is given twice"):
        forms.add("R7", [("number", "1"), ("number", "2")], settings=office.settings, **office.desk)
    with pytest.raises(registers.EntryInvalid, match="acts themselves"):
        office.add("R1", id="1")
    with pytest.raises(registers.EntryInvalid, match="Note one of"):
        office.note("R7", 1, colour="red")
    with pytest.raises(registers.EntryInvalid, match="Nothing is noted"):
        office.note("R10", 1, seq="1")
    assert office.rows("R8") == []


def test_entries_by_many_hands_at_once_get_numbers_of_their_own(office, now):
    people = [take_in(stranger(), now) for _ in range(8)]
    recipient = office.recipient()
    office.allow("Courier LLP")
    hands = [threading.Thread(target=office.provide, args=(person, recipient)) for person in people]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert [row["id"] for row in office.rows("R3")] == list(range(1, 9))
    assert {row["person"] for row in office.rows("R3")} == set(people)
