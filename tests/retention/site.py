"""A site as its visitors and staff use it, at whatever time the clock says; through the rooms' doors."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from tests.house import Watch
from wadjet import clock, consent, contact, database, jose, policy, retention, rights, vault
from wadjet.contact.schemas import Posted
from wadjet.contact.service import withdraw
from wadjet.settings import Settings, origin_of

NAMES = {"last_name": "Қасымова", "first_name": "Әйгерім", "patronymic": "Болатқызы", "phone": "+77011234567"}


def sql(statement: str, *values: Any, store: database.Store = database.vault) -> list[Any]:
    return store.read(lambda: [tuple(row) for row in store.execute(statement, *values).fetchall()])


class Place:
    """One home. `watch`: its clock."""

    def __init__(self, settings: Settings, watch: Watch) -> None:
        self.settings, self.watch = settings, watch
        self.origin = origin_of(settings.base_url)

    @property
    def now(self) -> datetime:
        return self.watch()

    def at(self, day: date, hour: int = 10) -> None:
        """Set the clock to an hour of a local day."""
        self.watch.moment = clock.start_of(day).replace(microsecond=0)
        self.watch.advance(hours=hour)

    def decide(self, purposes: dict[str, bool], **changes: Any) -> consent.Posted:
        site = next(iter(self.settings.sites.values()))
        token, _ = consent.issue_offer(site, policy.current(self.now), settings=self.settings, now=self.now)
        said = {
            "id": jose.b64url(secrets.token_bytes(16)),
            "offer": token,
            "event": "given" if any(purposes.values()) else "refused",
            "purposes": purposes,
            "language": "kk",
            "at": clock.stamp(self.now),
        }
        return consent.read_sent(said | changes)

    def write(
        self, email: str, *, marketing: bool = False, words: str = "Қашан ашық?", **names: str
    ) -> tuple[str, str, str]:
        """Somebody writes by the page; (message, person, receipt)."""
        decision = self.decide({"feedback": True, "marketing": marketing})
        written = NAMES | names | {"email": email, "message": words}
        posted = Posted(decision=decision, written=written, challenge="")
        taken = contact.receive(posted, origin=self.origin, by_page=True, settings=self.settings, now=self.now)
        receipt = taken.answer.id
        index = vault.index("receipt", receipt)
        (found,) = sql("SELECT id, person FROM contact_message WHERE receipt_index = ?", index)
        return found[0], found[1], receipt

    def choose(self, *, allowed: bool = True, **changes: Any) -> str:
        """Somebody decides in the banner; the receipt."""
        decision = self.decide({"measurement": allowed, "embeds": False}, **changes)
        return consent.record(decision, origin=self.origin, by_page=True, settings=self.settings, now=self.now).id

    def close(self, message: str) -> None:
        contact.close(message, by="tests", now=self.now)

    def withdraw(self, message: str, purpose: str = "feedback") -> None:
        """By the link in the letter."""
        withdraw(message, purpose, language="kk", settings=self.settings, now=self.now)

    def withdraw_receipt(self, receipt: str, *purposes: str) -> None:
        """By the page of choices, which knows no message."""
        told: dict[str, Any] = {"language": "kk", "settings": self.settings, "now": self.now}
        if purposes:
            consent.withdraw_purposes(receipt, purposes, **told)
        else:
            consent.withdraw_by_id(receipt, **told)

    def ask(self, email: str, kind: str = "question") -> str:
        said = rights.Said(email=email, text="Не знаете ли вы обо мне?")
        told: dict[str, Any] = {"channel": "form", "language": "ru", "received_at": self.now}
        return rights.open_request(kind, said, settings=self.settings, now=self.now, **told)

    def refuse(self, request: str) -> None:
        rights.refuse(request, ground="rights-of-others", by="tests", settings=self.settings, now=self.now)

    def block(self, person: str) -> None:
        database.vault.write(lambda: vault.block(person, reason="case 17", now=self.now))

    def unblock(self, person: str) -> None:
        database.vault.write(lambda: vault.unblock(person, reason="case 17", now=self.now))

    def hold(self, person: str, until: date, law: str = "Tax Code art. 49") -> None:
        retention.hold(person, law=law, until=until, by="tests", now=self.now)

    def release(self, person: str) -> None:
        retention.release(person, by="tests", now=self.now)

    def run(self, *, is_applying: bool = True) -> list[retention.Line]:
        return list(retention.run(self.settings, self.now, is_applying=is_applying))


def messages() -> dict[str, str]:
    """What is stored: the messages' states by id."""
    return dict(sql("SELECT id, state FROM contact_message"))


def people() -> set[str]:
    return {row[0] for row in sql("SELECT id FROM person")}


def words() -> set[str]:
    """The requests that still say something."""
    return {row[0] for row in sql("SELECT id FROM rights_request WHERE said IS NOT NULL")}


def receipts() -> set[str]:
    return {row[0] for row in sql("SELECT id FROM receipt", store=database.receipts)}


def told(lines: Iterable[Any], *names: str) -> list[tuple[Any, ...]]:
    """Some fields of each."""
    return [tuple(getattr(line, name) for name in names) for line in lines]


def journal(event: str, store: database.Store = database.vault) -> list[str]:
    """What the journal's rows of an event are about, in order."""
    rows = sql("SELECT about, entry FROM journal_entry ORDER BY seq", store=store)
    return [about for about, entry in rows if event in bytes(entry).decode()]
