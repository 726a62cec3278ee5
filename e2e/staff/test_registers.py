"""Staff keep the registers and let data go; an inspector is shown them; two people destroy somebody early."""

import re

import pytest
from playwright.sync_api import expect

from wadjet import clock, database, vault


@pytest.fixture(scope="module")
def person(house):
    card = vault.Card("Сейітова", "Сәуле", email="saule@example.kz", phone="+77012223344")
    known = vault.expect(card, now=clock.now())
    return database.vault.write(lambda: vault.take_in(card, now=clock.now(), expected=known))


def test_a_breach_is_entered_by_keyboard_and_its_notice_is_ready(staff, house):
    page = staff("staff", "en")
    page.goto(f"{house.url}registers/R8/")
    page.get_by_role("link", name="Enter a breach").focus()
    page.keyboard.press("Enter")

    page.get_by_role("button", name="Enter", exact=True).press("Enter")
    expect(page.get_by_role("group", name="Not entered yet")).to_be_focused()
    page.get_by_role("link", name=re.compile("^Kind")).press("Enter")
    expect(page.get_by_label("Kind")).to_be_focused()
    page.keyboard.type("access")
    page.get_by_label("Scope").fill("a lost laptop")
    page.get_by_label("Detected").fill(clock.now().astimezone(clock.LOCAL).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("telephone").press("Space")
    page.get_by_role("button", name="Enter", exact=True).press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Entered in R8")
    page.get_by_role("link", name="Қазақша").press("Enter")
    expect(page.locator(".paper")).to_contain_text("a lost laptop")
    expect(page.locator(".paper")).to_have_attribute("lang", "kk")


def test_data_go_only_once_nothing_is_missing(staff, house, person):
    page = staff("staff", "ru")
    page.goto(f"{house.url}registers/R12/add")
    page.locator("#kind").select_option("recipient")
    page.locator("#name").fill("ТОО «Курьер»")
    page.locator("#scope").fill("имя, телефон")
    page.get_by_role("button", name="Внести", exact=True).click()
    expect(page.get_by_text("не принял обязанности закона")).to_be_visible()

    page.locator("#duties_on").fill("2026-11-01")
    page.locator("#duties_evidence").fill("договор 7")
    page.locator("section", has=page.locator("#duties_on")).get_by_role("button").click()
    page.get_by_role("link", name="Передать данные").click()
    page.locator("#person").fill(person)
    page.get_by_label("телефон").check()
    page.locator("#purpose").fill("аудит")
    page.locator("#basis").select_option("law_or_treaty")
    page.get_by_role("button", name="Только посмотреть").click()
    expect(page.get_by_role("group", name="Чего не хватает")).to_contain_text("Назовите закон")
    page.locator("#citation").fill("Закон об аудиторской деятельности, ст. 9")
    page.get_by_role("button", name="Передать данные").click()

    expect(page.get_by_role("status")).to_contain_text("Внесено в R3: 1.")


def test_an_inspector_has_the_registers_in_one_click(staff, house, tmp_path):
    page = staff("auditor", "kk")
    page.goto(f"{house.url}registers/")

    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()

    assert download.value.suggested_filename.startswith("registers-")
    assert download.value.path().read_bytes()[:2] == b"PK"


def test_two_people_destroy_somebody_before_their_term(staff, house, person):
    first, second = staff("responsible", "en"), staff("responsible", "en", "dana@wadjet.kz")
    first.goto(f"{house.url}retention/early/")
    first.get_by_label("Person").fill(person)
    first.get_by_label("Ground").select_option("court-act")
    first.get_by_label("Reason").fill("court act 2-1234")
    first.get_by_role("button", name="Propose").click()
    expect(first.get_by_text("another person approves it.")).to_be_visible()
    expect(first.get_by_role("button", name="Approve and destroy")).to_have_count(0)

    second.goto(first.url)
    second.get_by_role("button", name="Approve and destroy").click()

    expect(second.get_by_text("carried out", exact=True)).to_be_visible()
    with pytest.raises(vault.PersonDestroyed):
        database.vault.read(lambda: vault.state(person))
