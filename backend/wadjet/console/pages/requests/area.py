"""What every page about requests shares: their blueprint, and how they speak of one."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext

from .... import clock, consent, deadlines, policy, registers, rights
from ... import desk
from . import hands, words

blueprint = Blueprint("requests", __name__, url_prefix="/requests")


@blueprint.context_processor
def surroundings() -> dict[str, Any]:
    """What kinds, states and ways are called, and the law behind a term."""
    return {
        "kinds": words.KINDS,
        "states": words.STATES,
        "channels": words.CHANNELS,
        "proofs": words.PROOFS,
        "events": words.EVENTS,
        "demands": rights.KINDS,
        "reasons": rights.REASONS,
        "grounds": rights.GROUNDS,
        "answered": rights.ANSWERED,
        "article": lambda deadline: deadlines.deadline(deadline).article,
        "tone": tone,
    }


def tone(row: dict[str, Any]) -> str:
    """How a request's clock looks: done, late, soon or calm."""
    if row["state"] not in words.OPEN:
        return "done"
    if row["overdue"]:
        return "late"
    soon = deadlines.add_working_days(clock.local_date(desk.now()), 1, desk.settings()).isoformat()
    return "soon" if row["due_on"] <= soon else "calm"


def seen(outline: rights.Outline) -> str:
    """How a request stood when a page was made: whoever acts on another standing is told first."""
    row = outline.row
    return "/".join((row.state, row.taken_by, row.kind, row.due_on))


def purposes() -> dict[str, str]:
    """What a person consents to when they write: key → name."""
    version = policy.current(desk.now())
    asked = consent.words(version, consent.spoken(version, desk.language()), "form")["purposes"]
    return {key: said[0] for key, said in asked.items()}


def item_page(
    request_id: str, status: int = 200, *, file: rights.File | None = None, mark: str = "", typed: str = ""
) -> Response:
    """A request's page. `file`: opened; `mark`: what has to be told first; `typed`: what must not be lost."""
    outline = file.outline if file else rights.outline(request_id)
    row = rights.summary(outline.row, desk.now())
    people = [each.person for each in outline.people]
    return desk.page(
        "requests/item.html",
        status,
        outline=outline,
        row=row,
        seen=seen(outline),
        file=file,
        mark=mark,
        typed=typed,
        steps=words.steps(outline.row, desk.by()),
        hindrance=hands.hindrance(outline) if desk.who().may("persons:change") else "",
        purposes=purposes() if file and file.request.said and file.request.said.purposes else {},
        labels=words.CARD,
        by=desk.by(),
        receipt=_receipt(file),
        entries=[] if file else registers.entries_of(people),
    )


def _receipt(file: rights.File | None) -> int | None:
    """The number of the receipt that they named, where there is such a one."""
    said = file.request.said if file and not file.is_blocked else None
    with suppress(consent.ReceiptUnknown):
        return consent.number_of(said.receipt) if said and said.receipt else None
    return None


def moved(request_id: str, typed: str = "") -> Response:
    """Somebody was quicker: who did what when, the request as it stands, and what was typed."""
    last = next(
        (each for each in reversed(rights.outline(request_id).history) if each["event"] not in words.QUIET), None
    )
    told = gettext("Nothing has been done: the request has changed since you opened this page.")
    if last:
        what, who, when = words.EVENTS[last["event"]], desk.named(last["by"]), desk.moment(last["at"])
        last_said = gettext("Last: %(what)s, %(who)s, %(when)s.", what=gettext(what), who=who, when=when)
        told = f"{told} {last_said}"
    return item_page(request_id, 409, mark=told, typed=typed)
