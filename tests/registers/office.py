"""Somebody of the operator's staff: makes entries, hands data over, and is asked to show them."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.vault.people import sql
from wadjet import clock, registers
from wadjet.registers import catalogue, forms, recipients
from wadjet.registers.glance import overview
from wadjet.settings import Settings

RECEIPT = "AAAAAAAAAAAAAAAAAAAAAA"


@dataclass
class Office:
    """`allowed`: what the consents of everybody allow at this moment."""

    settings: Settings
    now: datetime
    allowed: list[registers.Allowance] = field(default_factory=list)

    def allowances(self, _person: str) -> list[registers.Allowance]:
        return self.allowed

    @property
    def desk(self) -> dict[str, Any]:
        return {"by": "accountant", "now": self.now}

    @property
    def today(self):
        return clock.local_date(self.now)

    def later(self, **units: float) -> "Office":
        return Office(self.settings, self.now + timedelta(**units), self.allowed)

    def recipient(self, name: str = "Courier LLP", country: str = "KZ", **changes: Any) -> int:
        """A good recipient: bound by the law's duties, and where they sit abroad, known and told of."""
        good: dict[str, Any] = {"scope": "name, phone", "duties_on": self.today, "duties_evidence": "contract 7, 4.2"}
        if country != "KZ":
            good["country_facts"] = "a law of its own, an authority"
        number = recipients.register("recipient", name, country=country, **good | changes, **self.desk)
        if country != "KZ" and (good | changes)["country_facts"]:
            self.notify(number)
        return number

    def notify(self, recipient: int) -> int:
        return recipients.notify_authority(
            "cross-border", "out 12", sent_on=self.today, recipient=recipient, **self.desk
        )

    def allow(self, *names: str, countries: tuple[str, ...] = (), days: int = 30, purpose: str = "delivery") -> None:
        """A consent stands that names these recipients."""
        until = self.today + timedelta(days=days)
        self.allowed.append(registers.Allowance(RECEIPT, purpose, names, countries, until))

    def provide(self, person: str, recipient: int, *fields: str, **changes: Any) -> registers.Transfer:
        told = {"purpose": "delivery", "basis": "consent"} | changes
        chosen = fields or ("last_name", "phone")
        return registers.provide(person, recipient, chosen, **told, settings=self.settings, **self.desk)

    def add(self, code: str, **told: str) -> list[int]:
        return forms.add(code, list(told.items()), settings=self.settings, **self.desk)[1]

    def note(self, code: str, number: int, **told: str) -> str:
        return forms.note(code, number, list(told.items()), settings=self.settings, **self.desk)

    def rows(self, code: str) -> list[dict[str, Any]]:
        return list(catalogue.find(code).read())

    def overview(self) -> dict[str, dict[str, Any]]:
        return {row["register"]: row for row in overview(now=self.now)}


def journal(prefix: str) -> list[dict[str, Any]]:
    """The journal's rows about one register, in order."""
    rows = sql("SELECT entry FROM journal_entry WHERE about LIKE ? ORDER BY seq", f"{prefix}/%")
    return [json.loads(bytes(entry)) for (entry,) in rows]
