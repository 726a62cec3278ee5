"""The verbs: record a decision, read a receipt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from .. import clock, database, keys, ledger, policy
from ..settings import Settings, Site
from . import chain, models, offers, receipts, texts, withdrawal
from .chain import Answer
from .decisions import Posted
from .problems import (
    ClockBehind,
    DecisionInvalid,
    OfferExpired,
    OfferInvalid,
    OriginNotAllowed,
    PolicySuperseded,
    PurposesMismatch,
    ReceiptUnknown,
)

_CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Recorded:
    """A receipt of a chain: which version it is about, whether it still counts, what stood after it (each purpose,
    allowed or not), and itself as it was handed out."""

    id: str
    event: str
    version: int
    recorded_at: str
    status: str
    allowed: dict[str, bool]
    receipt: str


def offer(site_id: str | None, language: str | None, *, settings: Settings, now: datetime) -> dict[str, Any]:
    """The current offer of a site. Raises SiteUnknown, policy.NoPolicy."""
    return offers.describe(offers.site_of(site_id, settings), policy.current(now), language, settings=settings, now=now)


def record(
    posted: Posted,
    *,
    origin: str | None,
    commitment: str | None = None,
    by_page: bool = False,
    settings: Settings,
    now: datetime,
) -> Answer:
    """Store a decision and answer its receipt, durably; the same decision again answers the same receipt.

    posted  steps (1) form and (2) signature are behind it; origin: the page's Origin header, None without one
    commitment  to who decided: then it is about the form's purposes, by a key used once and never the banner's
    by_page  posted by our own page, which has no script to sign with
    Raises, in this order: (3) OriginNotAllowed, (4) ReceiptConflict, (5) OfferInvalid, OfferExpired,
    (6) PolicySuperseded, (7) PurposesMismatch; ReceiptUnknown for a `previous` that is none of this site's banner.
    Source: 94-V art. 8(1), 8(4), 25(2)(5); policy 7.1, 8.4.b, 12.2.
    """
    if posted.decision.event == "withdrawn":
        return withdrawal.withdraw(posted, settings=settings, now=now)
    _check_origin(origin, settings)  # (3)
    try:
        asked = "form" if commitment else "banner"
        site, version = _check_offer(posted, origin, asked, by_page, settings=settings, now=now)
    except (OfferInvalid, OfferExpired, PolicySuperseded, PurposesMismatch, OriginNotAllowed, DecisionInvalid):
        # (4) comes before these: what was answered once is answered again, whatever changed since.
        if replay := database.receipts.read(lambda: chain.replay(posted)):
            return replay
        raise
    decision = posted.decision
    proof = "key" if posted.thumbprint else "offer"
    text = texts.shown(version, decision.language, asked)
    token = chain.sign(
        posted,
        decision.purposes,
        version,
        version,
        text.stated,
        site.id,
        proof,
        commitment=commitment,
        settings=settings,
        now=now,
    )

    def store() -> Answer:
        if replay := chain.replay(posted):  # (4)
            return replay
        _check_clock(now)
        if policy.in_force(now) is not version:  # (6) again: another process may have published
            raise PolicySuperseded("Decide again on the current version.")
        previous = _previous(decision.previous, site, settings) if decision.previous else None
        if posted.thumbprint:
            _check_key(posted.thumbprint, is_form=bool(commitment))
        texts.keep(text)
        chain.insert(posted, token, version.number, site.id, proof, previous, now=now)
        return Answer(decision.id, token)

    try:
        answer = database.receipts.write(store)
    except PolicySuperseded as stale:
        raise _with_offer(stale, site, decision.language, settings=settings, now=now) from None
    text.is_stored |= not answer.replayed  # after the commit; the receipt of a replay may name another text
    return answer


def standing(receipt_id: str) -> dict[str, bool]:
    """What stands of the consent that a receipt belongs to: each purpose, allowed or not. Raises ReceiptUnknown."""

    def look() -> dict[str, bool]:
        first = chain.named(receipt_id)
        return receipts.standing(chain.payload_of(models.head(first.chain) or first))

    return database.receipts.read(look)


def examine(
    posted: Posted, *, origin: str | None, asked: str, by_page: bool = False, settings: Settings, now: datetime
) -> Answer | None:
    """Refuse what `record` would refuse, storing nothing; what is recorded already is answered, in its order."""
    _check_origin(origin, settings)  # (3)
    replay = database.receipts.read(lambda: chain.replay(posted))  # (4)
    if replay is None:
        _check_offer(posted, origin, asked, by_page, settings=settings, now=now)
    return replay


def find(receipt_id: str) -> Answer:
    """A receipt and whether it still counts. Raises ReceiptUnknown."""

    def look() -> Answer:
        receipt = chain.named(receipt_id)
        return Answer(receipt.id, receipt.token, models.status(receipt))

    return database.receipts.read(look)


def history(receipt_id: str) -> list[Recorded]:
    """Every receipt of the consent that this one belongs to, the oldest first. Raises ReceiptUnknown."""

    def look() -> list[Recorded]:
        rows = models.chain_of(chain.named(receipt_id))
        return [
            Recorded(
                row.id,
                row.event,
                row.version,
                row.recorded_at,
                models.status(row),
                receipts.standing(chain.payload_of(row)),
                row.token,
            )
            for row in rows
        ]

    return database.receipts.read(look)


def text_shown(receipt_id: str) -> bytes | None:
    """The words that banner and panel had when this was decided: canonical JSON, as the receipt's digest is over.

    None where the receipt names none, or what is kept is not what it names. Raises ReceiptUnknown.
    """

    def look() -> bytes | None:
        named = receipts.notice(chain.payload_of(chain.named(receipt_id))).get("shown", {}).get("digest")
        kept = models.text(named) if named else None
        return kept if kept and sha256(kept).hexdigest() == named else None

    return database.receipts.read(look)


def last_recorded_at() -> str | None:
    """When a decision was last recorded that is no withdrawal, as `clock.stamp` writes it.

    None where there is none, or the operator has told that this time was wrong.
    """
    last = database.receipts.read(models.last_recorded_at)
    return last if last != database.receipts.read(models.clock_trusted_over) else None


def trust_clock(*, by: str, now: datetime) -> bool:
    """Take decisions again although something is dated later: the clock stood ahead then, and is right now.

    What was recorded keeps its place and its date. Whether there was anything to disown.
    """

    def work() -> bool:
        last = models.last_recorded_at()
        is_ahead = last is not None and now < clock.parse(last) and last != models.clock_trusted_over()
        if is_ahead:
            ledger.append("record", "consent:clock:trusted", about="clock", at=now, by=by, over=last)
        return is_ahead

    return database.receipts.write(work)


def _check_origin(origin: str | None, settings: Settings) -> None:
    if origin not in settings.origins:
        raise OriginNotAllowed("Add the page's origin to its site in wadjet.toml, exactly as browsers send it.")


def _check_offer(
    posted: Posted, origin: str | None, asked: str, by_page: bool, *, settings: Settings, now: datetime
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
    if posted.thumbprint is None and decision.event == "given" and not (site.speaks_http or by_page):
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
    expected = {purpose.key for purpose in version.asked(asked)}
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


def _previous(receipt_id: str, site: Site, settings: Settings) -> models.Row:
    """The receipt that a decision in a site's banner follows. Raises ReceiptUnknown."""
    row = chain.named(receipt_id)
    if receipts.commitment(chain.payload_of(row)):
        raise ReceiptUnknown("A form's receipt is ended by a withdrawal, and changed by none but that.")
    if row.site != site.id and row.site in settings.sites:  # one that is not there any more may have been renamed
        raise ReceiptUnknown("It is another site's and can be changed there only.")
    return row


def _check_key(thumbprint: str, *, is_form: bool) -> None:
    """A form's key signs one message, and nothing in the banner. Raises SignatureInvalid."""
    if is_form:
        has_signed = models.is_key_known(thumbprint)
    else:  # a banner's may have ended what a form's receipt says: that is taken from any key
        given = models.given_by(thumbprint)
        has_signed = given is not None and receipts.commitment(chain.read(given)) is not None
    if has_signed:
        raise keys.SignatureInvalid("Make a new key: this one has signed before, and a message's signs nothing else.")


def _check_clock(now: datetime) -> None:
    last = models.last_recorded_at()
    if last and now < clock.parse(last) - _CLOCK_TOLERANCE and last != models.clock_trusted_over():
        raise ClockBehind("The server's clock is behind; set it right.")
