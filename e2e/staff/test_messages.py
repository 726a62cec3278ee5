"""Somebody writes, staff find it, open it, answer by mail, put a card right: by keyboard alone, and as axe wants it."""

import secrets

import pytest
from playwright.sync_api import Page, expect

from e2e.looks import IN_LANGUAGES, expect_accessible
from e2e.pages import say
from tests.rights.desk import Desk, people_of, text_of, to
from tests.writer import AIGERIM
from wadjet import clock, contact, database, vault


@pytest.fixture
def office(house):
    return Desk(house.settings, clock.now)


@pytest.fixture
def written(office):
    """Somebody who wrote a moment ago: who, and their message's id."""
    written = AIGERIM | {"email": f"{secrets.token_hex(6)}@example.kz", "phone": f"+7701{secrets.randbelow(10**7):07}"}
    office.write(written)
    office.post()
    (person,) = people_of(written["email"])
    return written, contact.written_by([person])[0].id


def press(page: Page, name: str) -> None:
    """By keyboard: Tab until it has the focus, then Enter."""
    wanted = page.get_by_role("button", name=name, exact=True).first
    expect(wanted).to_be_visible()
    page.locator("body").press("Home")
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_an_answer_goes_by_keyboard_alone(staff, house, office, written):
    someone, message = written
    page = staff("staff", "ru")
    page.goto(f"{house.url}messages/")

    page.get_by_role("textbox").focus()
    page.keyboard.type(someone["email"].upper())
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("По этим данным известен 1 человек.")
    page.locator(f"a[href$='/messages/{message}/']").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Сообщение от")
    expect(page.locator("main")).not_to_contain_text(someone["message"])
    press(page, "Открыть")
    expect(page.locator("blockquote")).to_have_text(someone["message"])

    text = page.locator("textarea:visible")
    expect(text).to_have_value(
        "Сәлеметсіз бе, Әйгерім Болатқызы!\n\nБізге жазғаныңыз үшін рақмет.\n\n[…]\n\nҚұрметпен,\n«Wadjet» ЖШС"
    )
    press(page, "Отправить ответ")
    expect(page.locator(".error")).to_contain_text("[…]")
    text.fill("Сәлеметсіз бе!\n\nКеңсе 9-дан 18-ге дейін ашық.")
    press(page, "Отправить ответ")
    expect(page.locator(".note")).to_have_text("Ответ отправляется по почте.")
    expect(page.locator(".told")).to_contain_text("Отвечено")

    (letter,) = (each for each in office.post() if to(each) == someone["email"])
    assert text_of(letter).startswith("Сәлеметсіз бе!\n\nКеңсе 9-дан 18-ге дейін ашық.")


def test_a_card_is_opened_with_a_reason_and_put_right(staff, house, written):
    someone, _ = written
    (person,) = people_of(someone["email"])
    page = staff("staff", "en")
    page.goto(f"{house.url}persons/{person}/")

    page.get_by_label("Why do you open it?").fill("call of 3 May")
    press(page, "Open the card")
    page.get_by_role("textbox", name="Telephone").fill("8 777 000 11 22")
    press(page, "Correct")

    expect(page.locator(".note").first).to_have_text("Corrected.")
    assert database.vault.read(lambda: vault.card(person)).phone == "+77770001122"


@IN_LANGUAGES
def test_what_acts_lead_to_in_every_look(staff, house, office, written, language, looks):
    someone, message = written
    (person,) = people_of(someone["email"])
    office.ask("destroy", someone["email"])
    page = staff("staff", language)

    def button(name: str) -> None:
        page.get_by_role("button", name=say(name, language), exact=True).click()

    page.goto(f"{house.url}messages/")
    page.get_by_role("textbox").fill(someone["email"])
    button("Find")
    expect_accessible(page, looks)
    page.goto(f"{house.url}messages/{message}/")
    button("Open")
    expect(page.locator("blockquote")).to_have_text(someone["message"])
    button("Send the answer")
    expect(page.locator(".error")).to_be_visible()
    expect_accessible(page, looks)
    page.goto(f"{house.url}persons/{person}/")
    page.locator("#reason").fill("case 7")
    button("Open the card")
    expect(page.locator("#email")).to_have_value(someone["email"])
    expect_accessible(page, looks)
