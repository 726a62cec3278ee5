"""The blueprint: the form's script, its API, the same form as a page, and the links in its letters."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import force_locale, gettext
from pydantic_core import to_json
from werkzeug.exceptions import UnsupportedMediaType

from .. import clock, consent, contact, jose, policy, vault
from ..keys import KeysUnusable, SignatureInvalid
from ..problems import Unavailable
from ..settings import origin_of
from ..web import asking, negotiate, scripts
from ..web.counters import count
from ..web.errors import MediaTypeNotTaken, RateLimited
from ..web.guards import count_post
from ..web.home import now, settings
from ..web.operations import operation
from . import fields, links, schemas, service
from .answers import Challenge, Received
from .forms import ContactForm, form_of
from .problems import ChallengeInvalid, ContactInvalid, MessageUnknown
from .schemas import Form, Posted

blueprint = Blueprint("contact", __name__)
_ASKED = {"site": "the site's id; may be left out where there is only one", "lang": "the language: kk, ru, en"}


def sentences() -> Mapping[str, Callable[[], str]]:
    """What is wrong with an answer, by code, in the language of the request."""
    return {
        **asking.sentences(),
        "consent": lambda: gettext("Please tick this: without your consent we may not answer."),
        "closed": lambda: gettext(
            "Messages are not taken here at present: our privacy policy does not ask for the consent to answer them."
        ),
        "not-given": lambda: gettext("Decide with the event “given”, and without a previous receipt."),
    }


@blueprint.get("/wadjet-contact.js")
@operation(
    answers={200: {"text/javascript": str}, 304: {}},
    query=_ASKED,
    refuses=[consent.SiteUnknown, KeysUnusable, Unavailable],
)
def script() -> Response:
    """The form as an element, with the current offer and its words inside."""
    data = _data(request.args.get("site"), request.args.get("lang") or "kk")
    return scripts.answer(request, "contact.js", data)


@blueprint.get("/api/v1/challenge")
@operation(answers={200: {"application/json": Challenge}}, refuses=[KeysUnusable])
def challenge() -> Response:
    """A proof of work to solve before writing: an ALTCHA challenge, protocol version 2."""
    return _json(contact.new_challenge(settings=settings(), now=now()))


@blueprint.post("/api/v1/contact")
@operation(
    answers={201: {"application/json": Received}, 200: {"application/json": Received}},
    takes={"application/json": Form},
    refuses=[
        ContactInvalid,
        ChallengeInvalid,
        consent.OfferInvalid,
        consent.OfferExpired,
        consent.PolicySuperseded,
        consent.PurposesMismatch,
        consent.DecisionInvalid,
        SignatureInvalid,
        consent.OriginNotAllowed,
        consent.ReceiptConflict,
        MediaTypeNotTaken,
        RateLimited,
        KeysUnusable,
        Unavailable,
    ],
)
def receive() -> tuple[Response, int]:
    """Take a message in; answer the receipt of its consent once both are durable."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    count_post(settings().rate_limit, request.remote_addr, now())
    try:
        posted = schemas.parse(request.get_data(cache=False))
        taken = contact.receive(posted, origin=request.headers.get("Origin"), settings=settings(), now=now())
    except ContactInvalid as problem:
        raise _told(problem) from None
    except vault.VaultLocked as locked:
        raise Unavailable("The vault is locked; `wadjet doctor` says why.") from locked
    answer = taken.answer
    count(current_app.extensions["wadjet.counters"], "messages", answer="replayed" if answer.replayed else "received")
    told = {"id": answer.id, "receipt": answer.receipt} | ({"unconfirmed": True} if taken.unconfirmed else {})
    return _json(told), 200 if answer.replayed else 201


@blueprint.route("/contact/", methods=["GET", "POST"])
@operation(
    answers={200: {"text/html": str}, 422: {"text/html": str}},
    takes=asking.TAKES,
    query=_ASKED,
    refuses=[consent.SiteUnknown, RateLimited, KeysUnusable, Unavailable],
)
def page() -> Response:
    """The contact form as a page, also without JavaScript."""
    version = policy.current(now())
    if not any(purpose.key == "feedback" for purpose in version.asked("form")):
        return _page("contact/closed.html", 200 if request.method == "GET" else 422, told=sentences()["closed"]())
    asked = consent.words(version, consent.spoken(version, negotiate.language(request)), "form")["purposes"]
    form = form_of(_labels(), _hints(), [(key, *said) for key, said in asked.items()])
    if request.method == "POST":
        count_post(settings().rate_limit, request.remote_addr, now())
    taken, status = _send(form, version) if request.method == "POST" else (None, 200)
    if taken:
        told = {"id": taken.answer.id, "receipt": taken.answer.receipt, "unconfirmed": taken.unconfirmed}
        return _page("contact/sent.html", 200, **told)
    replaced = _version_read(form, version)
    site = consent.site_of(request.args.get("site") or next(iter(settings().sites), None), settings())
    token, _ = consent.issue_offer(site, version, settings=settings(), now=now())
    asking.start(form, settings(), now())
    form.begin(offer=token, drawn=jose.b64url(secrets.token_bytes(16)), at=clock.stamp(now()))
    names = [field.name for field in fields.FIELDS]
    return _page("contact/form.html", status, form=form, fields=names, version=version, replaced=replaced)


