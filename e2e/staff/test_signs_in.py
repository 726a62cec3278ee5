"""The whole way in, as one goes it: invited on the command line, password, app, recovery codes, out, in again, passkey.

Under `localhost`, for browsers give no passkey to an address of figures.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Page, expect

from e2e.looks import IN_LANGUAGES, expect_accessible
from e2e.pages import say
from e2e.servers import Backend

PASSWORD = "сары ала қаз көлде"
# The pages of the entrance by endpoint: all of them are looked at on the way.
ENTRANCE = {
    "invitation.take": "invitation/",
    "security.login": "login",
    "security.mf_recovery": "mf-recovery",
    "security.mf_recovery_codes": "mf-recovery-codes",
    "security.tf_select": "tf-select",
    "security.two_factor_setup": "tf-setup",
    "security.two_factor_token_validation": "tf-validate",
    "security.wan_register": "wan-register",
    "security.wan_signin": "wan-signin",
}


class Entrance:
    """What somebody does who comes in, in the language that the pages speak to them."""

    def __init__(self, page: Page, url: str, language: str, looks: Any) -> None:
        self.page, self.url, self.language, self.looks = page, url, language, looks
        self.key, self.seen = "", set[str]()

    def look(self) -> None:
        """Whoever cannot see it, or sees it on a telephone at night, comes in too."""
        expect_accessible(self.page, self.looks)
        path = urlsplit(self.page.url).path.removeprefix("/console/")
        self.seen.add(re.sub("^invitation/.*", "invitation/", path))

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
        self.look()
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


def add_authenticator(page: Page) -> None:
    """A passkey that its owner has plugged in."""
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    facts = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    client.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**facts, "hasResidentKey": True, "automaticPresenceSimulation": True}},
    )


@IN_LANGUAGES
def test_the_whole_way_in(backend, new_context, language, looks):
    email = f"{language}-{len(looks)}@wadjet.kz"
    page = new_context().new_page()
    person = Entrance(page, f"{backend.url}/console/", language, looks)

    person.set_password(invite(backend, email, language))
    person.look()
    person.give_password(email)
    person.look()
    person.press("I have the app")
    person.scan()
    person.look()
    person.give_code("Confirm")
    person.press("Show new recovery codes")
    expect(page.locator(".codes")).to_be_visible()
    person.look()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 8
    person.follow("I have kept them")
    person.expect_heading("Today")

    person.sign_out()
    person.expect_heading("Sign in")
    person.give_password(email, "not that one, no")
    expect(page.get_by_role("alert")).to_have_text(person.say("The address or the password is not right."))
    person.give_password(email)
    person.give_code("Sign in", "000000")
    expect(page.locator(".error")).to_be_visible()
    person.look()
    person.follow("I have lost the app: use a recovery code")
    person.look()
    person.fill("Recovery code", codes[0])
    person.press("Sign in")
    person.expect_heading("Today")

    add_authenticator(page)
    page.goto(f"{backend.url}/console/wan-register")
    person.look()
    person.fill("What you call it", "Blue key")
    person.press("Continue")
    person.press("Go on")
    expect(page.get_by_role("status")).to_have_text(person.say("The passkey was added."))
    expect(page.get_by_text(person.say("Passkey “%(name)s”") % {"name": "Blue key"})).to_be_visible()

    person.sign_out()
    person.give_password(email)
    person.look()
    person.press("A passkey")
    person.look()
    person.press("Continue")
    person.press("Give the passkey")
    person.expect_heading("Today")
    assert person.seen == set(ENTRANCE.values())


def test_the_way_in_by_keyboard_alone(backend, new_context):
    email = "keys@wadjet.kz"
    page = new_context().new_page()
    person = Entrance(page, f"{backend.url}/console/", "en", [])
    person.set_password(invite(backend, email, "en"))

    page.get_by_label("E-mail address").press("Tab")  # the password comes next
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Shift+Tab")
    page.keyboard.type(email)
    page.keyboard.press("Enter")
    person.expect_heading("Set up the second factor")
    page.keyboard.press("Tab")
    for _ in range(8):
        if page.get_by_role("button", name="I have the app").evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    person.scan()
    expect(page.get_by_role("textbox", name="Code")).to_be_focused()
    page.keyboard.type(pyotp.TOTP(person.key).now())
    page.keyboard.press("Enter")

    person.expect_heading("Recovery codes")
