"""The gate that data pass on their way to a third party: everything is there, the entry is durable, then they may go.

In its order: the person is not blocked; the recipient is registered and has accepted the duties; the ground holds;
the consent stands, and its policy names the recipient; abroad: something is known of the country, the authorised body
was notified, the consent names the country. Source: law.md 5; 94-V art. 7(6), 10(1), 16, 19(1), 22(1)(5).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import date, datetime
from functools import partial
from typing import Any

from .. import clock, database, deadlines, vault
from ..settings import Settings
from . import grounds, models, recipients
from .entries import note, record
from .grounds import CONSENT
from .models import Row
from .problems import TransferRefused

FIELDS = (*(each.name for each in fields_of(vault.Card)), "message")


@dataclass(frozen=True)
class Allowance:
    """What a standing consent of a person's allows, for one purpose, in the words of the policy it was given on.

    receipt  its id; until  the last day it counts; countries  ISO 3166
    """

    receipt: str
    purpose: str
    recipients: tuple[str, ...]
    countries: tuple[str, ...]
    until: date


@dataclass(frozen=True)
class Transfer:
    """An entry of R3. `tell_by`: until when the person is to be told, where that was agreed (D8)."""

    number: int
    is_abroad: bool
    tell_by: date | None


_finders: list[Callable[[str], Iterable[Allowance]]] = []


def allowed_by(find: Callable[[str], Iterable[Allowance]]) -> None:
    """A room tells what the consents that it knows of allow.

    find(person)  those that stand at this moment, also of somebody who is blocked; called outside any transaction
    """
    _finders.append(find)


def provide(
    person: str,
    recipient: int,
    fields: Sequence[str],
    *,
    purpose: str,
    basis: str,
    citation: str = "",
    consent: str | None = None,
    notify: bool = False,
    network: bool = True,
    by: str,
    settings: Settings,
    now: datetime,
) -> Transfer:
    """Let data go to a recipient: once this has answered, the entry is durable and they may leave.

    fields    codes of FIELDS; basis: a word of grounds.BASES; citation: compulsory but for `consent`
    consent   only the receipt of that id; None: any standing one of the person's
    notify    it was agreed that the person is told: D8 begins; network: whether the data go over one (policy 9.2)
    Raises TransferRefused naming all that is missing; PersonUnknown, PersonDestroyed, ReasonUnfit.
    Source: policy 2.11, 2.13, 8.2, 10, 11; 94-V art. 7(6), 16, 19(1), 22(1)(5).
    """
    standing = _standing(person, purpose, basis, consent, now)
    tell_by = deadlines.due_on("D8", now, settings) if notify else None

    def write() -> Transfer:
        row, lacks, allowance = _look(person, recipient, fields, purpose, basis, citation, standing, now)
        if lacks or row is None:
            raise TransferRefused(lacks)
        for text in (purpose, citation):
            vault.check_words(person, text)
        return _enter(person, row, tuple(fields), purpose, basis, citation, allowance, network, tell_by, by=by, now=now)

    return database.vault.write(write)


def lacking(
    person: str,
    recipient: int,
    fields: Sequence[str],
    *,
    purpose: str,
    basis: str,
    citation: str = "",
    consent: str | None = None,
    now: datetime,
    **_: Any,
) -> list[str]:
    """The codes of all that `provide` would find missing, in the order of the gate; nothing is entered.

    Raises PersonUnknown, PersonDestroyed.
    """
    standing = _standing(person, purpose, basis, consent, now)
    look = partial(_look, person, recipient, fields, purpose, basis, citation, standing, now)
    return [code for code, _ in database.vault.read(look)[1]]


def recipient_lacking(number: int, *, now: datetime) -> list[str]:
    """The codes of what keeps data from going to a recipient at all, whoever's they are."""
    return [code for code, _ in database.vault.read(lambda: recipients.lacks(recipients.look_up(number), now))]


def _standing(person: str, purpose: str, basis: str, consent: str | None, now: datetime) -> list[Allowance]:
    """The consents that could carry a transfer; outside any transaction."""
    found = [each for find in _finders for each in find(person)] if basis == CONSENT else []
    matching = [each for each in found if each.purpose == purpose and consent in (None, each.receipt)]
    return [each for each in matching if each.until >= clock.local_date(now)]


