"""People who write and demand, and staff who answer, as the rooms see them: quickly, without pages."""

import email
import re
import secrets
from dataclasses import replace
from datetime import date, datetime
from email import policy as wire
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from wadjet import clock, consent, contact, database, jose, mail, policy, retention, rights
from wadjet.contact.schemas import Posted
from wadjet.rights import models
from wadjet.settings import Settings, complete, origin_of

STAFF = "dana"


class Desk:
    """`desk.write(card)` is a message through our own page, `desk.ask(kind)` a request by the form."""

    def __init__(self, settings: Settings, watch: Any) -> None:
        self.settings = complete(
            replace(settings, mail_url="maildir:mail", mail_from="office@wadjet.kz", mail_to="desk@wadjet.kz")
        )
        self.watch = watch

    @property
    def now(self) -> datetime:
        moment: datetime = self.watch()
        return moment

    def write(self, written: dict[str, str], *, marketing: bool = False) -> consent.Answer:
        """A message, its receipt."""
        version = policy.current(self.now)
        site = consent.site_of(None, self.settings)
        token, _ = consent.issue_offer(site, version, settings=self.settings, now=self.now)
        asked = {each.key: each.key == "feedback" or marketing for each in version.purposes if each.asked == "form"}
        decision = {
            "id": jose.b64url(secrets.token_bytes(16)),
            "offer": token,
            "event": "given",
            "purposes": asked,
            "language": "kk",
            "at": clock.stamp(self.now),
        }
        posted = Posted(decision=consent.read_sent(decision), written=written, challenge="")
        own = origin_of(self.settings.base_url)
        return contact.receive(posted, origin=own, by_page=True, settings=self.settings, now=self.now).answer

    def ask(self, kind: str, address: str, *, channel: str = "form", language: str = "kk", **said: Any) -> str:
        return rights.open_request(
            kind,
            rights.Said(**{"email": address, "text": secrets.token_hex(4)} | said),
            channel=channel,
            language=language,
            received_at=self.now,
            settings=self.settings,
            now=self.now,
        )

    def prove(self, request: str) -> None:
        """Everybody who was sent a letter presses the button."""
        rights.match(request, now=self.now)
        for link in sorted({each.link for each in self.subjects(request) if each.link}):
            rights.prove(link, [request], settings=self.settings, now=self.now)

    def asked(self, kind: str, address: str, **said: Any) -> str:
        """Asked and proven."""
        request = self.ask(kind, address, **said)
        self.prove(request)
        self.watch.advance(hours=2)  # beyond the quiet of the letters
        return request

    def fulfil(self, request: str, *, by: str = STAFF, **given: Any) -> list[str]:
        return rights.fulfil(request, by=by, settings=self.settings, now=self.now, **given)

    def refuse(self, request: str, ground: str, **given: Any) -> None:
        rights.refuse(request, ground=ground, by=STAFF, settings=self.settings, now=self.now, **given)

    def hold(self, address: str, until: date = date(2031, 12, 31)) -> None:
        """A law keeps everybody of an address."""
        for person in people_of(address):
            retention.hold(person, law="Tax Code art. 49", until=until, by=STAFF, now=self.now)

    def state(self, request: str) -> str:
        row = database.vault.read(lambda: models.find(request))
        assert row
        return row.state

    def subjects(self, request: str) -> list[models.Subject]:
        return database.vault.read(lambda: models.subjects(request))

    def post(self) -> list[EmailMessage]:
        """Send what is due; what came into the mailboxes, in the order it came: a Maildir's names are drawn."""
        box = self.settings.home / "mail" / "new"
        before = set(box.glob("*"))
        done = mail.Round(has_more=True)
        while done.has_more:
            done = mail.send_due(self.settings, self.now)
            assert (done.dead, done.fault) == (0, "")
        fresh = sorted(set(box.glob("*")) - before, key=lambda path: path.stat().st_mtime_ns)
        return [email.message_from_bytes(path.read_bytes(), policy=wire.default) for path in fresh]


def to(letter: EmailMessage) -> str:
    return str(letter["To"].addresses[0].addr_spec)


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content())


def links(letter: EmailMessage, word: str) -> list[str]:
    """The paths of its links that hold a word."""
    return [urlsplit(each).path for each in re.findall(r"https?://\S+", text_of(letter)) if word in each]


def people_of(address: str) -> list[str]:
    from wadjet import vault

    return database.vault.read(lambda: vault.find(email=address))
