"""A site that takes mail in and out: `wadjet serve`, a mail server either way, people who write, staff who answer."""

import json
import re
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import requests
from imap_tools import MailBoxUnencrypted
from playwright.sync_api import Page, expect

from e2e.pages import say
from e2e.servers import Backend
from tests.faults.serving import Wire
from tests.mail.dovecot import PASSWORD, Dovecot
from tests.mail.office import Office
from tests.visitor import ORIGIN
from tests.writer import Writer, solve_at_once
from wadjet.settings import load

WITHIN_SECONDS = 20
DESK = "office@wadjet.kz"  # where the operator reads
_HREF = re.compile(r'href="([^"]+)"')


class Town:
    """`backend` serves, its letters go to `office`, and what is delivered to DESK it takes in from the mailbox."""

    def __init__(self, folder: Path, office: Office, dovecot: Dovecot) -> None:
        self.office, self.backend = office, Backend(folder)
        self.privacy = f"{self.backend.url}/privacy/"
        self._dovecot = dovecot
        self.backend.wadjet("init", "--site", "wadjet.kz", "--base-url", self.backend.url, "--email", DESK)
        self.backend.wadjet("policy", "publish", "starter", "--incomplete")
        mailbox = dovecot.url(DESK.replace("@", "%40"))
        lines = {"mail_url": office.url, "imap_url": mailbox, "imap_password": PASSWORD}
        settings = folder / "wadjet.toml"
        told = "".join(f'{name} = "{value}"\n' for name, value in lines.items())
        settings.write_text(told + settings.read_text("utf-8"), "utf-8")
        self.backend.start()

    def write(self, written: dict[str, str]) -> str:
        """Somebody writes by the form in the site's page; the number of their receipt."""
        with Wire(self.backend.port) as wire:
            work = solve_at_once(load(self.backend.folder, {}))
            body = Writer(wire, ORIGIN).form(written, challenge=work)
            answer = requests.post(
                f"{self.backend.url}/api/v1/contact", json=body, headers={"Origin": ORIGIN}, timeout=20
            )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def deliver(self, sender: str, subject: str, text: str, **headers: str) -> None:
        """A letter to the operator comes into the mailbox; nobody has looked at who sent it."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = sender, DESK, subject
        letter["Message-ID"] = f"<{time.monotonic_ns()}@example.kz>"
        for name, value in headers.items():
            letter[name.replace("_", "-")] = value
        letter.set_content(text)
        with MailBoxUnencrypted("127.0.0.1", self._dovecot.port, timeout=10).login(DESK, PASSWORD) as box:
            box.append(letter.as_bytes())

    def letters(self, to: str) -> list[EmailMessage]:
        """What has come to an address so far."""
        return [each for each in self.office.letters if each["To"].addresses[0].addr_spec == to]

    def expect_letter(self, to: str, sentence: str, language: str = "ru") -> EmailMessage:
        """The one letter to that address under this subject, once it has come."""
        until = time.monotonic() + WITHIN_SECONDS
        while time.monotonic() < until:
            found = [each for each in self.letters(to) if each["Subject"] == say(sentence, language)]
            if found:
                break
            time.sleep(0.05)
        (letter,) = found
        return letter

    def confirm(self, page: Page, letter: EmailMessage, language: str = "ru") -> None:
        """The person opens the letter's link and presses the button."""
        page.goto(link(letter, "/confirm/"))
        page.get_by_role("button", name=say("Yes, I asked this", language)).click()
        expect(page.get_by_role("heading", name=say("Thank you: it is confirmed", language))).to_be_visible()

    def staff(self, *arguments: str) -> Any:
        """`wadjet …` of one of the staff, its rows."""
        return json.loads(self.backend.wadjet(*arguments, "--json"))

    def refused(self, *arguments: str) -> str:
        """What a command says that must not be carried out."""
        done = self.backend.run(*arguments)
        assert done.returncode == 2, done.stdout + done.stderr
        return done.stderr

    def standing(self, receipt: str) -> str:
        return self.backend.status(receipt)

    def post(self, path: str, **form: str) -> requests.Response:
        """What a page's button sends."""
        return requests.post(path, data=form, headers={"Accept-Language": "kk"}, timeout=20)


def body(letter: EmailMessage, form: str = "plain") -> str:
    """What a mail program shows."""
    part = letter.get_body((form,))
    assert part
    return str(part.get_content())


def links(letter: EmailMessage) -> list[str]:
    """Every address in it."""
    return list(dict.fromkeys(_HREF.findall(body(letter, "html"))))


def link(letter: EmailMessage, part: str) -> str:
    """The one address that holds these letters."""
    (found,) = [each for each in links(letter) if part in each]
    return found


def number(letter: EmailMessage) -> str:
    """Of the request that a letter asks about."""
    found = re.search(r"/requests/status/([\w-]{22})/", body(letter))
    assert found
    return found[1]
