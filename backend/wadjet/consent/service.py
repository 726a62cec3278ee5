"""The verbs: record a decision, read a receipt."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from .. import clock, database, jose, keys, ledger, policy
from ..settings import Settings, Site
from . import models, offers, receipts
from .decisions import Posted, reread
from .models import Row
from .problems import (
    ClockBehind,
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

_CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Answer:
    """A receipt as it is handed out. `replayed`: it was there before."""

    id: str
    receipt: str
    status: str = "current"
    replayed: bool = False


def offer(site_id: str | None, language: str | None, *, settings: Settings, now: datetime) -> dict[str, Any]:
    """The current offer of a site. Raises SiteUnknown, policy.NoPolicy."""
    return offers.describe(site_of(site_id, settings), policy.current(now), language, settings=settings, now=now)


def record(posted: Posted, *, origin: str | None, settings: Settings, now: datetime) -> Answer:
    """Store a decision and answer its receipt, durably; the same decision again answers the same receipt.

    posted  read, with its signature checked: steps (1) form and (2) signature are behind it
    origin  the page's Origin header, None when there was none
    Raises, in this order: (3) OriginNotAllowed, (4) ReceiptConflict, (5) OfferInvalid, OfferExpired,
    (6) PolicySuperseded, (7) PurposesMismatch; ReceiptUnknown for a `previous` that is none of ours.
    Source: 94-V art. 8(1), 8(4), 25(2)(5); policy 7.1, 8.4.b, 12.2.
    """
    if posted.decision.event == "withdrawn":
        return _withdraw(posted, settings=settings, now=now)
    _check_origin(origin, settings)  # (3)
    try:
        site, version = _check_offer(posted, origin, settings=settings, now=now)
    except (OfferInvalid, OfferExpired, PolicySuperseded, PurposesMismatch, OriginNotAllowed, DecisionInvalid):
        # (4) comes before these: what was answered once is answered again, whatever changed since.
        if replay := database.receipts.read(lambda: _replay(posted)):
            return replay
        raise
    decision = posted.decision
    proof = "key" if posted.thumbprint else "offer"
    token = _sign(posted, decision.purposes, version, version, site.id, proof, settings=settings, now=now)

    def store() -> Answer:
        if replay := _replay(posted):  # (4)
            return replay
        _check_clock(now)
        if policy.in_force(now) is not version:  # (6) again: another process may have published
            raise PolicySuperseded("Decide again on the current version.")
        previous = _previous(decision.previous) if decision.previous else None
        _insert(posted, token, version.number, site.id, proof, previous, now=now)
        return Answer(decision.id, token)

    try:
        return database.receipts.write(store)
    except PolicySuperseded as stale:
        raise _with_offer(stale, site, decision.language, settings=settings, now=now) from None


def _withdraw(posted: Posted, *, settings: Settings, now: datetime) -> Answer:
    """End a consent; possession of its receipt's id is enough, and nothing else can stand in the way.

    Withdrawing twice answers the first withdrawal. Source: policy 8.4.b, 8.9; 94-V art. 8(7).
    """
    decision = posted.decision

    def store() -> Answer:
        if replay := _replay(posted):
            return replay
        previous = _previous(decision.previous or "")
        last = models.head(previous.chain) or previous
        if last.event == "withdrawn":
            return Answer(last.id, last.token, replayed=True)
        earlier = _payload(last)
        asked_on, in_force = policy.version(last.version), policy.in_force(now)
        choices = dict.fromkeys(_choices(earlier), False)
        proof = "key" if posted.thumbprint and posted.thumbprint == earlier.get("key") else "possession"
        token = _sign(posted, choices, asked_on, in_force, previous.site, proof, settings=settings, now=now)
        _insert(posted, token, in_force.number, previous.site, proof, previous, now=now)
        return Answer(decision.id, token)

    return database.receipts.write(store)


def withdraw_by_id(receipt_id: str, *, language: str, settings: Settings, now: datetime) -> Answer:
    """Withdraw on behalf of whoever holds the receipt's id and has no script to sign with. Raises ReceiptUnknown."""
    sent = {
        "id": jose.b64url(secrets.token_bytes(16)),
        "event": "withdrawn",
        "purposes": {},
        "language": language,
        "at": clock.stamp(now),
        "previous": find(receipt_id).id,
    }
    return _withdraw(reread(sent), settings=settings, now=now)


def find(receipt_id: str) -> Answer:
    """A receipt and whether it still counts. Raises ReceiptUnknown."""

    def look() -> Answer:
        receipt = _previous(receipt_id)
        return Answer(receipt.id, receipt.token, models.status(receipt))

    return database.receipts.read(look)


def last_recorded_at() -> str | None:
    """When a decision was last recorded that is no withdrawal, as `clock.stamp` writes it."""
    return database.receipts.read(models.last_recorded_at)


