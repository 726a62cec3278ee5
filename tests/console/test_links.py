"""From one page to the others: what has a page of its own is a link wherever it is named, but where that is a right."""

import pytest

from tests.house import on_both_databases
from tests.rights.desk import people_of
from tests.writer import AIGERIM
from wadjet import consent, contact, database, policy, registers, retention
from wadjet.console import ROLES

MAIL = AIGERIM["email"]


@pytest.fixture
def person(house):
    (found,) = people_of(MAIL)
    return found


def leads_to(page, path):
    return f'href="/console/{path}"' in page.text


@pytest.mark.parametrize("role", ["responsible", "staff", "auditor"])
def test_from_a_person_to_each_message_and_request(house, desk, person, role):
    message, request = contact.page()[0].id, house.asked("rectify", MAIL)

    page = desk(role).get(f"persons/{person}/")

    assert leads_to(page, f"messages/{message}/")
    assert leads_to(page, f"requests/{request}/")


def test_from_a_message_to_its_person_and_its_receipt(house, desk, person):
    (message,) = contact.page()
    number = consent.number_of(contact.look(message.id).receipt)
    work = desk("auditor")

    page = work.get(f"messages/{message.id}/")

    assert leads_to(page, f"persons/{person}/")
    assert leads_to(page, f"receipts/{number}/")
    assert work.get(f"receipts/{number}/").status_code == 200


def test_from_a_request_to_people_receipt_and_registers(house, desk, person):
    receipt = contact.look(contact.page()[0].id).receipt
    request = house.asked("withdraw", MAIL, receipt=receipt)
    registers.prohibit(person, "phone", by="dana", settings=house.settings, now=house.now)
    work = desk("staff")

    page, opened = work.get(f"requests/{request}/"), work.post(f"requests/{request}/open")

    assert leads_to(page, f"persons/{person}/")
    assert leads_to(page, "registers/R6/")
    assert leads_to(page, "registers/prohibitions/1/")
    assert leads_to(opened, f"receipts/{consent.number_of(receipt)}/")
    assert receipt not in opened.text
    card = work.post(f"persons/{person}/open", {"request": request})
    assert (card.status_code, MAIL in card.text) == (200, True)


def test_a_receipt_that_nobody_gave_out_is_shown_as_it_was_named(house, desk):
    request = house.asked("withdraw", MAIL, receipt="A" * 22)

    assert "A" * 22 in desk("staff").post(f"requests/{request}/open").text


@on_both_databases
def test_the_entries_that_tell_of_people_the_newest_first(house, person):
    registers.prohibit(person, "phone", by="dana", settings=house.settings, now=house.now)
    house.watch.advance(days=1)
    database.vault.write(
        lambda: registers.record_act("depersonalise", person, ground="other", by="dana", now=house.now)
    )

    assert registers.entries_of([person, "A" * 22]) == [("R9", 1), ("prohibitions", 1)]
    assert registers.entries_of([person], limit=1) == [("R9", 1)]
    assert registers.entries_of(["A" * 22]) == registers.entries_of([]) == []


def test_from_the_journal_to_what_a_row_is_about_and_to_no_receipt(house, desk, person, now):
    request, (message,) = house.asked("rectify", MAIL), contact.page()
    registers.prohibit(person, "phone", by="dana", settings=house.settings, now=house.now)
    policy.drafts.begin(settings=house.settings, by="staff-9", now=now)
    retention.propose(person, ground="court-act", reason="case 7", by="staff-9", now=now)
    work = desk("auditor")

    page = work.get("journal/")

    for path in (
        f"persons/{person}/",
        f"requests/{request}/",
        f"messages/{message.id}/",
        "registers/prohibitions/1/",
        "policy/drafts/1/",
        "retention/early/1/",
    ):
        assert leads_to(page, path), path
        assert work.get(path).status_code == 200
    consents = work.get("journal/?of=consents").text
    assert contact.look(message.id).receipt in consents
    assert f'{contact.look(message.id).receipt}/"' not in consents


def test_what_is_gone_has_no_page(house, desk, person, now):
    policy.drafts.begin(settings=house.settings, by="staff-9", now=now)
    retention.propose(person, ground="court-act", reason="case 7", by="staff-9", now=now)
    retention.approve(1, by="staff-8", settings=house.settings, now=now)

    page = desk("auditor").get("journal/?event=vault:person:destroyed")

    assert person in page.text
    assert not leads_to(page, f"persons/{person}/")


@pytest.mark.parametrize("role", ROLES)
def test_what_an_inspector_gets_is_found_from_where_one_looks(house, desk, role):
    work, may = desk(role), "inspector:export" in ROLES[role].permissions

    for path in ("receipts/", "registers/", "journal/"):
        page = work.get(path)
        if page.status_code == 200:
            assert leads_to(page, "inspector/") is may, path
    if may:
        assert leads_to(work.get("inspector/"), "registers/#files")
        assert 'id="files"' in work.get("registers/").text


def test_an_area_stays_marked_on_the_pages_beside_it(house, desk, person):
    work = desk("auditor")

    for path, area in ((f"persons/{person}/", "messages"), ("inspector/", "receipts")):
        assert f'<a href="/console/{area}/" aria-current="page">' in work.get(path).text


def test_letters_are_chosen_in_ones_account(desk):
    work = desk("staff")

    assert leads_to(work.get("account/"), "notifications/")
    assert not leads_to(work.get("messages/"), "notifications/")
