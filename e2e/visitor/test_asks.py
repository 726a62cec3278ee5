"""A person asks for what is theirs, proves by a letter's button that it is they, and nobody else can."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from e2e.looks import PHONE, expect_accessible
from e2e.pages import LANGUAGES, ChoicesPage, RightsPages, Site, until
from e2e.servers import Backend, Demo
from e2e.visitor.test_gets_letters import link
from tests.mail.office import Office
from tests.visitor import payload
from tests.writer import AIGERIM, BOLAT

READING_SECONDS = 3.1  # nobody reads a page quicker


class Town:
    """A backend and its post office. Aigerim and Bolat have written before; `receipts` are theirs, by address."""

    def __init__(self, folder: Path, office: Office) -> None:
        self.office, self.backend = office, Backend(folder)
        self.privacy = f"{self.backend.url}/privacy/"
        self.receipts: dict[str, str] = {}
        self.backend.wadjet(
            "init", "--site", "wadjet.kz", "--base-url", self.backend.url, "--email", "office@wadjet.kz"
        )
        self.backend.wadjet("policy", "publish", "starter", "--incomplete")
        settings = folder / "wadjet.toml"
        settings.write_text(f'mail_url = "{office.url}"\n' + settings.read_text("utf-8"), "utf-8")
        self.backend.start()
        self._write()

    def _write(self) -> None:
        contact = f"{self.backend.url}/contact/"
        opened = []
        for person in (AIGERIM, BOLAT):
            session = requests.Session()
            hidden = re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', session.get(contact, timeout=10).text)
            opened.append((session, dict(hidden) | person | {"feedback": "y"}))
        time.sleep(READING_SECONDS)
        for session, body in opened:
            found = re.search(r"<code>([\w-]{22})</code>", session.post(contact, data=body, timeout=10).text)
            assert found
            self.receipts[str(body["email"])] = found[1]

    def expect_letter(self, page: Page, to: str, sentence: str) -> str:
        """The address that the one letter under this subject leads to, once it has come."""
        for _ in range(100):
            mine = [each for each in self.office.letters if each["Subject"] == sentence]
            if mine := [each for each in mine if each["To"].addresses[0].addr_spec == to]:
                break
            page.wait_for_timeout(100)
        (letter,) = mine
        return link(letter, "[^<]+")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Office() as office:
        town = Town(tmp_path_factory.mktemp("town") / "home", office)
        yield town
        town.backend.stop()


@pytest.mark.clause("4.1.a", "2.10")
def test_copy_is_asked_for_in_kazakh_by_keyboard_alone(page: Page, town: Town) -> None:
    rights = RightsPages(page, town.privacy, "kk").visit()
    rights.way("information").focus()
    page.keyboard.press("Enter")
    rights.answer("In your own words").focus()
    page.keyboard.type("Өзім туралы бәрін: ұялы, ІІҢ")
    page.keyboard.press("Tab")
    page.keyboard.type("Aigerim@Example.KZ")
    rights.read()
    for _ in range(2):  # past who asks for somebody else
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    number = rights.expect_received()
    expect_accessible(page)

    # The letter goes to the address on record, not to what was typed; looking at what is behind its link does nothing.
    address = town.expect_letter(page, AIGERIM["email"], rights.say("Is this request yours?"))
    for _ in range(3):
        assert requests.get(address, timeout=10).status_code == 200
    page.goto(address)
    expect(page.get_by_text("ұялы, ІІҢ")).to_be_visible()
    page.get_by_role("button", name=rights.say("Yes, I asked this")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=rights.say("Thank you: it is confirmed"))).to_be_visible()
    expect_accessible(page)
    rights.expect_state(number, "new")


@pytest.mark.clause("8.4.b", "4.1.d")
def test_stranger_gets_nothing_and_bolat_withdraws_without_javascript(
    page: Page, new_context: Callable[..., BrowserContext], town: Town
) -> None:
    plain = new_context(java_script_enabled=False).new_page()
    his = RightsPages(plain, town.privacy, "ru").visit("withdraw")
    strangers = [RightsPages(new_context().new_page(), town.privacy, "ru").visit("destroy") for _ in range(2)]
    for rights, email in zip(strangers, (BOLAT["email"], "nobody@example.kz"), strict=True):
        rights.answer("E-mail for our answer").fill(email)
    his.answer("E-mail for our answer").fill("bolat")
    his.answer("In your own words").fill("Больше не нужно.")
    his.read()

    # Whoever asks in somebody's name sees what they would see of a person who is not known here.
    for rights in strangers:
        rights.press("Send")
    numbers = [rights.expect_received() for rights in strangers]
    seen = [rights.page.locator("main").inner_text() for rights in strangers]
    assert seen[0].replace(numbers[0], "") == seen[1].replace(numbers[1], "")
    for rights, number in zip(strangers, numbers, strict=True):
        rights.expect_state(number, "new")

    # A mistake is said beside its question, and no word is lost.
    his.press("Send")
    expect(his.answer("E-mail for our answer")).to_have_attribute("aria-invalid", "true")
    expect(his.answer("In your own words")).to_have_value("Больше не нужно.")
    expect(plain.get_by_role("group", name=his.say("Not sent yet")).get_by_role("link")).to_have_count(1)
    his.answer("E-mail for our answer").fill(BOLAT["email"])
    his.press("Send")
    his.expect_received()

    # One letter in the hour: behind its link he finds both, and says which is his.
    address = town.expect_letter(page, BOLAT["email"], his.say("Is this request yours?"))
    until(page, lambda: page.goto(address) and page.get_by_role("checkbox").count() == 2)
    expect_accessible(page)
    plain.goto(address)
    his.press("I asked what is ticked")
    expect(plain.get_by_text(his.say("Tick what you asked."))).to_be_visible()
    assert town.backend.status(town.receipts[BOLAT["email"]]) == "current"
    plain.get_by_role("checkbox", name="Отозвать моё согласие").check()
    his.press("I asked what is ticked")
    expect(plain.get_by_role("heading", name=his.say("Thank you: it is confirmed"))).to_be_visible()
    assert town.backend.status(town.receipts[BOLAT["email"]]) == "withdrawn"
    plain.goto(address)
    expect(plain.get_by_role("heading", level=2)).to_have_text("Уничтожить мои данные")
    assert town.backend.status(town.receipts[AIGERIM["email"]]) == "current"


def test_receipts_number_ends_its_consent_at_once(page: Page, town: Town) -> None:
    rights = RightsPages(page, town.privacy).visit("withdraw")
    receipt = town.receipts[AIGERIM["email"]]
    rights.answer("Number of the receipt").fill("A" * 22)
    rights.answer("E-mail for our answer").fill("aigerim@example.kz")
    rights.read()
    rights.press("Send")
    expect(page.get_by_role("group", name="Not sent yet")).to_be_focused()
    expect(rights.answer("Number of the receipt")).to_have_accessible_description(re.compile("No receipt"))
    expect_accessible(page)

    rights.answer("Number of the receipt").fill(receipt)
    rights.press("Send")

    rights.expect_received()
    assert town.backend.status(receipt) == "withdrawn"


def test_pages_fit_a_narrow_phone_in_three_languages(page: Page, town: Town) -> None:
    page.set_viewport_size(PHONE)
    for language in LANGUAGES:
        rights = RightsPages(page, town.privacy, language)
        for kind in ("withdraw", "rectify", "complaint", ""):
            rights.visit(kind)
            expect(page.locator("html")).to_have_attribute("lang", language)
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), kind
    expect_accessible(page)
    page.goto(f"{town.privacy}requests/confirm/of-somebody/?lang=en")
    expect(page.get_by_role("main").get_by_role("link", name="All your rights")).to_be_visible()


@pytest.mark.clause("4.1.a")
@pytest.mark.parametrize("language", LANGUAGES)
def test_who_holds_a_receipts_number_needs_to_ask_nobody(
    site: Site, demo: Demo, new_context: Callable[..., BrowserContext], language: str
) -> None:
    """On another device, where nothing but the number is known."""
    site.accept()
    site.expect_said("Saved.")
    number, page = site.receipt_id(), new_context(accept_downloads=True).new_page()
    rights = RightsPages(page, demo.privacy, language).visit("information")

    page.get_by_role("main").get_by_role("link", name=rights.say("Privacy choices")).click()
    choices = ChoicesPage(page, demo.privacy, language)
    page.get_by_label(choices.say("Number of the receipt")).fill(number)
    page.get_by_role("button", name=choices.say("Show"), exact=True).click()
    choices.expect_state("Your consent stands, for what is ticked. Policy version: {version}.")
    with page.expect_download() as download:
        choices.press("Download receipt")

    receipt = download.value.path()
    assert "genuine" in demo.wadjet("receipt", "verify", receipt).lower()
    assert number in json.dumps(payload(receipt.read_text("utf-8")))
