"""Everything held about one person and nobody else, as they may have it. Source: policy 4.1.a; 94-V art. 24(1)(1).

Gathered by the person's id alone, never by what looks alike: whatever is sealed is opened under this person's key, and
under no other; a request is theirs if it came from their mailbox, or was proven to be theirs. `_check` looks once more.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from .. import clock, consent, contact, database, ledger, mail, policy, registers, vault
from ..settings import Settings
from . import models
from .intake import words
from .models import Row
from .service import answer_of

CORRECTED = "vault:person:rectified"  # as the journal calls it
FORM = "wadjet-copy-1"  # changes where a key changes its meaning; new ones may come
Copy = dict[str, Any]


def gather(person: str, *, language: str, settings: Settings, now: datetime) -> Copy:
    """The copy of a person, keys and order as docs/rights.md tells them; words in `language`.

    Raises vault.PersonUnknown, PersonBlocked, VaultLocked.
    """
    card = database.vault.read(lambda: vault.card(person))
    mailbox = vault.mailbox(card.email)
    written, corrected_at = contact.of_person(person), _corrected_at(person)
    messages = [each for each in written if _is_theirs(each.written["email"], each.received_at, mailbox, corrected_at)]
    requests = _requests(person, mailbox)
    histories = {each.id: consent.history(each.receipt) for each in messages}
    receipts = [each.id for history in histories.values() for each in history]
    made = {
        "form": FORM,
        "made_at": clock.stamp(now),
        "language": language,
        "operator": _operator(settings, language),
        "person": asdict(card) | {"held_since": database.vault.read(lambda: vault.state(person)).created_on},
        "messages": [_message(each, histories[each.id]) for each in messages],
        "left_out": len(written) - len(messages),
        "purposes": _purposes(histories, language),
        "transfers": registers.transfers_of(person),
        "publications": registers.publications_of(person),
        "requests": [told for _, told in requests],
        "actions": _actions(person, [each.id for each in messages], [row.id for row, _ in requests], receipts),
    }
    _check(made, messages, person, corrected_at)
    return made


def as_json(copy: Copy) -> bytes:
    """For programs."""
    return (json.dumps(copy, ensure_ascii=False, indent=1) + "\n").encode()


def moment(stamp: str) -> str:
    """A time as people in Kazakhstan write it; a day as a day."""
    if len(stamp) == len("2026-11-23"):
        return ".".join(reversed(stamp.split("-")))
    return clock.parse(stamp).astimezone(clock.LOCAL).strftime("%d.%m.%Y %H:%M")


def _operator(settings: Settings, language: str) -> dict[str, str]:
    facts = settings.operator
    said = {name: mail.pick(getattr(facts, name), language) for name in ("name", "address", "responsible", "authority")}
    return {**said, **{name: getattr(facts, name) for name in ("bin", "email", "phone", "website", "authority_url")}}


def _corrected_at(person: str) -> str:
    """When the card was corrected last; "" never."""
    times = [each["at"] for each in ledger.history([person], database.vault) if each["event"] == CORRECTED]
    return max(times, default="")


def _is_theirs(address: str, received_at: str, mailbox: str, corrected_at: str) -> bool:
    """Whether what came from an address did from the mailbox on record, or from that of before a correction."""
    return vault.mailbox(address) == mailbox or received_at < corrected_at


def _message(message: contact.Message, history: Sequence[consent.Recorded]) -> dict[str, Any]:
    """A message with the consent that it came with. `salt` and `written` open the receipt's commitment."""
    return {
        "id": message.id,
        "received_at": message.received_at,
        "state": message.state,
        "language": message.language,
        "source": "contact form",
        "written": message.written,
        "salt": message.salt,
        "allowed": message.allowed,
        "answers": [{"at": each.at, "text": each.text} for each in message.answers],
        "receipts": [asdict(each) for each in history],
    }


def _purposes(histories: dict[str, list[consent.Recorded]], language: str) -> list[dict[str, Any]]:
    """What was consented to once, in the words of the version that it was consented to in."""
    consented = {
        (history[0].version, key)
        for history in histories.values()
        for receipt in history
        for key, is_allowed in receipt.allowed.items()
        if is_allowed
    }
    told = []
    for number, key in sorted(consented):
        purpose = next(each for each in policy.version(number).purposes if each.key == key)
        told.append({"version": number, "key": key, "term": purpose.term, "said": policy.told(purpose, language)})
    return told


def _requests(person: str, mailbox: str) -> list[tuple[Row, dict[str, Any]]]:
    """What was asked from the person's own mailbox, or in another way that was proven to be theirs."""

    nowhere = vault.mailbox("")

    def look() -> list[tuple[Row, dict[str, Any]]]:
        found: dict[str, tuple[Row, bool]] = {}
        for subject in models.subjects_of(person):
            row = models.find(subject.request)
            if row and (row.person == person or (mailbox != nowhere and _mailbox_of(row.person) == mailbox)):
                found |= {each.id: (each, True) for each in models.of_person(row.person)}
            elif row and subject.proven_at:  # the words may be those of whoever wrote, from elsewhere
                found[row.id] = (row, subject.proof == "staff" and _mailbox_of(row.person) == nowhere)
        rows = sorted(found.values(), key=lambda each: (each[0].received_at, each[0].id))
        return [(row, _request(row, has_words)) for row, has_words in rows]

    return database.vault.read(look)


def _mailbox_of(person: str) -> str | None:
    try:
        return vault.mailbox(vault.card(person, even_blocked=True).email)
    except vault.PersonUnknown:
        return None


def _request(row: Row, has_words: bool) -> dict[str, Any]:
    names = ("id", "kind", "state", "channel", "received_at", "due_on", "ended_at", "ground")
    said, answer = (words(row), answer_of(row)) if has_words else (None, None)
    return {
        **{name: getattr(row, name) for name in names},
        "said": asdict(said) if said else None,
        "answer": asdict(answer) if answer else None,
    }


def _actions(person: str, messages: list[str], requests: list[str], receipts: list[str]) -> list[dict[str, str]]:
    """What was done with the person's data; by whom stays with the operator, for staff are people too."""
    about = dict.fromkeys(requests, "request") | dict.fromkeys(messages, "message") | {person: "card"}
    found = ledger.history([*about, *(f"{request}.{person}" for request in requests)], database.vault)
    told = [_act(each, about.get(each["about"], "request")) for each in found]
    told += [_act(each, "consent") for each in ledger.history(receipts, database.receipts)]
    return sorted(told, key=lambda each: each["at"])


def _act(row: dict[str, str], about: str) -> dict[str, str]:
    return {name: row[name] for name in ("at", "act", "event")} | {"about": about}


def _check(copy: Copy, messages: Sequence[contact.Message], person: str, corrected_at: str) -> None:
    """The second look before anything goes out: nothing in it is of another person, by key or by mailbox."""
    mailbox = vault.mailbox(copy["person"]["email"])
    for message, told in zip(messages, copy["messages"], strict=True):
        is_theirs = _is_theirs(told["written"]["email"], told["received_at"], mailbox, corrected_at)
        if message.person != person or not is_theirs:
            raise RuntimeError("a message of somebody else would have gone into a copy")
