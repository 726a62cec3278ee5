"""What people wrote: a list of it, who is looked for, one message and what is done with it."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import get_locale, gettext

from ... import consent, contact, database, policy, retention, vault
from ...web import asking
from .. import answers, desk, history
from ..guard import needs

blueprint = Blueprint("messages", __name__, url_prefix="/messages")

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written
PAGE = 50
STATES = {
    "received": (N_("New"), "soon"),
    "answered": (N_("Answered"), "done"),
    "closed": (N_("Closed"), "calm"),
    "unconfirmed": (N_("Not confirmed"), "calm"),
    "reduced": (N_("Reduced"), "calm"),
}
_PLACE = re.compile(r"([0-9T:.Z-]{20,24})~([\w-]{22})", re.ASCII)
_NUMBER = re.compile(r"[\w-]{22}", re.ASCII)
_BY = {field.name: field for field in contact.FIELDS if field.name in ("email", "phone")}


@dataclass(frozen=True)
class Typed:
    """An answer that was not taken: what staff typed, in which draft, and what is wrong with it."""

    text: str
    draft: str
    trouble: str = ""


@blueprint.get("/")
@needs("messages:read")
def listing() -> Response:
    """The messages in one state, or all; nothing of what they say."""
    state = request.args.get("state", "received")
    state = state if state in STATES or state == "all" else "received"
    order = "oldest" if request.args.get("order") == "oldest" else "newest"
    place = _PLACE.fullmatch(request.args.get("after", ""))
    after = (place[1], place[2]) if place else None
    rows = contact.page("" if state == "all" else state, after=after, is_newest_first=order == "newest", limit=PAGE + 1)
    shown, more = rows[:PAGE], ""
    if len(rows) > PAGE:
        more = url_for(".listing", state=state, order=order, after=f"{shown[-1].received_at}~{shown[-1].id}")
    first = url_for(".listing", state=state, order=order) if after else ""
    return desk.page("messages/list.html", rows=shown, state=state, order=order, more=more, first=first, states=STATES)


@blueprint.post("/search")
@needs("messages:read")
def search() -> Response:
    """Who has exactly this address or telephone, whose number is this? By post: it stands in no address."""
    wanted = request.form.get("wanted", "").strip()
    if _NUMBER.fullmatch(wanted):
        return _by_number(wanted)
    if not desk.who().may("persons:open"):
        return _found(wanted, gettext("Your role looks for numbers alone: 22 letters, digits, - and _."))
    kind = "email" if "@" in wanted else "phone"
    try:
        value = contact.clean(_BY[kind], wanted[:300]) or ""
    except contact.Wrong:
        value = ""
    if not value:
        told = gettext("Give a whole e-mail address, a whole telephone number, or a number of 22 characters.")
        return _found(wanted, told)
    email, phone = (value, "") if kind == "email" else ("", value)
    people = database.vault.write(partial(vault.search, email=email, phone=phone, by=desk.by(), now=desk.now()))
    written = contact.written_by([each.person for each in people])
    rows = [(each, [row for row in written if row.person == each.person]) for each in people]
    return desk.page("messages/found.html", wanted=wanted, people=rows, states=STATES)


def _by_number(number: str) -> Response:
    try:
        found = contact.find(number, by=desk.by(), now=desk.now())
    except contact.MessageUnknown:
        return desk.page("messages/found.html", wanted=number, people=[], states=STATES)
    return redirect(url_for(".item", message_id=found), 303)  # type: ignore[return-value]


def _found(wanted: str, trouble: str) -> Response:
    return desk.page("messages/found.html", 422, wanted=wanted, people=None, trouble=trouble, states=STATES)


@blueprint.get("/<message_id>/")
@needs("messages:read")
def item(message_id: str) -> Response:
    """How a message stands, unopened."""
    return _show(message_id)


@blueprint.post("/<message_id>/open")
@needs("persons:open")
def open_it(message_id: str) -> Response:
    """What it says and who wrote it; the journal tells who has looked."""
    return _open(message_id)


@blueprint.post("/<message_id>/answer")
@needs("messages:answer", "persons:open")
def answer(message_id: str) -> Response:
    """Send an answer by mail. Whatever keeps it from going, what was typed is still there."""
    draft = request.form.get("draft", "")
    typed = Typed(request.form.get("text", ""), draft if draft in answers.DRAFTS else "answer")
    try:
        text = answers.finish(typed.text)
    except contact.Wrong as wrong:
        return _open(message_id, 422, Typed(typed.text, typed.draft, _sentence(str(wrong))))
    try:
        contact.answer(message_id, text=text, after=request.form.get("after", ""), by=desk.by(), now=desk.now())
    except (contact.MessageMoved, vault.PersonBlocked):
        return _open(message_id, 409, typed)
    flash(gettext("The answer goes by mail."))
    return redirect(url_for(".item", message_id=message_id), 303)  # type: ignore[return-value]


@blueprint.post("/<message_id>/note")
@needs("messages:answer")
def note(message_id: str) -> Response:
    """It was answered on paper or by telephone."""
    return _move(message_id, contact.answer, gettext("Noted as answered."))


@blueprint.get("/<message_id>/close")
@needs("messages:answer")
def ask_closing(message_id: str) -> Response:
    """What goes on which day once the enquiry is settled, before it is."""
    it = contact.look(message_id)
    if it.state not in ("received", "answered") or it.is_blocked:
        return _show(message_id, 409)
    ahead = retention.once_settled(message_id, it.person, now=desk.now())
    return desk.page("messages/close.html", it=it, ahead=ahead, after=it.answers[-1].id if it.answers else "")


@blueprint.post("/<message_id>/close")
@needs("messages:answer")
def close(message_id: str) -> Response:
    """The enquiry is settled."""
    return _move(message_id, contact.close, gettext("Closed: the purpose of its data is achieved."))


def _move(message_id: str, act: Any, said: str) -> Response:
    try:
        act(message_id, after=request.form.get("after", ""), by=desk.by(), now=desk.now())
    except (contact.MessageMoved, vault.PersonBlocked):
        return _show(message_id, 409)
    flash(said)
    return redirect(url_for(".item", message_id=message_id), 303)  # type: ignore[return-value]


def _open(message_id: str, status: int = 200, typed: Typed | None = None) -> Response:
    """The message's page with what it says and who wrote it; the journal tells it of the message and of the person."""
    by, now = desk.by(), desk.now()
    try:
        message = contact.read(message_id, by=by, now=now)
        look = partial(vault.extract, message.person, by=by, reason=f"message {message_id}", now=now)
        card = database.vault.write(look)
    except vault.PersonBlocked:
        return _show(message_id, status if typed else 409, typed=typed)
    begun = answers.begin(card, message.language, desk.settings())
    if typed:
        begun[typed.draft] = typed.text
    return _page(
        message,
        status,
        typed=typed,
        opened=message,
        card=card,
        begun=begun,
        drafts=answers.DRAFTS,
        done=history.of([message_id]) if status == 409 else [],
        has_mail=bool(desk.settings().mail_url),
    )


