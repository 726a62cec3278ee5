"""The blueprint: a person asks, says by a button that it was they, and sees how it stands."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext, ngettext

from .. import clock, consent, deadlines, paper, policy, rights, vault
from ..keys import KeysUnusable
from ..paper import PdfUnavailable
from ..problems import Unavailable
from ..web import asking, negotiate
from ..web.errors import RateLimited
from ..web.guards import address_key, count_post
from ..web.home import now, settings
from ..web.operations import operation
from . import copy, endings, flood, phrases, proof, results, schemas, told
from .forms import RequestForm, form_of
from .kinds import ENDING, KINDS
from .problems import RequestUnknown
from .standing import standing

blueprint = Blueprint("rights", __name__)
_LANG = {"lang": "the language: kk, ru, en"}


def sentences() -> Mapping[str, Callable[[], str]]:
    """What is wrong with an answer, by code, in the language of the request."""
    return {
        **asking.sentences(),
        "nothing": lambda: gettext("Give at least one new value, or say in your own words what is wrong."),
        "receipt": lambda: gettext("It has 22 letters, digits, - and _, as printed on the receipt."),
        "receipt-unknown": lambda: gettext("No receipt has this number."),
        "receipt-other": lambda: gettext("This receipt is about something else than what you ticked."),
    }


@blueprint.route("/privacy/requests/", methods=["GET", "POST"])
@operation(
    answers={200: {"text/html": str}, 422: {"text/html": str}},
    takes=asking.TAKES,
    query=_LANG | {"kind": "what is asked for; without it the page shows what can be"},
    refuses=[RateLimited, KeysUnusable, Unavailable],
)
def ask() -> Response:
    """What a person may demand, and the form for it."""
    kind = request.args.get("kind", "")
    if kind not in phrases.FORM:
        status = 422 if request.method == "POST" else 200
        return _page("rights/choose.html", status, often=phrases.OFTEN, rarely=phrases.RARELY)
    purposes = _purposes() if kind == "withdraw" else {}
    form = form_of(kind, _labels(kind), _hints(kind), [(key, name, about) for key, (name, about) in purposes.items()])
    status = 200
    if request.method == "POST":
        is_flood = _is_flood(kind)
        request_id, status = _send(kind, form, purposes, is_flood=is_flood)
        if request_id:
            ended = form["receipt"].data if kind == "withdraw" else ""
            is_answered = bool(form["email"].data)
            asked = standing(request_id)
            return _page("rights/received.html", 200, asked=asked, ended=ended, is_answered=is_answered)
    asking.start(form, settings(), now())
    return _page("rights/form.html", status, kind=kind, form=form)


@blueprint.route("/privacy/requests/confirm/<token>/", methods=["GET", "POST"])
@operation(
    answers={200: {"text/html": str}, 422: {"text/html": str}},
    takes={"application/x-www-form-urlencoded": dict[str, str]},
    query=_LANG,
    refuses=[RequestUnknown, KeysUnusable, Unavailable],
)
def confirm(token: str) -> Response:
    """Say that a request is one's own. Opening the link only shows what was asked; the button does it."""
    link = proof.read(token, settings(), now=now())
    try:
        waiting = rights.pending(link)
        ticked = set(request.form.getlist("request")) & {each.id for each in waiting}
        if ticked:
            rights.prove(link, sorted(ticked), settings=settings(), now=now())
    except vault.VaultLocked as locked:
        raise Unavailable("The vault is locked; `wadjet doctor` says why.") from locked
    if ticked:
        proven = [standing(each.id) for each in waiting if each.id in ticked]
        return _page("rights/confirmed.html", 200, proven=proven)
    is_wrong = request.method == "POST" and bool(waiting)
    asked = [(each, clock.parse(each.received_at), _words(each.said)) for each in waiting]
    return _page("rights/confirm.html", 422 if is_wrong else 200, asked=asked, is_wrong=is_wrong)


