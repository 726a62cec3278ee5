"""A receipt in words: what it says, and what it proves and does not, for whoever reads it in their own language."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale, gettext

from .. import consent, policy
from ..policy import VersionUnknown

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

EVENTS: Mapping[str, str] = {
    "given": N_("Consent given"),
    "refused": N_("Consent refused"),
    "withdrawn": N_("Consent withdrawn"),
}
STATUSES: Mapping[str, str] = {
    "current": N_("in force"),
    "withdrawn": N_("ended by a withdrawal"),
    "superseded": N_("replaced by a later decision"),
}
PROOFS: Mapping[str, str] = {
    "key": N_("signed with the visitor’s key"),
    "offer": N_("unsigned, on an offer of the operator"),
    "possession": N_("by whoever holds the receipt"),
}
_BEHIND: Mapping[str, str] = {
    "key": N_("The browser that holds this key signed exactly this choice, and the offer it chose from."),
    "offer": N_("The choice came unsigned, with an offer that the operator had put on this site."),
    "possession": N_(
        "Whoever ended this consent, or a part of it, knew the number of the receipt before; that is enough."
    ),
}
_PROVES = (
    N_("The operator’s key signed exactly this; nobody without that key could make or alter it."),
    N_("The policy was this version, in force then; anybody can compute its digest, SHA-256, anew."),
    N_("The operator’s clock said this time when it was recorded."),
)
_COMMITS = N_(
    "It is about one message and no other: whoever shows what opens the commitment shows exactly what was written."
)
_PROVES_NOT = (
    N_("Who the person was: a key belongs to a browser, and nothing here names a person."),
    N_("That the words were read or understood."),
    N_("That the decision still counts: a later one may have changed or ended it."),
    N_("The visitor’s own time, which is kept as their browser told it."),
)


@dataclass(frozen=True)
class Telling:
    """What a page tells of a receipt. `faults`: why it is not genuine; then nothing else is told.

    facts     as `consent.facts` gives them; purposes: name and whether it is allowed
    words     what banner and panel, or the form, had said, line by line, where that text is kept
    """

    faults: tuple[str, ...]
    facts: Mapping[str, Any]
    purposes: tuple[tuple[str, bool], ...] = ()
    proves: tuple[str, ...] = ()
    proves_not: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def tell(token: str, jwks: dict[str, Any], *, stored_as: str = "") -> Telling:
    """Judge a receipt by the operator's keys and say what it says. `stored_as`: its id, where it is kept here."""
    verdict = consent.verify(token, jwks)
    if not verdict.is_genuine:
        return Telling(tuple(map(_fault, verdict.faults)), {})
    facts = consent.facts(verdict.receipt)
    proves = [*_PROVES[:1], _BEHIND[facts["proof"]], *_PROVES[1:], *([_COMMITS] if facts["commitment"] else [])]
    return Telling(
        (),
        facts,
        tuple(_purpose(verdict.receipt, *each) for each in consent.purposes(verdict.receipt)),
        tuple(map(gettext, proves)),
        tuple(map(gettext, _PROVES_NOT)),
        tuple(_words(stored_as)) if stored_as else (),
    )


def name_of(key: str) -> str:
    """A purpose's name in the page's language, as the newest version that has it calls it."""
    named = (each for version in reversed(policy.versions()) for each in version.purposes if each.key == key)
    found = next(named, None)
    return str((policy.pick(found.name, get_locale().language) if found else "") or key)


def _purpose(said: dict[str, Any], key: str, title: str, is_allowed: bool) -> tuple[str, bool]:
    try:
        version = policy.version(int(consent.asked_on(said)))
    except VersionUnknown:
        return title, is_allowed
    named = next((each.name for each in version.purposes if each.key == key), {})
    return str(policy.pick(named, get_locale().language) or title), is_allowed


def _words(receipt_id: str) -> list[str]:
    kept = consent.text_shown(receipt_id)
    if kept is None:
        return []
    text = json.loads(kept)
    named = [f"{name}: {description}" for name, description in text["purposes"].values()]
    return [*text["ui"], *named, *filter(None, [text.get("summary")])]


def _fault(fault: str) -> str:
    """Why a receipt is not genuine; what has no words of its own is damage."""
    told = str(gettext(fault))
    is_said = told != fault or get_locale().language == "en"
    return told if is_said else str(gettext("It is damaged, or was never a receipt of ours."))