def _look(
    person: str,
    recipient: int,
    fields: Sequence[str],
    purpose: str,
    basis: str,
    citation: str,
    standing: Sequence[Allowance],
    now: datetime,
) -> tuple[Row | None, list[tuple[str, str]], Allowance | None]:
    """The recipient, all that is missing, and the consent that carries it; inside `vault.read` or `write`."""
    row = recipients.look_up(recipient)
    lacks = [*person_lacks(person), *field_lacks(fields)]
    if not purpose.strip():
        lacks.append(("purpose-missing", "Say what for."))
    lacks += [*recipients.lacks(row, now), *grounds.lacks(basis, citation)]
    allowance, more = _consent(row, basis, standing)
    return row, lacks + more, allowance


def told(number: int, told_on: date, *, by: str, now: datetime) -> None:
    """The person was told of a transfer. Raises EntryUnknown, EntryMoved. Ends D8."""
    note("transfer", "R3", number, {"told_on": told_on.isoformat()}, still_empty="told_on", by=by, now=now)


def person_lacks(person: str) -> list[tuple[str, str]]:
    """Inside `vault.read` or `write`. Raises PersonUnknown, PersonDestroyed."""
    is_blocked = vault.state(person).blocked_at is not None
    return [("person-blocked", "The person's data are blocked: unblock them first.")] if is_blocked else []


def field_lacks(fields: Sequence[str]) -> list[tuple[str, str]]:
    """Whether they are codes, and not values."""
    if fields and len(set(fields)) == len(fields) and set(fields) <= set(FIELDS):
        return []
    return [("fields-unknown", f"Name fields, each once, of {', '.join(FIELDS)}.")]


def _consent(
    row: Row | None, basis: str, standing: Sequence[Allowance]
) -> tuple[Allowance | None, list[tuple[str, str]]]:
    """The consent that carries a transfer, or what is missing for there to be one."""
    abroad = row is not None and row["country"] != recipients.HOME
    if basis != CONSENT:
        if abroad and basis in grounds.BASES and not grounds.allows_abroad(basis):
            return None, [
                ("country-not-allowed", f"The ground {basis} carries no transfer abroad: art. 16 asks consent or law.")
            ]
        return None, []
    if not standing:
        return None, [("consent-missing", "No consent of this person stands for this purpose.")]
    if row is None:
        return None, []
    named = [each for each in standing if _spelled(row["name"]) in map(_spelled, each.recipients)]
    there = [each for each in standing if not abroad or row["country"] in each.countries]
    lacks = []
    if not named:
        lacks.append(("recipient-not-named", "The policy that was consented to does not name this recipient."))
    if not there:
        lacks.append(("country-not-allowed", f"The consent allows no transfer to {row['country']}."))
    both = [each for each in named if each in there]
    if not both and not lacks:
        lacks.append(("country-not-allowed", "No single consent names both the recipient and the country."))
    return (both[0] if both else None), lacks


def _enter(
    person: str,
    row: Row,
    fields: tuple[str, ...],
    purpose: str,
    basis: str,
    citation: str,
    allowance: Allowance | None,
    network: bool,
    tell_by: date | None,
    *,
    by: str,
    now: datetime,
) -> Transfer:
    abroad = row["country"] != recipients.HOME
    number = models.insert(
        "transfer",
        at=clock.stamp(now),
        by_whom=by,
        person=person,
        recipient=row["id"],
        country=row["country"],
        fields=" ".join(fields),
        purpose=purpose,
        basis=basis,
        citation=citation,
        # Under the person's key: a receipt's id in clear would join the two databases.
        consent=vault.seal(person, "transfer", "consent", allowance.receipt) if allowance else None,
        network=network,
        notice=recipients.notice_of(row["id"], now) if abroad else None,
        country_facts_on=row["country_facts_on"] if abroad else None,
        tell_by=tell_by.isoformat() if tell_by else None,
    )
    facts = {"recipient": row["id"], "country": row["country"], "fields": " ".join(fields), "basis": basis}
    network_word = "network" if network else "no network"
    record("R3", number, "provided", act="provide", by=by, now=now, over=network_word, **facts)
    return Transfer(number, abroad, tell_by)


def _spelled(name: str) -> str:
    return " ".join(name.casefold().split())