def _check_origin(origin: str | None, settings: Settings) -> None:
    known = settings.own_origins.union(*(site.origins for site in settings.sites.values()))
    if origin not in known:
        raise OriginNotAllowed("Add the page's origin to its site in wadjet.toml, exactly as browsers send it.")


def _check_offer(
    posted: Posted, origin: str | None, *, settings: Settings, now: datetime
) -> tuple[Site, policy.Version]:
    """Steps (5) to (7): the site and the version that the decision is about."""
    decision = posted.decision
    try:
        token = offers.read(decision.offer or "", settings=settings, now=now)  # (5)
    except OfferExpired as stale:
        site = settings.site(None) or next((s for s in settings.sites.values() if origin in s.origins), None)
        raise _with_offer(stale, site, decision.language, settings=settings, now=now) from None
    site = settings.site(token.site)
    if site is None:
        raise OfferInvalid("Its site is not served here any more.")
    if origin not in site.origins and origin not in settings.own_origins:
        raise OriginNotAllowed("The offer is another site's.")
    if posted.thumbprint is None and decision.event == "given" and not site.speaks_http:
        raise keys.SignatureInvalid("This site is served over https only: sign the decision.")
    version = policy.current(now)
    if (token.version, token.digest) != (version.number, version.digest):  # (6)
        raise _with_offer(
            PolicySuperseded("Decide again on the current version."),
            site,
            decision.language,
            settings=settings,
            now=now,
        )
    expected = {purpose.key for purpose in version.asked("banner")}
    if decision.purposes.keys() != expected:  # (7)
        raise PurposesMismatch("Decide each of the expected purposes, and no other.", expected=sorted(expected))
    if decision.language not in version.languages:
        raise DecisionInvalid(
            "language: name the language that was shown.",
            errors=[{"field": "language", "code": "unknown", "message": ", ".join(version.languages)}],
        )
    return site, version


def _with_offer(
    problem: OfferExpired | PolicySuperseded, site: Site | None, language: str, *, settings: Settings, now: datetime
) -> OfferExpired | PolicySuperseded:
    """The same refusal, carrying the offer to decide on instead."""
    if site is None:
        return problem
    current = offers.describe(site, policy.current(now), language, settings=settings, now=now)
    return type(problem)(problem.detail, offer=current)


def _check_clock(now: datetime) -> None:
    last = models.last_recorded_at()
    if last and now < clock.parse(last) - _CLOCK_TOLERANCE:
        raise ClockBehind("The server's clock is behind; set it right.")


def _replay(posted: Posted) -> Answer | None:
    """Step (4): the receipt already given for this id. Raises ReceiptConflict for another decision."""
    receipt = models.find(posted.decision.id)
    if receipt is None:
        return None
    if not posted.same_as(reread(_payload(receipt)["decision"])):
        raise ReceiptConflict("Choose a new id.")
    return Answer(receipt.id, receipt.token, replayed=True)


def _previous(receipt_id: str) -> Row:
    receipt = models.find(receipt_id)
    if receipt is None:
        raise ReceiptUnknown("Check its id: it was never given out here, or it was mistyped.")
    return receipt


def _sign(
    posted: Posted,
    choices: dict[str, bool],
    asked_on: policy.Version,
    in_force: policy.Version,
    site: str,
    proof: str,
    *,
    settings: Settings,
    now: datetime,
) -> str:
    decision = posted.decision
    payload = receipts.compose(
        receipt_id=decision.id,
        event=decision.event,
        choices=choices,
        asked_on=asked_on,
        in_force=in_force,
        language=decision.language,
        site=site,
        decision=posted.verbatim,
        claimed_at=decision.at,
        thumbprint=posted.thumbprint,
        proof=proof,
        previous=decision.previous,
        settings=settings,
        now=now,
    )
    return keys.ring(settings).sign(payload)


def _insert(
    posted: Posted, token: str, version: int, site: str, proof: str, previous: Row | None, *, now: datetime
) -> None:
    decision = posted.decision
    models.insert(
        Row(
            id=decision.id,
            chain=previous.chain if previous else decision.id,
            previous=decision.previous,
            site=site,
            event=decision.event,
            version=version,
            language=decision.language,
            proof=proof,
            recorded_at=clock.stamp(now),
            token=token,
        )
    )
    ledger.append(
        "record",
        f"consent:decision:{decision.event}",
        about=decision.id,
        at=now,
        version=version,
        receipt=sha256(token.encode("ascii")).hexdigest(),
    )


def _payload(receipt: Row) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(jose.read_compact(receipt.token).payload)
    return value


def _choices(payload: dict[str, Any]) -> list[str]:
    return [process["dct:identifier"] for process in payload["dpv:hasRecordOfActivity"][0]["dpv:hasProcess"]]


def site_of(site_id: str | None, settings: Settings) -> Site:
    """The site of that id; the only one when none is named. Raises SiteUnknown."""
    site = settings.site(site_id)
    if site is None:
        raise SiteUnknown("Name one of the sites in wadjet.toml: ?site=…")
    return site