@blueprint.route("/contact/withdraw/<token>/", methods=["GET", "POST"])
@operation(
    answers={200: {"text/html": str}},
    takes={"application/x-www-form-urlencoded": dict[str, str]},
    refuses=[MessageUnknown, KeysUnusable, Unavailable],
)
def withdraw(token: str) -> Response:
    """End what a letter's link is about. Opening the link only asks; the button, or RFC 8058's POST, does it."""
    message_id, purpose = links.read(token, settings())
    if purpose == "confirm":
        raise MessageUnknown("Open the link as it stands in the letter.")
    done = None
    if request.method == "POST":
        try:
            done = service.withdraw(
                message_id, purpose, language=negotiate.language(request), settings=settings(), now=now()
            )
        except vault.VaultLocked as locked:
            raise Unavailable("The vault is locked; `wadjet doctor` says why.") from locked
    return _page("contact/withdraw.html", 200, purpose=purpose, done=done)


@blueprint.route("/contact/confirm/<token>/", methods=["GET", "POST"])
@operation(
    answers={200: {"text/html": str}},
    takes={"application/x-www-form-urlencoded": dict[str, str]},
    refuses=[MessageUnknown, KeysUnusable, Unavailable],
)
def confirm(token: str) -> Response:
    """The writer says that a message is theirs. Opening the link only asks; the button does it."""
    message_id, purpose = links.read(token, settings())
    if purpose != "confirm":
        raise MessageUnknown("Open the link as it stands in the letter.")
    if request.method == "POST":
        try:
            service.confirm(message_id, now=now())
        except vault.VaultLocked as locked:
            raise Unavailable("The vault is locked; `wadjet doctor` says why.") from locked
    return _page("contact/confirm.html", 200, is_done=request.method == "POST")


def _send(form: ContactForm, version: policy.Version) -> tuple[service.Taken | None, int]:
    """What was taken in, or the status of the page that says what to look at; what was typed stays in the form."""
    if told := asking.doubt(form, settings(), now()):
        form.mark("id", told)
        return None, 422
    written, mistakes = schemas.clean(form.typed)
    if not form.ticked.get("feedback", True):
        mistakes.append(("feedback", "consent"))
    for name, code in mistakes:
        form.mark(name, sentences()[code]())
    if mistakes:
        return None, 422
    decision = {
        "id": form.id.data,
        "offer": form.offer.data,
        "event": "given",
        "purposes": form.ticked,
        "language": consent.spoken(version, negotiate.language(request)),
        "at": form.at.data or clock.stamp(now()),
    }
    try:
        posted = Posted(decision=consent.read_sent(decision), written=written, challenge="")
        own = origin_of(settings().base_url)
        return contact.receive(posted, origin=own, by_page=True, settings=settings(), now=now()), 200
    except (consent.PolicySuperseded, consent.OfferExpired):
        form.clear_ticks()
        form.mark("id", gettext("Please send it once more. What you wrote is still here."))
        return None, 422
    except (consent.ReceiptConflict, consent.DecisionInvalid, consent.OfferInvalid, consent.PurposesMismatch):
        form.mark("id", gettext("Please send it once more. What you wrote is still here."))
        return None, 422
    except (Unavailable, vault.VaultLocked):
        form.mark("id", gettext("It cannot be sent at this moment. What you wrote is still here: try again."))
        return None, 503


def _version_read(form: ContactForm, version: policy.Version) -> int | None:
    """The version that the person had before them, where it is no longer the one in force."""
    try:
        read = consent.offered_version(form.offer.data or "")
    except ValueError:
        return None
    return read if read != version.number and request.method == "POST" else None


def _labels() -> dict[str, str]:
    return {
        "last_name": gettext("Last name"),
        "first_name": gettext("First name"),
        "patronymic": gettext("Patronymic"),
        "phone": gettext("Telephone"),
        "email": gettext("E-mail"),
        "message": gettext("Message"),
    }


def _hints() -> dict[str, str]:
    return {"phone": gettext("For example 8 701 123 45 67")}


def _data(site_id: str | None, wished: str) -> dict[str, Any]:
    """What the element knows when it starts."""
    site, version = consent.site_of(site_id, settings()), policy.current(now())
    token, _ = consent.issue_offer(site, version, settings=settings(), now=now())
    language = consent.spoken(version, wished)
    words = consent.words(version, language, "form")
    with force_locale(language):
        labels, hints = _labels(), _hints()
    return {
        "site": site.id,
        "base": settings().base_url,
        "token": token,
        "version": version.number,
        "policy": settings().privacy_url,
        "language": language,
        "fields": [
            {
                "name": field.name,
                "label": labels[field.name],
                "hint": hints.get(field.name, ""),
                "kind": field.kind,
                "required": field.is_required,
                "autocomplete": field.autocomplete,
                "longest": field.longest,
            }
            for field in fields.FIELDS
        ],
        "purposes": [
            {"key": key, "required": key == "feedback", "name": name, "description": about}
            for key, (name, about) in words["purposes"].items()
        ],
        "words": words["ui"],
    }


def _told(problem: ContactInvalid) -> ContactInvalid:
    """The same refusal, each mistake in the person's language."""
    with force_locale(negotiate.language(request)):
        known = sentences()
        errors = [each | {"message": str(known[each["code"]]())} for each in problem.evidence["errors"]]
    return ContactInvalid(problem.detail, errors=errors)


def _page(template: str, status: int, **values: Any) -> Response:
    body = render_template(template, **values)
    return Response(body, status, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _json(value: dict[str, Any]) -> Response:
    return Response(to_json(value), mimetype="application/json")
