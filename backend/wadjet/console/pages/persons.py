"""One person: what is here of them, their card, and what staff may do with it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField

from ... import consent, contact, database, retention, rights, vault
from ...web import asking
from .. import desk, history
from ..access import ROLES
from ..guard import needs
from .messages import STATES, purposes

blueprint = Blueprint("persons", __name__, url_prefix="/persons")

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written
FIELDS = {field.name: field for field in contact.FIELDS if field.kind != "textarea"}
_LABELS = {
    "last_name": N_("Last name"),
    "first_name": N_("First name"),
    "patronymic": N_("Patronymic"),
    "phone": N_("Telephone"),
    "email": N_("E-mail"),
}
MOST = 50  # messages that are shown
_WAYS = ("paper", "telephone")  # by which a demand reaches staff and no program
_WORDS = contact.Field("words", 3000, kind="textarea")


class CardForm(FlaskForm):
    """A card as it is to be. `was_…`: as whoever corrects it has seen it."""

    class Meta:
        csrf = False  # the application looks at every post's token

    def changed(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in FIELDS if (self[name].data or "") != self[f"was_{name}"].data}

    def was(self) -> vault.Card:
        return vault.Card(**{name: self[f"was_{name}"].data or "" for name in FIELDS})


@blueprint.get("/<person>/")
@needs("messages:read", "requests:read")
def item(person: str) -> Response:
    """What is here of somebody; nothing of what it says."""
    return _show(person)


@blueprint.post("/<person>/open")
@needs("persons:open")
def open_it(person: str) -> Response:
    """Their card; the journal tells who looked at it and why."""
    return _open(person)


@blueprint.post("/<person>/rectify")
@needs("persons:change", "persons:open", fresh=True)
def rectify(person: str) -> Response:
    """Put a card right; whoever else corrected the same meanwhile is not overwritten.

    The old value is kept nowhere, and letters that prove a demand go to the new address: the password comes before.
    """
    form, wrong = _form(), False
    changed = form.changed()
    for name in changed:
        try:
            changed[name] = contact.clean(FIELDS[name], changed[name]) or ""
        except contact.Wrong as mistake:
            form[name].errors = [str(asking.sentences()[str(mistake)]())]
            wrong = True
    if wrong:
        return _open(person, 422, form)
    if not changed:
        flash(gettext("Nothing was changed."))
        return _back(person)
    try:
        told = rights.correct(person, changed, was=form.was(), by=desk.by(), now=desk.now())
    except (vault.CardChanged, vault.PersonBlocked):
        return _open(person, 409, form)
    flash(gettext("Corrected."))
    if told:
        flash(gettext("Tell those who were given what was wrong: %(names)s.", names=", ".join(told)))
    return _back(person)


@blueprint.post("/<person>/block")
@needs("persons:change")
def block(person: str) -> Response:
    """Halt everything that is done with their data."""
    return _mark(person, "block", vault.block, gettext("Blocked."), gettext("They were blocked already."))


@blueprint.post("/<person>/unblock")
@needs("persons:change")
def unblock(person: str) -> Response:
    """End it."""
    return _mark(person, "unblock", vault.unblock, gettext("Unblocked."), gettext("They were not blocked any more."))


@blueprint.post("/<person>/demand")
@needs("persons:change", "requests:move")
def demand(person: str) -> Response:
    """Enter that somebody has demanded the destruction of their data: it is done, or refused, as a request."""
    said, evidence = request.form.get("words", ""), request.form.get("evidence", "").strip()
    channel = request.form.get("channel", "")
    wrong: dict[str, str] = {}
    try:
        said = contact.clean(_WORDS, said) or ""
    except contact.Wrong as mistake:
        wrong["words"] = str(asking.sentences()[str(mistake)]())
    database.vault.read(lambda: vault.state(person))  # nothing is entered for somebody who is not here
    try:
        database.vault.read(lambda: vault.check_line(person, evidence))
    except vault.ReasonUnfit:
        wrong["evidence"] = _unfit()
    if channel not in _WAYS:
        wrong["channel"] = gettext("Choose one.")
    if wrong:
        return _show(person, 422, wrong=wrong)
    written = contact.written_by([person], limit=1)
    number = rights.open_request(
        "destroy",
        rights.Said(text=said),
        channel=channel,
        language=written[0].language if written else desk.language(),
        received_at=desk.now(),
        settings=desk.settings(),
        now=desk.now(),
        once=request.form.get("once", ""),
    )
    rights.admit(number, [person], evidence=evidence, by=desk.by(), settings=desk.settings(), now=desk.now())
    flash(gettext("Entered as request %(number)s.", number=number))
    return _back(person)


def _mark(person: str, act: str, verb: Callable[..., bool], done: str, late: str) -> Response:
    work = partial(verb, person, reason=request.form.get("reason", "").strip(), by=desk.by(), now=desk.now())
    try:
        is_done = database.vault.write(work)
    except vault.ReasonUnfit:
        return _show(person, 422, wrong={act: _unfit()})
    if not is_done:
        return _show(person, 409, late=late)
    flash(done)
    return _back(person)


def _back(person: str) -> Response:
    return redirect(url_for(".item", person=person), 303)  # type: ignore[return-value]


def _cause(person: str) -> str:
    """The message or request of theirs from which one comes to their card: it is the reason."""
    message, asked = request.form.get("message", ""), request.form.get("request", "")
    with suppress(contact.MessageUnknown):
        if message and contact.look(message).person == person:
            return f"message {message}"
    with suppress(rights.RequestUnknown):
        if asked and _is_about(rights.outline(asked), person):
            return f"request {asked}"
    return ""


def _is_about(outline: rights.Outline, person: str) -> bool:
    return person == outline.row.person or any(each.person == person for each in outline.people)


def _unfit() -> str:
    return str(gettext("Give one line of at most 200 letters that names nobody: it stays in the journal for ever."))


def _open(person: str, status: int = 200, form: CardForm | None = None) -> Response:
    """The card, for the reason that is given; a form that corrects it carries the one it was opened for."""
    reason = _cause(person) or request.form.get("reason", "").strip()
    if not reason and ROLES[desk.who().role].needs_reason:
        return _show(person, 422, wrong={"open": gettext("Say why you look at this card.")})
    read = partial(vault.extract, person, by=desk.by(), reason=reason, now=desk.now())
    try:
        card = database.vault.write(read)
    except vault.PersonBlocked:
        return _show(person, status if form else 409)
    except vault.ReasonUnfit:
        return _show(person, 422, wrong={"open": _unfit()})
    late = gettext("Somebody else has corrected the same meanwhile. What you typed is still here.")
    return _show(person, status, card=card, form=_form(card, form), late=late if status == 409 else "")


def _form(card: vault.Card | None = None, typed: CardForm | None = None) -> CardForm:
    """The form as posted, or begun with a card, or as posted once more over what the card says by now."""
    made: dict[str, Any] = {
        name: asking.question(field.kind, gettext(_LABELS[name]), longest=field.longest, is_required=field.is_required)
        for name, field in FIELDS.items()
    } | {f"was_{name}": HiddenField() for name in FIELDS}
    form: CardForm = type("Form", (CardForm,), made)(formdata=None) if card else type("Form", (CardForm,), made)()
    changed = typed.changed() if typed else {}
    for name, field in FIELDS.items() if card else ():
        form[name].data = changed.get(name, getattr(card, name))  # what they left alone is as it is by now
        form[name].errors = typed[name].errors if typed else ()
        form[f"was_{name}"].data = getattr(card, name)
        form[name].flags.required = field.is_required
    return form


def _show(person: str, status: int = 200, **more: Any) -> Response:
    """A person's page; `more`: their card, what is wrong with what was typed."""
    known = database.vault.read(lambda: vault.state(person))
    return desk.page(
        "persons/item.html",
        status,
        **{"card": None, "form": None, "wrong": {}, "late": ""} | ({} if "card" in more else _held(person)) | more,
        it=known,
        since=date.fromisoformat(known.created_on),
        hold=(hold := retention.hold_of(person)),
        until=date.fromisoformat(hold.until) if hold else None,
        needs_reason=ROLES[desk.who().role].needs_reason,
        once=request.form.get("once") or vault.new_id(),
        typed=request.form,
        ways={"paper": gettext("on paper"), "telephone": gettext("by telephone")},
    )


def _held(person: str) -> dict[str, Any]:
    """What is here of somebody, unopened."""
    written = contact.written_by([person], limit=MOST + 1)
    has_more, written = len(written) > MOST, written[:MOST]
    receipts = contact.receipts_of(person, [each.id for each in written])
    return {
        "most": MOST if has_more else 0,
        "written": _consents(written, receipts),
        "requests": rights.about(person, now=desk.now()),
        "done": history.of([person]),
        "purposes": purposes(),
        "states": STATES,
    }


def _consents(written: list[Any], receipts: dict[str, str]) -> list[tuple[Any, tuple[consent.Allowed, ...]]]:
    """Each message with what was allowed with it."""
    given = consent.given(list(receipts.values()))
    found = ((each, given.get(receipts.get(each.id, ""))) for each in written)
    return [(each, it.purposes if it else ()) for each, it in found]
