"""A visitor writes, gets a letter from a real mail server, and withdraws by what is in it."""

import json
import re
import time
from email.message import EmailMessage
from pathlib import Path

import requests
from playwright.sync_api import Page, expect

from e2e.pages import ContactForm, say
from e2e.servers import Backend
from tests.mail.office import Office

WITHIN_SECONDS = 20


def letters(office: Office, count: int) -> dict[str, EmailMessage]:
    """That many letters, once they are there, by recipient."""
    until = time.monotonic() + WITHIN_SECONDS
    while len(office.letters) < count and time.monotonic() < until:
        time.sleep(0.1)
    return {letter["To"].addresses[0].addr_spec: letter for letter in office.letters}


def link(letter: EmailMessage, purpose_word: str) -> str:
    """The address in a letter's HTML that stands under these words."""
    body = letter.get_body(("html",))
    assert body
    found = re.search(rf'href="([^"]+)">{purpose_word}<', body.get_content())
    assert found
    return found[1]


def test_letter_reaches_the_writer_and_its_link_withdraws(page: Page, tmp_path: Path) -> None:
    with Office() as office:
        backend = Backend(tmp_path / "home")
        backend.wadjet("init", "--site", "wadjet.kz", "--base-url", backend.url, "--email", "office@wadjet.kz")
        backend.wadjet("policy", "publish", "starter", "--incomplete")
        settings = backend.folder / "wadjet.toml"
        settings.write_text(f'mail_url = "{office.url}"\n' + settings.read_text("utf-8"), "utf-8")
        backend.start()
        page.goto(f"{backend.url}/contact/?lang=kk")
        form = ContactForm(page, "kk")
        form.write()
        form.tick("marketing").check()
        page.wait_for_timeout(3100)  # nobody reads it quicker
        form.send()
        form.expect_sent()
        sent = letters(office, 2)

        mine = sent["aigerim@example.kz"]
        (receipt,) = json.loads(backend.wadjet("contact", "list", "--json"))
        attached = {part.get_filename(): part.get_content() for part in mine.iter_attachments()}
        copy = tmp_path / "receipt.jws"
        copy.write_bytes(attached["receipt.jws"])
        assert "genuine" in backend.wadjet("receipt", "verify", copy).lower()
        assert json.loads(attached["opening.json"])["fields"]["email"] == "aigerim@example.kz"
        assert "Әйгерім" not in str(sent["office@wadjet.kz"]["Subject"])

        address = link(mine, say("Withdraw consent", "kk"))
        for _ in range(3):  # a mail scanner looks at what is behind every link
            assert requests.get(address, timeout=10).status_code == 200
        assert status(backend, receipt["receipt"]) == "current"
        # One click in the mail program stops the news (RFC 8058), and nothing else.
        news = str(mine["List-Unsubscribe"]).strip("<>")
        assert requests.post(news, data={"List-Unsubscribe": "One-Click"}, timeout=10).status_code == 200
        assert status(backend, receipt["receipt"]) == "superseded"
        page.goto(address)
        page.get_by_role("button", name=say("Withdraw consent", "kk")).click()
        expect(page.get_by_role("status")).to_contain_text(say("Your consent is withdrawn.", "kk"))
        rows = json.loads(backend.wadjet("receipt", "list", "--json"))
        assert [row["event"] for row in rows] == ["given", "given", "withdrawn"]
        backend.stop()


def status(backend: Backend, receipt: str) -> str:
    answer = requests.get(f"{backend.url}/api/v1/receipts/{receipt}", timeout=10)
    return str(answer.json()["status"])