def _show(message_id: str, status: int = 200, typed: Typed | None = None) -> Response:
    """The message's page, unopened."""
    it = contact.look(message_id)
    done = history.of([it.id, *(each.id for each in it.answers)], [it.receipt])
    return _page(
        it, status, is_blocked=it.is_blocked, consents=it.consents, purposes=purposes(), done=done, typed=typed
    )


def _page(it: contact.Standing | contact.Message, status: int, **shown: Any) -> Response:
    hindrance = contact.hindrance(it, desk.now())
    return desk.page(
        "messages/item.html",
        status,
        **{"opened": None, "is_blocked": False} | shown,
        it=it,
        number=_receipt(it.receipt),
        states=STATES,
        after=it.answers[-1].id if it.answers else "",
        hindrance=hindrance,
        may_answer=it.state in ("received", "answered") and not hindrance and not shown.get("is_blocked"),
        is_late=status == 409,
        last=next((each for each in shown["done"] if each.event in _LAST), None),
    )


def _receipt(receipt_id: str) -> int | None:
    """The number of a receipt here, which opens its page and ends nothing; None once it has gone."""
    with suppress(consent.ReceiptUnknown):
        return consent.number_of(receipt_id)
    return None


_LAST = ("contact:message:answered", "contact:message:closed", "contact:message:reduced")


def purposes() -> dict[str, str]:
    """The names of the purposes of the policy in force, for whoever looks."""
    known = policy.current(desk.now()).purposes
    return {each.key: next(iter(policy.told(each, get_locale().language).values())) for each in known}


def _sentence(code: str) -> str:
    known: dict[str, Callable[[], str]] = {
        **asking.sentences(),
        "unfinished": lambda: gettext("Write in the place of %(gap)s, or take it out.", gap=answers.GAP),
    }
    return str(known[code]())
