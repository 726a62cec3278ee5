"""The whole way in, as one goes it: invited on the command line, password, app, recovery codes, out, in again, passkey.

Under `localhost`, for browsers give no passkey to an address of figures.
"""

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from e2e.looks import expect_accessible
from e2e.pages import LANGUAGES, say
from e2e.servers import Backend

PASSWORD = "сары ала қаз көлде"


class Entrance:
    """What somebody does who comes in, in the language that the pages speak to them."""

    def __init__(self, page: Page, url: str, language: str) -> None:
        self.page, self.url, self.language = page, url, language
        self.key = ""

    def say(self, sentence: str) -> str:
        return say(sentence, self.language)

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(self.say(label), exact=True).fill(value)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=self.say(button), exact=True).click()

    def follow(self, link: str) -> None:
        self.page.get_by_role("link", name=self.say(link), exact=True).click()

    def expect_heading(self, sentence: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.say(sentence))

    def set_password(self, link: str) -> None:
        self.page.goto(f"{link}?lang={self.language}")
        self.fill("New password", PASSWORD)
        self.fill("Once more", PASSWORD)
        self.press("Set the password")
        self.expect_heading("Sign in")

    def give_password(self, email: str, password: str = PASSWORD) -> None:
        self.page.goto(f"{self.url}login?lang={self.language}")
        self.fill("E-mail address", email)
        self.fill("Password", password)
        self.press("Continue")

    def scan(self) -> None:
        """As the app does: what the picture holds is what is written below it."""
        key = self.page.locator("code.key").inner_text()
        self.key = re.sub(r"[\s-]", "", key)

    def give_code(self, button: str, code: str = "") -> None:
        self.fill("Code", code or pyotp.TOTP(self.key).now())
        self.press(button)

    def sign_out(self) -> None:
        self.press("Sign out")


def invite(backend: Backend, email: str, language: str) -> str:
    told = backend.wadjet("users", "add", email, "--role", "responsible", "--name", "A. Person", "--lang", language)
    return str(re.findall(r"http://\S+/console/invitation/\S+/", told)[0])


@pytest.fixture(scope="module")
def backend(tmp_path_factory):
    made = Backend(tmp_path_factory.mktemp("entrance") / "home")
    made.url = made.url.replace("127.0.0.1", "localhost")
    made.wadjet("init", "--site", "wadjet.kz", "--base-url", made.url, "--origin", "https://wadjet.kz")
    made.wadjet("policy", "publish", "starter", "--incomplete")
    made.start()
    yield made
    made.stop()


def test_the_whole_way_in(backend, new_context):
    email = "aigerim@wadjet.kz"
    page = new_context().new_page()
    person = Entrance(page, f"{backend.url}/console/", "en")

    person.set_password(invite(backend, email, "en"))
    person.give_password(email)
    person.press("I have the app")
    person.scan()
    person.give_code("Confirm")
    person.press("Show new recovery codes")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 8
    person.follow("I have kept them")
    person.expect_heading("Today")

    person.sign_out()
    person.expect_heading("Sign in")
    person.give_password(email, "not that one, no")
    expect(page.get_by_role("alert")).to_have_text("The address or the password is not right.")
    person.give_password(email)
    person.give_code("Sign in", "000000")
    expect(page.get_by_text("was used already")).to_be_visible()
    person.follow("I have lost the app: use a recovery code")
    person.fill("Recovery code", codes[0])
    person.press("Sign in")
    person.expect_heading("Today")

    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    facts = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    client.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**facts, "hasResidentKey": True, "automaticPresenceSimulation": True}},
    )
    page.goto(f"{backend.url}/console/wan-register")
    person.fill("What you call it", "Blue key")
    person.press("Continue")
    person.press("Go on")
    expect(page.get_by_text("The passkey was added.")).to_be_visible()
    expect(page.get_by_text("Passkey “Blue key”")).to_be_visible()

    person.sign_out()
    person.give_password(email)
    person.press("A passkey")
    person.press("Continue")
    person.press("Give the passkey")
    person.expect_heading("Today")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_it_is_for_everybody(backend, new_context, language):
    email = f"{language}@wadjet.kz"
    page = new_context().new_page()
    person = Entrance(page, f"{backend.url}/console/", language)
    link = invite(backend, email, language)

    page.goto(f"{link}?lang={language}")
    expect_accessible(page)
    person.set_password(link)
    expect_accessible(page)
    person.give_password(email)
    person.press("I have the app")
    page.set_viewport_size({"width": 320, "height": 640})
    person.scan()
    expect_accessible(page)
    person.give_code("Confirm")
    person.press("Show new recovery codes")
    expect(page.locator(".codes")).to_be_visible()
    expect_accessible(page)
    for path in ("account/", "users/", "users/add/", "users/1/", "wan-register"):
        page.goto(f"{person.url}{path}")
        expect_accessible(page)
