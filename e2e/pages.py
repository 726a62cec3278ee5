"""What a person does on a page, in their words. Things are found by role and name, in the language shown."""

import gettext
import re
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from playwright.sync_api import Locator, Page, Route, expect

from wadjet import policy
from wadjet.rights.phrases import KINDS, STATES

TRANSLATIONS = Path(policy.__file__).parents[1] / "translations"
STARTER = tomllib.loads((policy.STARTER / "policy.toml").read_text("utf-8"))
PURPOSES = {each["key"]: each["name"] for each in STARTER["purposes"]}
LANGUAGES = ("kk", "ru", "en")
PATIENCE_SECONDS = 20  # a machine with much to do is slow, and no journey is about that


def say(sentence: str, language: str) -> str:
    """A sentence of the widget or the pages, as people of that language read it."""
    if language == "en":
        return sentence
    return gettext.translation("messages", TRANSLATIONS, [language], fallback=True).gettext(sentence)


class Widget:
    """The banner, the panel and the small way back, on whichever page embeds them."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page, self.language = page, language

    def say(self, sentence: str) -> str:
        return say(sentence, self.language)

    @property
    def region(self) -> Locator:
        """All that the widget shows."""
        return self.page.get_by_role("region", name=self.say("Privacy choices"))

    def button(self, sentence: str) -> Locator:
        return self.region.get_by_role("button", name=self.say(sentence), exact=True)

    @property
    def banner(self) -> Locator:
        """The banner's heading: it stands while the banner does."""
        return self.region.get_by_role("heading", name=self.say("Privacy choices"))

    @property
    def corner(self) -> Locator:
        """The small way back in."""
        return self.button("Privacy choices")

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog", name=self.say("Privacy choices"))

    def in_panel(self, sentence: str) -> Locator:
        """A button of the open panel; what lies behind it cannot be reached."""
        return self.panel.get_by_role("button", name=self.say(sentence), exact=True)

    def accept(self) -> None:
        self.button("Accept all").click()

    def refuse(self) -> None:
        self.button("Refuse all").click()

    def open(self) -> None:
        """Open the panel, from the banner or from the corner."""
        self.button("Choose").or_(self.corner).click()
        expect(self.panel).to_be_visible()

    def switch(self, purpose: str) -> Locator:
        return self.panel.get_by_role("switch", name=PURPOSES[purpose][self.language])

    def choose(self, **purposes: bool) -> None:
        """Open the panel, set these switches, save."""
        self.open()
        for purpose, on in purposes.items():
            self.switch(purpose).set_checked(on)
        self.in_panel("Save choice").click()

    def withdraw(self) -> None:
        """With one click, as consent was given."""
        self.button("Withdraw consent").click()

    def download_receipt(self) -> Path:
        """The file that a person keeps."""
        self.open()
        with self.page.expect_download() as download:
            self.in_panel("Download receipt").click()
        self.in_panel("Close").click()
        return download.value.path()

    def expect_said(self, sentence: str) -> None:
        """What a screen reader is told."""
        expect(self.region.get_by_role("status")).to_have_text(self.say(sentence))

    def expect_asking(self) -> None:
        expect(self.banner).to_be_visible()

    def expect_settled(self) -> None:
        """Nothing is asked any more; the way back is there."""
        expect(self.corner).to_be_visible()
        expect(self.banner).to_have_count(0)


class Visited(Widget):
    """A page that embeds the widget, and what can be known of it from outside."""

    def __init__(self, page: Page, language: str = "en") -> None:
        super().__init__(page, language)
        self.requests: list[str] = []
        page.on("request", lambda request: self.requests.append(f"{request.method} {request.url}"))

    def asked_for(self, *parts: str) -> list[str]:
        """The requests so far whose method or address holds one of these."""
        return [each for each in self.requests if any(part in each for part in parts)]

    def hold(self, pattern: str) -> list[Route]:
        """The next request of that pattern stays on its way until it is let go with `continue_()`."""
        held: list[Route] = []
        self.page.route(pattern, lambda route: held.append(route), times=1)
        return held

    def stored(self) -> dict[str, str]:
        """All that this origin keeps in localStorage."""
        return dict(self.page.evaluate("Object.assign({}, localStorage)"))

    def identifiers(self) -> list[str]:
        """Whatever is kept there that is long enough to tell one visitor from another."""
        return re.findall(r"[\w-]{16,}", " ".join(self.stored().values()))

    def databases(self) -> list[str]:
        """The IndexedDB databases of this origin."""
        return [each["name"] for each in self.page.evaluate("indexedDB.databases()")]

    def decision(self) -> Any:
        """What the widget tells the page: `{event, version, purposes, waiting}` or None."""
        return self.page.evaluate("wadjet.decision")

    def receipt_id(self) -> str:
        """Of the consent that stands."""
        token = self.page.evaluate("wadjet.receipts().then(([receipt]) => receipt)")
        return str(jwt.decode(token, options={"verify_signature": False})["dpv:hasIdentifier"])


class Handmade(Visited):
    """A page that somebody wrote by hand; a script in it waits for `measurement`."""

    def visit(self, url: str) -> "Handmade":
        self.page.goto(url)
        return self

    def expect_measured(self, is_running: bool = True) -> None:
        """The script runs."""
        expect(self.page.locator("html[data-measured=yes]")).to_have_count(int(is_running))

    def expect_unmeasured(self) -> None:
        self.expect_measured(False)


