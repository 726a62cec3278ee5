"""The blueprint: the widget, the offer, receipts, the choices page."""

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from flask import Blueprint, Response, current_app, render_template, request
from pydantic_core import to_json
from werkzeug.exceptions import UnsupportedMediaType

from .. import consent, keys, policy
from ..keys import KeysUnusable, SignatureInvalid
from ..problems import Unavailable
from ..settings import Settings
from ..web import negotiate, scripts, shelf
from ..web.counters import Counters, count
from ..web.errors import MediaTypeNotTaken, RateLimited
from ..web.guards import count_post
from ..web.hatch import Post
from ..web.home import now, settings
from ..web.operations import operation
from . import offers, texts
from .answers import Found, Issued, Offer, Signed
from .decisions import Posted, read_signed, read_unsigned
from .offers import site_of
from .problems import (
    DecisionInvalid,
    OfferExpired,
    OfferInvalid,
    OriginNotAllowed,
    PolicySuperseded,
    PurposesMismatch,
    ReceiptConflict,
    ReceiptUnknown,
    SiteUnknown,
)
from .schemas import Decision

blueprint = Blueprint("consent", __name__)
_ASKED = {"site": "the site's id; may be left out where there is only one", "lang": "the language: kk, ru, en"}
_READERS: dict[str, Callable[[bytes], Posted]] = {"application/jose": read_signed, "application/json": read_unsigned}


@blueprint.get("/wadjet.js")
@operation(
    answers={200: {"text/javascript": str}, 304: {}}, query=_ASKED, refuses=[SiteUnknown, KeysUnusable, Unavailable]
)
def widget() -> Response:
    """The widget with the current offer, the banner and its words inside: one request, and the banner stands."""
    site_id, language = request.args.get("site"), request.args.get("lang")
    return scripts.answer(request, "wadjet.js", widget_data(site_id, language, settings=settings(), now=now()))


@blueprint.get("/api/v1/offer")
@operation(
    answers={200: {"application/json": Offer}, 304: {}}, query=_ASKED, refuses=[SiteUnknown, KeysUnusable, Unavailable]
)
def offer() -> Response:
    """The offer in one language."""
    value = consent.offer(request.args.get("site"), request.args.get("lang"), settings=settings(), now=now())
    body = json.dumps(value, ensure_ascii=False).encode()
    shelf.keep(request)
    return negotiate.answer(request, body, "application/json", digest=sha256(body).hexdigest(), max_age=60)


@blueprint.post("/api/v1/receipts")
@operation(
    answers={201: {"application/json": Issued}, 200: {"application/json": Issued}},
    takes={"application/jose": Signed, "application/json": Decision},
    refuses=[
        OfferInvalid,
        OfferExpired,
        PolicySuperseded,
        ReceiptConflict,
        ReceiptUnknown,
        PurposesMismatch,
        DecisionInvalid,
        SignatureInvalid,
        OriginNotAllowed,
        MediaTypeNotTaken,
        RateLimited,
        KeysUnusable,
        Unavailable,
    ],
)
def record() -> tuple[Response, int]:
    """Store a decision; answer its receipt once it is durable."""
    counters = current_app.extensions["wadjet.counters"]
    body, status = take(Post.of(request), settings=settings(), counters=counters, now=now())
    return Response(body, mimetype="application/json"), status


def take(post: Post, *, settings: Settings, counters: Counters | None, now: datetime) -> tuple[bytes, int]:
    """The same without Flask: the body of the answer and its status."""
    reader = _READERS.get(post.media_type)
    if reader is None:
        raise UnsupportedMediaType
    posted = reader(post.body)
    if posted.decision.event != "withdrawn":  # a withdrawal is never refused for load (policy 8.4.b)
        count_post(settings.rate_limit, post.sender, now)
    answer = consent.record(posted, origin=post.origin, settings=settings, now=now)
    count(counters, "decisions", event=posted.decision.event, answer="replayed" if answer.replayed else "recorded")
    value = {"id": answer.id, "receipt": answer.receipt, "proof_url": None}
    return to_json(value), 200 if answer.replayed else 201


@blueprint.get("/api/v1/receipts/<receipt_id>")
@operation(answers={200: {"application/json": Found}}, refuses=[ReceiptUnknown, Unavailable])
def show(receipt_id: str) -> Response:
    """A receipt and whether it still counts; its id is the right to read it."""
    answer = consent.find(receipt_id)
    return _json({"id": answer.id, "status": answer.status, "receipt": answer.receipt})


@blueprint.get("/.well-known/jwks.json")
@operation(answers={200: {"application/jwk-set+json": dict[str, Any]}, 304: {}}, refuses=[KeysUnusable])
def jwks() -> Response:
    """The operator's public keys: every one that ever signed."""
    body = json.dumps(keys.ring(settings()).jwks()).encode()
    return negotiate.answer(request, body, "application/jwk-set+json", digest=sha256(body).hexdigest(), max_age=60)


@blueprint.get("/.well-known/gpc.json")
@operation(answers={200: {"application/json": dict[str, bool | str]}})
def gpc() -> Response:
    """Global Privacy Control is honoured."""
    return _json({"gpc": True, "lastUpdate": "2026-11-23"})


@blueprint.route("/privacy/choices/", methods=["GET", "POST"])
@operation(
    answers={200: {"text/html": str}},
    takes={"application/x-www-form-urlencoded": dict[Literal["id"], str]},
    query=_ASKED,
    refuses=[SiteUnknown, ReceiptUnknown, KeysUnusable, Unavailable],
)
def choices() -> Response:
    """See, change, withdraw, download: the same as the banner and its panel, as a page."""
    withdrawn = unknown = None
    if request.method == "POST":
        try:
            withdrawn = consent.withdraw_by_id(
                request.form.get("id", "").strip(), language=negotiate.language(request), settings=settings(), now=now()
            )
        except ReceiptUnknown as problem:
            unknown = problem
    data = widget_data(
        request.args.get("site") or next(iter(settings().sites), None), None, settings=settings(), now=now()
    )
    body = render_template("consent/choices.html", data=data, withdrawn=withdrawn, unknown=unknown)
    return Response(body, 404 if unknown else 200, mimetype="text/html", headers={"Cache-Control": "no-store"})


def widget_data(site_id: str | None, language: str | None, *, settings: Settings, now: datetime) -> dict[str, Any]:
    """What the widget knows when it starts. With `language` only that one's words, else every published one's."""
    site, version = site_of(site_id, settings), policy.current(now)
    token, _ = offers.issue(site, version, settings=settings, now=now)
    spoken = [texts.spoken(version, language)] if language else texts.languages(version)
    return {
        "site": site.id,
        "base": settings.base_url,
        "token": token,
        "version": version.number,
        "asksSince": policy.asks_since(now),
        "policy": settings.privacy_url,
        "incomplete": bool(version.missing),
        "days": min((purpose.days for purpose in version.asked("banner")), default=365),
        "asked": [purpose.key for purpose in version.asked("banner")],
        "required": [purpose.key for purpose in version.purposes if purpose.required],
        "words": {each: texts.words(version, each) for each in spoken},
        "fallback": spoken[0],
    }


def _json(value: dict[str, Any]) -> Response:
    return Response(to_json(value), mimetype="application/json")