@blueprint.get("/privacy/requests/status/<request_id>/")
@operation(answers={200: {"text/html": str}}, query=_LANG, refuses=[RequestUnknown, Unavailable])
def status(request_id: str) -> Response:
    """How a request stands; its number is the right to see that."""
    return _page("rights/status.html", 200, asked=standing(request_id))


@blueprint.route("/privacy/requests/result/<token>/", methods=["GET", "POST"])
@operation(
    answers={200: {"text/html": str, "application/pdf": bytes, "application/json": dict[str, Any]}},
    takes=asking.TAKES,
    query=_LANG,
    refuses=[RequestUnknown, PdfUnavailable, KeysUnusable, Unavailable],
)
def result(token: str) -> Response:
    """What came of a request. Opening the link shows nothing of anybody; the button does, and leaves a row."""
    found = results.read(token, settings(), now=now())
    is_open = request.method == "POST"
    is_blocked = False
    if is_open and found.has_copy:
        try:
            made = results.open_copy(found, language=negotiate.language(request), settings=settings(), now=now())
            return _copy(made, request.form.get("as", ""))
        except vault.PersonBlocked:
            is_blocked = True
        except vault.PersonUnknown:
            raise RequestUnknown("The data were destroyed since: there is nothing to show.") from None
        except vault.VaultLocked as locked:
            raise Unavailable("The vault is locked; `wadjet doctor` says why.") from locked
    row = found.row
    return _page(
        "rights/result.html",
        200,
        asked=phrases.KINDS[row.kind][0],
        has_copy=found.has_copy,
        is_open=is_open,
        is_blocked=is_blocked,
        is_refused=row.state == "refused",
        why=told.GROUNDS.get(row.ground, ""),
        done=told.done(row.kind, has_data=found.has_data) if row.state == "fulfilled" else "",
        answer=found.answer,
        kept_until=endings.day(found.answer.until) if found.answer else "",
        until=copy.moment(clock.stamp(found.until)),
    )


def _copy(made: copy.Copy, form: str) -> Response:
    """The copy in one of its forms."""
    values = {"copy": made, "told": told, "moment": copy.moment, "kinds": phrases.KINDS, "states": phrases.STATES}
    if form == "json":
        return _file(copy.as_json(made), "application/json", "copy.json")
    if form == "pdf":
        language = negotiate.language(request)
        return _file(paper.to_pdf("rights/copy-print.html", language=language, **values), "application/pdf", "copy.pdf")
    return _page("rights/copy.html", 200, **values)


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, 200, mimetype=media_type, headers=headers)


def _is_flood(kind: str) -> bool:
    """Whether more posts come from this network than people write; of most kinds such are not taken at all.

    Nothing stands between a person and the end of a consent, though: these are joined. Raises RateLimited.
    """
    try:
        count_post(settings().rate_limit, request.remote_addr, now(), apart=":ending" if kind in ENDING else "")
    except RateLimited:
        if kind not in ENDING:
            raise
        return True
    return False


def _send(kind: str, form: RequestForm, purposes: Mapping[str, Any], *, is_flood: bool) -> tuple[str, int]:
    """The request's id, or "" and the status of the page that says what to look at; what was typed stays there."""
    if doubt := asking.doubt(form, settings(), now()):
        form.mark("started", doubt)
        return "", 422
    said, mistakes = schemas.read(kind, request.form | dict.fromkeys(request.files, ""), purposes)
    if said.receipt and not mistakes:
        mistakes = _end(said)
    if not mistakes:
        try:
            return _join(kind, said) if is_flood else _open(kind, said), 200
        except (Unavailable, vault.VaultLocked):
            form.mark("started", gettext("It cannot be sent at this moment. What you wrote is still here: try again."))
            return "", 503
    for name, code in mistakes:
        form.mark(name if name in form and code != "unknown" else "started", sentences()[code]())
    return "", 422


def _end(said: rights.Said) -> schemas.Mistakes:
    """End the consent of a receipt; its number is proof enough."""
    try:
        if said.purposes and not consent.standing(said.receipt).keys() & set(said.purposes):
            return [("receipt", "receipt-other")]
        proof.end_receipt(said, language=negotiate.language(request), settings=settings(), now=now())
    except consent.ReceiptUnknown:
        return [("receipt", "receipt-unknown")]
    return []