class Site(Visited):
    """The page that plays the site, a script and a frame waiting in it."""

    def __init__(self, page: Page, url: str, language: str = "en") -> None:
        super().__init__(page, language)
        self.url = url

    def visit(self) -> "Site":
        self.page.goto(f"{self.url}?lang={self.language}")
        return self

    def visit_minutes_later(self) -> "Site":
        """Once what browsers hold of the widget for some minutes is asked for again."""
        self.page.context.new_cdp_session(self.page).send("Network.clearBrowserCache")
        return self.visit()

    def visit_a_day_later(self) -> "Site":
        self.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=1, minutes=1))
        return self.visit()

    @property
    def script(self) -> Locator:
        """What the script that waits for `measurement` writes while it runs."""
        return self.page.get_by_text("measurement runs")

    def expect_running(self, *purposes: str) -> None:
        """Exactly these purposes run, or soon will."""
        expect(self.script).to_have_count(int("measurement" in purposes))
        if "embeds" in purposes:
            expect(self.page.frame_locator("iframe").get_by_text("embeds runs")).to_be_visible()
        else:
            expect(self.page.locator("iframe[src]")).to_have_count(0)
            expect(self.page.locator("iframe")).to_be_hidden()


class ChoicesPage:
    """/privacy/choices/: the same as the banner, as a page."""

    def __init__(self, page: Page, privacy: str, language: str = "en") -> None:
        self.page, self.url, self.language = page, f"{privacy}choices/", language

    def visit(self, receipt: str = "") -> "ChoicesPage":
        self.page.goto(f"{self.url}?lang={self.language}" + (f"#{receipt}" if receipt else ""))
        return self

    def say(self, sentence: str) -> str:
        return say(sentence, self.language)

    @property
    def form(self) -> Locator:
        """What was chosen, to be changed."""
        return self.page.locator("form").filter(has=self.page.get_by_role("group", name=self.say("Purposes")))

    def expect_state(self, sentence: str) -> None:
        expect(self.form.get_by_text(self.say(sentence).partition("{")[0])).to_be_visible()

    def switch(self, purpose: str) -> Locator:
        return self.form.get_by_role("switch", name=PURPOSES[purpose][self.language])

    def press(self, sentence: str) -> None:
        self.form.get_by_role("button", name=self.say(sentence), exact=True).click()

    def hand_in(self, receipt: Path) -> None:
        """Give a receipt's file."""
        self.page.get_by_label(self.say("Or the receipt’s file: choose it, or drop it here")).set_input_files(receipt)

    def withdraw_by_number(self, receipt: str) -> None:
        """Type the number of a receipt and end its consent."""
        field = self.page.get_by_label(self.say("Number of the receipt"))
        field.fill(receipt)
        self.page.locator("form").filter(has=field).get_by_role("button", name=self.say("Withdraw consent")).click()


def until(page: Page, holds: Callable[[], object]) -> None:
    """Wait for something that no locator shows; fails when patience ends."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "not within patience"
        page.wait_for_timeout(50)


class ContactForm:
    """The form, as an element in somebody's page or as a page of its own: questions and words are the same."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page, self.language = page, language

    def say(self, sentence: str) -> str:
        return say(sentence, self.language)

    def answer(self, question: str) -> Locator:
        return self.page.get_by_role("textbox", name=self.say(question))

    def tick(self, purpose: str) -> Locator:
        return self.page.get_by_role("checkbox", name=PURPOSES[purpose][self.language])

    def write(self, **answers: str) -> None:
        """A good message, `answers` apart, with consent to be answered."""
        good = {"last_name": "Сейітова", "first_name": "Әйгерім", "email": "aigerim@example.kz", "message": "Сәлем!\nІ"}
        for name, text in (good | answers).items():
            self.page.locator(f"[name={name}]").fill(text)
        self.tick("feedback").check()

    def send(self) -> None:
        self.page.get_by_role("button", name=self.say("Send"), exact=True).click()

    @property
    def thanks(self) -> Locator:
        return self.page.get_by_role("heading", name=self.say("Your message has been sent"))

    def expect_sent(self, within: float = PATIENCE_SECONDS) -> None:
        """In that many seconds: a phone may need some for the proof of work."""
        expect(self.thanks).to_be_visible(timeout=within * 1000)

    def download_receipt(self) -> Path:
        button = self.page.get_by_text(self.say("Download receipt"), exact=True)
        with self.page.expect_download() as download:
            button.click()
        assert download.value.suggested_filename == "receipt.jws"
        return download.value.path()


class RightsPages:
    """/privacy/requests/: what may be demanded, the form for it, and the page that a letter leads to."""

    def __init__(self, page: Page, privacy: str, language: str = "en") -> None:
        self.page, self.url, self.language = page, f"{privacy}requests/", language

    def say(self, sentence: str) -> str:
        return say(sentence, self.language)

    def visit(self, kind: str = "") -> "RightsPages":
        """What may be demanded, or the form for one thing of it."""
        self.page.goto(f"{self.url}?lang={self.language}" + (f"&kind={kind}" if kind else ""))
        return self

    def way(self, kind: str) -> Locator:
        """The link to what one wants."""
        return self.page.get_by_role("link", name=self.say(KINDS[kind][0]), exact=True)

    def answer(self, question: str) -> Locator:
        return self.page.get_by_role("textbox", name=self.say(question))

    def read(self) -> None:
        """Take as long over the page as people do."""
        self.page.wait_for_timeout(3100)

    def press(self, sentence: str) -> None:
        self.page.get_by_role("button", name=self.say(sentence), exact=True).click()

    def expect_received(self) -> str:
        """The number of the request."""
        expect(self.page.get_by_role("heading", name=self.say("Your request has been received"))).to_be_visible()
        return self.page.locator("main dd code").inner_text()

    def expect_state(self, number: str, state: str) -> None:
        """What whoever has the number is shown."""
        self.page.goto(f"{self.url}status/{number}/?lang={self.language}")
        expect(self.page.get_by_text(self.say(STATES[state]), exact=True)).to_be_visible()
