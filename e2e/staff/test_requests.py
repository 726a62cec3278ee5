"""Aigerim demands a correction; staff read, correct and answer with the keyboard alone, and the journal tells who."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.looks import IN_LANGUAGES, expect_accessible
from e2e.pages import say
from e2e.staff.conftest import House
from tests.rights.desk import Desk, people_of
from tests.writer import AIGERIM
from wadjet import clock, database, rights, vault

DANA = AIGERIM | {"email": "dana@example.kz", "phone": "8 705 555 11 22"}
MAIL = DANA["email"]


@pytest.fixture(scope="module")
def town(house: House) -> Desk:
    """People who write to the house."""
    desk = Desk(house.settings, clock.now)
    desk.write(DANA)
    return desk


def ask(town: Desk, kind: str, **said: Any) -> str:
    """Asked, and proven by what staff have seen."""
    request = town.ask(kind, MAIL, **said)
    admit = partial(rights.admit, request, people_of(MAIL), evidence="case 1", by="staff-9")
    admit(settings=town.settings, now=town.now)
    return request


def reach(page: Page, name: str) -> None:
    """Tab to a control and press it."""
    control = page.get_by_role("button", name=name, exact=True).first
    for _ in range(80):
        if control.evaluate("each => each === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {name} by the keyboard")


def test_a_demand_is_read_corrected_and_answered_by_keyboard(town: Desk, house: House, staff: Callable[..., Page]):
    request = ask(town, "rectify", text="Нөмірім ауысты.", fields={"phone": "8 777 000 11 22"})
    page = staff("staff", "kk")
    page.goto(f"{house.url}requests/{request}/")
    words = partial(say, language="kk")

    reach(page, words("Take it up"))
    expect(page.get_by_role("status")).to_have_text(words("You have taken it up."))
    reach(page, words("Open it"))
    expect(page.get_by_text("Нөмірім ауысты.")).to_be_visible()
    reach(page, words("Carry out …"))
    expect(page.get_by_label(words("Telephone"))).to_have_value("8 777 000 11 22")
    reach(page, words("See what they will be told"))
    expect(page.get_by_text("+77770001122")).to_be_visible()
    reach(page, words("Do it and tell them"))

    expect(page.get_by_role("status")).to_have_text(words("Done. The person is told."))
    (person,) = people_of(MAIL)
    assert database.vault.read(lambda: vault.card(person)).phone == "+77770001122"
    done = {each["event"] for each in rights.outline(request).history if each["by"].startswith("staff-")}
    assert done >= {"rights:request:read", "rights:request:taken", "rights:request:fulfilled"}


def test_two_at_one_request_and_no_word_is_lost(town: Desk, house: House, staff: Callable[..., Page]):
    request = town.ask("question", MAIL, text="Қанша сақтайсыздар?")
    first, second = staff("staff"), staff("responsible")
    for page in (first, second):
        page.goto(f"{house.url}requests/{request}/")
        page.get_by_role("button", name="Carry out …").click()
        page.get_by_label("Your answer").fill("Екі ай.")
    for name in ("See what they will be told", "Do it and tell them"):
        first.get_by_role("button", name=name).click()

    second.get_by_role("button", name="See what they will be told").click()

    expect(second.get_by_role("alert")).to_contain_text("Nothing has been done")
    expect(second.get_by_role("alert")).to_contain_text("Last: done, Staff,")
    expect(second.get_by_label("What you typed")).to_have_value("Екі ай.")


@IN_LANGUAGES
def test_what_acts_lead_to_in_every_look(
    town: Desk, house: House, staff: Callable[..., Page], language: str, looks: Any
):
    request, question = ask(town, "rectify", fields={"phone": "8 777 000 11 22"}), ask(town, "question")
    page = staff("responsible", language)
    words = partial(say, language=language)

    page.goto(f"{house.url}requests/new/")
    page.get_by_role("button", name=words("Enter it")).click()
    expect_accessible(page, looks)  # with what has to be looked at
    page.goto(f"{house.url}requests/{request}/")
    page.get_by_role("button", name=words("Carry out …")).click()
    expect_accessible(page, looks)
    page.get_by_role("button", name=words("See what they will be told")).click()
    expect_accessible(page, looks)
    page.goto(f"{house.url}requests/{question}/")
    page.get_by_label(words("It asks for")).select_option("stop")
    page.get_by_role("button", name=words("Sort and take it up")).click()
    expect_accessible(page, looks)
