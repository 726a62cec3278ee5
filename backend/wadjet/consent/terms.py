"""For how long, and for whom, a consent counts: read from its receipts, in the words of the policy it was given on.

Source: 94-V art. 8(4)(3)-(6), 22(1)(5); registers R1 and R2.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from .. import clock, database, policy, registers
from . import chain, models, receipts
from .models import Row


@dataclass(frozen=True)
class Term:
    """One purpose that a consent allows, for how long and for whom. `until`: its last day; countries: ISO 3166."""

    purpose: str
    given_at: str
    term: str
    until: date
    recipients: tuple[str, ...]
    countries: tuple[str, ...]


def terms(receipt_id: str) -> list[Term]:
    """What stands of the consent that a receipt belongs to, whether or not its term is over. Raises ReceiptUnknown."""

    def look() -> list[Term]:
        return _terms(*_ends_of(receipt_id))

    return database.receipts.read(look)


def standing_until(receipt_id: str) -> dict[str, date | None]:
    """Each purpose of the consent that a receipt belongs to: its last day, whether or not that is over; None where it
    does not stand. Raises ReceiptUnknown."""

    def look() -> dict[str, date | None]:
        last, first = _ends_of(receipt_id)
        until = {each.purpose: each.until for each in _terms(last, first)}
        return {key: until.get(key) for key in receipts.standing(chain.payload_of(last))}

    return database.receipts.read(look)


def _ends_of(receipt_id: str) -> tuple[Row, Row | None]:
    """The last receipt of a chain, and its first where that is the one that was named. Raises ReceiptUnknown."""
    named = chain.named(receipt_id)
    return models.head(named.chain) or named, named if named.id == named.chain else None


def _terms(receipt: Row, first: Row | None = None) -> list[Term]:
    payload = chain.payload_of(receipt)
    given_at = receipt.recorded_at
    if receipts.commitment(payload) and (first := first or models.find(receipt.chain)):
        given_at = first.recorded_at  # a form's consent is given once; what follows ends parts of it
    standing, found = receipts.standing(payload), []
    for process in receipts.processes(payload):
        if standing[key := process["dct:identifier"]]:
            (term,) = (
                each["dpv:hasDuration"] for each in process["dpv:hasStorageCondition"] if "dpv:hasDuration" in each
            )
            until = clock.local_date(clock.parse(given_at)) + timedelta(days=policy.days_of(term))
            named = tuple(process["dpv:hasRecipient"]), tuple(process["countries"])
            found.append(Term(key, given_at, term, until, *named))
    return found


def _consents() -> Iterator[dict[str, Any]]:
    """R1: every decision, what it allows and refuses, and the digests of what was shown and of the receipt."""
    for receipt in models.everything():
        yield _consent(receipt, database.receipts.read(partial(models.status, receipt)))


def _newest_consents(after: str, limit: int) -> tuple[list[dict[str, Any]], str]:
    found, place = _newest(after, limit)
    return [_consent(receipt, status) for status, receipt in found], place


def _consent(receipt: Row, status: str) -> dict[str, Any]:
    payload = chain.payload_of(receipt)
    standing, notice = receipts.standing(payload), receipts.notice(payload)
    return {
        "receipt": receipt.id,
        "recorded_at": receipt.recorded_at,
        "event": receipt.event,
        "site": receipt.site,
        "version": receipt.version,
        "digest": notice["digest"],
        "text": notice.get("shown", {}).get("digest", ""),
        "language": receipt.language,
        "allowed": " ".join(key for key, stands in standing.items() if stands),
        "refused": " ".join(key for key, stands in standing.items() if not stands),
        "proof": receipt.proof,
        "status": status,
        "sha256": sha256(receipt.token.encode("ascii")).hexdigest(),
    }


def _ends() -> Iterator[dict[str, Any]]:
    """R2: the term of each purpose that a decision allowed, and what ends it: its last day, or what came before."""
    for receipt in models.everything():
        given = database.receipts.read(partial(_terms, receipt))
        later = database.receipts.read(partial(models.after, receipt))
        yield from _ended(receipt.id, given, later)


def _newest_ends(after: str, limit: int) -> tuple[list[dict[str, Any]], str]:
    """Of that many decisions, however many purposes each allowed."""
    found, place = _newest(after, limit)
    chains = database.receipts.read(lambda: models.chains([row.chain for _, row in found]))
    rows: list[dict[str, Any]] = []
    for _, receipt in found:
        links = chains[receipt.chain]
        ids = [row.id for row in links]
        later = links[ids.index(receipt.id) + 1 :][:1]
        rows += _ended(receipt.id, _terms(receipt, links[0]), later[0] if later else None)
    return rows, place


def _newest(after: str, limit: int) -> tuple[list[tuple[str, Row]], str]:
    seq = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    found = database.receipts.read(lambda: models.newest_before(seq, limit + 1))
    place = str(found[limit - 1][0]) if len(found) > limit else ""
    return [(status, row) for _, status, row in found[:limit]], place


def _ended(receipt_id: str, given: list[Term], later: Row | None) -> Iterator[dict[str, Any]]:
    kept = receipts.standing(chain.payload_of(later)) if later else {}
    for term in given:
        over_at = clock.stamp(clock.start_of(term.until + timedelta(days=1)))
        ended_at, reason = None, "term"
        if later and later.recorded_at < over_at:
            ended_at, reason = later.recorded_at, "superseded" if kept.get(term.purpose) else "withdrawn"
        yield {
            "receipt": receipt_id,
            "purpose": term.purpose,
            "since": term.given_at,
            "term": term.term,
            "ends_on": term.until.isoformat(),
            "ended_at": ended_at,
            "end_reason": reason,
        }


def _tally() -> int:
    """How many rows R2 has, without looking for what ended each."""
    standing = (receipts.standing(chain.payload_of(receipt)) for receipt in models.everything())
    return sum(sum(purposes.values()) for purposes in standing)


registers.shown_by("R1", "", _consents, count=models.count, page=_newest_consents)
registers.shown_by("R2", "", _ends, count=_tally, page=_newest_ends)