def _join(kind: str, said: rights.Said) -> str:
    language, network = negotiate.language(request), address_key(request.remote_addr, now())
    return flood.join(kind, said, network=network, language=language, settings=settings(), now=now())


def _open(kind: str, said: rights.Said) -> str:
    """The same words from the same opened page are the same request."""
    once = json.dumps([request.form.get("csrf_token"), request.form.get("started"), asdict(said)])
    return rights.open_request(
        kind,
        said,
        channel="form",
        language=negotiate.language(request),
        received_at=now(),
        settings=settings(),
        now=now(),
        once=once,
    )


def _purposes() -> Mapping[str, list[str]]:
    """What a person consents to when they write: key → name and description."""
    version = policy.current(now())
    asked: Mapping[str, list[str]] = consent.words(
        version, consent.spoken(version, negotiate.language(request)), "form"
    )["purposes"]
    return asked


def _words(said: rights.Said) -> list[tuple[str, str]]:
    """What was asked, as the person it may be about is shown it: label and words."""
    names, labels = _purposes() if said.purposes else {}, _card_labels()
    shown = [
        (gettext("Purposes"), ", ".join(names.get(key, [key])[0] for key in said.purposes)),
        *((labels.get(name, name), value) for name, value in said.fields.items()),
        (gettext("In their words"), "\n".join(filter(None, (said.subject, said.text)))),
        (gettext("Asked by somebody else"), said.representative),
    ]
    return [(label, value) for label, value in shown if value]


def _card_labels() -> dict[str, str]:
    return {
        "last_name": gettext("Last name"),
        "first_name": gettext("First name"),
        "patronymic": gettext("Patronymic"),
        "phone": gettext("Telephone"),
        "email": gettext("E-mail"),
    }


def _labels(kind: str) -> dict[str, str]:
    details = {
        "rectify": gettext("What is wrong, and what shows it"),
        "question": gettext("Your question"),
        "complaint": gettext("What happened"),
    }
    return {
        **{schemas.NEW + name: label for name, label in _card_labels().items()},
        "receipt": gettext("Number of the receipt"),
        "details": details.get(kind, gettext("In your own words")),
        "email": gettext("E-mail for our answer"),
        "representative": gettext("Who you are, and what entitles you to ask for them"),
    }


def _hints(kind: str) -> dict[str, str]:
    reasons = ("block", "destroy", "depersonalise", "unpublish")
    return {
        schemas.NEW + "phone": gettext("For example 8 701 123 45 67"),
        "receipt": gettext("Its consent ends at once, before anybody reads this."),
        "details": gettext("Why: incomplete, out of date, wrong, unlawfully obtained or not needed.")
        if kind in reasons
        else "",
        "email": gettext("Not needed with a receipt's number. If you gave us one before, the same.")
        if kind == "withdraw"
        else gettext("If you gave us one before, the same."),
        "representative": gettext(
            "Parent, guardian, power of attorney: its number and day. And whose data it is about."
        ),
    }


@blueprint.app_template_filter()
def term(kind: str) -> str:
    """By when a demand of this kind is met, in words."""
    duty = deadlines.deadline(KINDS[kind].deadline, clock.local_date(now()))
    if duty.unit == "calendar":
        return str(ngettext("within %(num)d day", "within %(num)d days", duty.limit))
    return str(ngettext("within %(num)d working day", "within %(num)d working days", duty.limit))


@blueprint.app_template_filter()
def clause(kind: str) -> str:
    """The clause of the policy that promises it, as its anchor is named."""
    return ".".join(KINDS[kind].clause.split(".")[:2])


@blueprint.context_processor
def surroundings() -> dict[str, Any]:
    """What kinds and states are called."""
    return {"kinds": phrases.KINDS, "states": phrases.STATES}


def _page(template: str, status: int, **values: Any) -> Response:
    """A page of one person's: no cache keeps it."""
    body = render_template(template, **values)
    return Response(body, status, mimetype="text/html", headers={"Cache-Control": "no-store"})
