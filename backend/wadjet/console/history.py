"""What was done with a message or a person, as the journal has it, in the words of whoever looks."""

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext

from .. import database, ledger

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

_DONE = {
    "contact:message:kept": N_("stored"),
    "contact:message:unconfirmed": N_("waits until its writer confirms the address"),
    "contact:message:received": N_("received"),
    "contact:message:found": N_("looked for by its number"),
    "contact:message:read": N_("opened"),
    "contact:message:answered": N_("answered"),
    "contact:message:closed": N_("settled"),
    "contact:message:reduced": N_("only what the news need is left"),
    "contact:feedback:withdrawn": N_("consent to an answer withdrawn"),
    "contact:marketing:withdrawn": N_("consent to news withdrawn"),
    "mail:letter:sent": N_("letter sent"),
    "consent:decision:given": N_("consent given"),
    "consent:decision:withdrawn": N_("consent withdrawn"),
    "vault:person:taken-in": N_("card made"),
    "vault:person:known": N_("wrote once more"),
    "vault:person:found": N_("looked for by address or telephone"),
    "vault:person:read": N_("card opened"),
    "vault:person:rectified": N_("card corrected"),
    "vault:person:blocked": N_("blocked"),
    "vault:person:unblocked": N_("unblocked"),
    "retention:hold:made": N_("kept by law"),
    "retention:hold:released": N_("no longer kept by law"),
    "retention:person:asked": N_("asked whether the data are still right"),
    "mail:letter:failed": N_("a letter could not be delivered"),
}
_SENT = {
    "contact-opt-in": N_("letter sent: whether the address is theirs"),
    "contact-confirmation": N_("letter sent: that the message came"),
    "contact-notification": N_("letter sent to the operator"),
    "contact-answer": N_("letter sent: the answer"),
}
_OF_KIND = {
    "mail:letter:sent": _SENT,
    "mail:letter:failed": {"contact-answer": N_("the answer could not be delivered")},
    "contact:message:answered": {"letter": N_("answered by mail"), "otherwise": N_("answered in another way")},
}


@dataclass(frozen=True)
class Done:
    """One act. `by`: a handle, "" for the system, `subject` for the person themselves."""

    at: str
    event: str
    said: str
    by: str


def of(ids: Collection[str], receipts: Collection[str] = ()) -> list[Done]:
    """What was done with what these ids name, the newest first. `receipts`: ids in the other database."""
    rows = _in_order(ledger.history(receipts, database.receipts)) if receipts else []
    rows += _in_order(ledger.history(ids, database.vault))
    return [_done(row) for _, row in sorted(rows, key=lambda each: each[0])[::-1]]


def _in_order(rows: list[dict[str, str]]) -> list[tuple[str, dict[str, str]]]:
    """The rows of one journal, each with a time that is not before that of the row before it.

    Letters are noted by the whole hour (policy 5.3), which is before what they tell of.
    """
    found, latest = [], ""
    for row in rows:
        latest = max(latest, row["at"])
        found.append((latest, row))
    return found


def _done(row: dict[str, str]) -> Done:
    said = _OF_KIND.get(row["event"], {}).get(row["kind"]) or _DONE.get(row["event"])
    return Done(row["at"], row["event"], str(gettext(said)) if said else row["event"], row["by"])
