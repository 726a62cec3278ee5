"""What goes on beside the answers: whose a request may be is found without mail too, and no day passes unnoticed."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.house import on_both_databases
from tests.rights.desk import STAFF, Desk
from tests.writer import AIGERIM
from wadjet import clock, consent, database, ledger, mail, rights, vault, workdays


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.LOCAL)


def alarms() -> int:
    return len([row for row in mail.listing() if row.kind == "rights-due"])


@on_both_databases
@pytest.mark.clause("8.4.b", "3.2.a")
def test_whose_a_request_is_is_found_where_no_mail_is_sent(desk: Desk):
    desk.settings = replace(desk.settings, mail_url="")
    receipt = desk.write(AIGERIM).id
    request, strangers = desk.ask("withdraw", AIGERIM["email"]), desk.ask("withdraw", "nobody@example.kz")

    rights.watch(desk.settings, desk.now)
    rights.watch(desk.settings, desk.now)

    assert [len(desk.subjects(each)) for each in (request, strangers)] == [2, 1]
    desk.prove(request)
    assert not consent.standing(receipt)["feedback"]


@on_both_databases
@pytest.mark.clause("D1", "D6")
def test_warned_of_before_midnight_in_almaty_and_late_from_midnight_on(desk: Desk):
    desk.watch.moment = at("2026-11-23T23:59:59.900")
    request = desk.ask("rectify", AIGERIM["email"])  # D1: until the end of Tuesday
    seen = []
    for moment in ("2026-11-24T23:59:59.999", "2026-11-25T00:00:00"):
        desk.watch.moment = at(moment)
        rights.watch(desk.settings, desk.now)
        rights.watch(desk.settings, desk.now)
        (row,) = rights.listing(now=desk.now)
        seen.append((row["due_on"], row["overdue"], alarms()))

    assert seen == [("2026-11-24", False, 1), ("2026-11-24", True, 2)]
    assert desk.state(request) == "new"


@on_both_databases
@pytest.mark.clause("D1", "D6")
def test_what_was_late_under_one_clock_is_warned_of_again_under_another(desk: Desk):
    desk.watch.moment = at("2026-11-23T10:00")
    request = desk.ask("triage", AIGERIM["email"], channel="email")
    desk.watch.moment = at("2026-11-25T10:00")
    rights.watch(desk.settings, desk.now)

    rights.take(request, by=STAFF, kind="withdraw", settings=desk.settings, now=desk.now)
    (row,) = rights.listing(now=desk.now)
    for day in (-1, 1):
        desk.watch.moment = at(row["due_on"]) + timedelta(days=day, hours=12)
        rights.watch(desk.settings, desk.now)

    assert alarms() == 3


@on_both_databases
@pytest.mark.clause("D3", "D10")
def test_a_day_off_that_is_worked_brings_days_forward_and_a_worked_one_off_puts_none_off(desk: Desk):
    desk.watch.moment = at("2027-04-02T11:00")  # a Friday
    request, asked, extended = desk.ask("destroy", AIGERIM["email"]), *(desk.ask("question", "q@q.kz") for _ in "12")
    until = date(2027, 4, 20)
    rights.extend(extended, until=until, reason="case 7", by=STAFF, settings=desk.settings, now=desk.now)
    assert due(request, asked, extended) == ["2027-04-05", "2027-04-07", "2027-04-20"]

    worked = workdays.Calendar(working_days=frozenset([date(2027, 4, 3)]))
    for _ in range(2):
        rights.recount(replace(desk.settings, calendar=worked), desk.now)
    assert due(request, asked, extended) == ["2027-04-03", "2027-04-06", "2027-04-20"]
    assert [each["event"] for each in ledger.history([request], database.vault)].count("rights:request:recounted") == 1

    off = workdays.Calendar(days_off=frozenset([date(2027, 4, 5), date(2027, 4, 6)]))
    rights.recount(replace(desk.settings, calendar=off), desk.now)
    assert due(request, asked, extended) == ["2027-04-03", "2027-04-06", "2027-04-20"]


def due(*requests: str) -> list[str]:
    return [rights.outline(each).row.due_on for each in requests]


@on_both_databases
@pytest.mark.clause("8.4.b", "D6")
def test_a_letter_that_staff_find_to_be_a_withdrawal_ends_the_consent_if_it_was_proven(desk: Desk):
    receipt = desk.write(AIGERIM).id
    request = desk.asked("triage", AIGERIM["email"], channel="email")
    assert consent.standing(receipt)["feedback"]

    rights.take(request, by=STAFF, kind="stop", settings=desk.settings, now=desk.now)

    assert not consent.standing(receipt)["feedback"]


@on_both_databases
@pytest.mark.clause("D1", "8.7")
def test_neither_a_damaged_demand_nor_a_locked_vault_keeps_the_others_from_being_seen(desk: Desk):
    desk.watch.moment = at("2026-11-23T10:00")
    desk.write(AIGERIM)
    asked = [desk.ask("rectify", AIGERIM["email"]) for _ in range(4)]
    broken = sorted(asked)[0]
    spoil = "UPDATE rights_request SET said = ? WHERE id = ?"
    database.vault.write(lambda: database.vault.execute(spoil, b"\0" * 60, broken))

    rights.watch(desk.settings, desk.now)

    assert [bool(desk.subjects(each)) for each in sorted(asked)] == [False, True, True, True]
    assert alarms() == 1

    desk.ask("rectify", AIGERIM["email"])
    desk.watch.moment = at("2026-11-25T10:00")
    (desk.settings.home / "keys" / "vault.json").rename(desk.settings.home / "away.json")
    vault.start(desk.settings, now=desk.now)
    with pytest.raises(vault.VaultLocked):
        rights.watch(desk.settings, desk.now)

    assert alarms() == 2


@on_both_databases
@pytest.mark.clause("12.1")
def test_however_many_write_the_operator_is_told_once_an_hour_and_misses_none(desk: Desk):
    desk.watch.moment = at("2026-11-23T10:00")
    for _ in range(30):
        desk.ask("triage", AIGERIM["email"], channel="email")
        desk.watch.advance(minutes=1)
        rights.watch(desk.settings, desk.now)
    assert alarms() == 1

    desk.watch.moment = at("2026-11-23T11:00")
    rights.watch(desk.settings, desk.now)

    assert alarms() == 2
    told = "SELECT count(*) FROM rights_request WHERE told = 'soon'"
    assert database.vault.read(lambda: database.vault.execute(told).fetchone()) == (30,)
