"""Withdrawing: never refused, and as easy as giving. Source: policy 3.1.b, 8.4.b, 8.9; 94-V art. 8(7), 24(1)."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from .. import clock, database, jose, policy
from ..settings import Settings
from . import chain, models, receipts
from .chain import Answer
from .decisions import Posted, read_sent


def withdraw(posted: Posted, *, settings: Settings, now: datetime) -> Answer:
    """End a consent; possession of its receipt's id is enough, and nothing else can stand in the way.

    Withdrawing twice answers the first withdrawal. Source: policy 8.4.b, 8.9; 94-V art. 8(7).
    """
    decision = posted.decision

    def store() -> Answer:
        if replay := chain.replay(posted):
            return replay
        previous = chain.named(decision.previous or "")
        last = models.head(previous.chain) or previous
        if last.event == "withdrawn":
            return Answer(last.id, last.token, replayed=True)
        earlier = chain.payload_of(last)
        in_force = policy.in_force(now)  # first: a process that has just begun knows no version yet
        asked_on = policy.version(receipts.asked_on(earlier))
        choices = dict.fromkeys(receipts.standing(earlier), False)
        proof = "key" if posted.thumbprint and posted.thumbprint == earlier.get("key") else "possession"
        said = receipts.notice(earlier).get("shown")  # what was consented to, whatever is said today
        token = chain.sign(
            posted,
            choices,
            asked_on,
            in_force,
            said,
            previous.site,
            proof,
            commitment=receipts.commitment(earlier),
            settings=settings,
            now=now,
        )
        chain.insert(posted, token, in_force.number, previous.site, proof, previous, now=now)
        return Answer(decision.id, token)

    return database.receipts.write(store)


def withdraw_by_id(receipt_id: str, *, language: str, settings: Settings, now: datetime) -> Answer:
    """Withdraw on behalf of whoever holds the receipt's id and has no script to sign with. Raises ReceiptUnknown."""
    sent = _drawn(database.receipts.read(lambda: chain.named(receipt_id)).id, language, now) | {
        "event": "withdrawn",
        "purposes": {},
    }
    return withdraw(read_sent(sent), settings=settings, now=now)


def withdraw_purposes(
    receipt_id: str, ended: Collection[str], *, language: str, settings: Settings, now: datetime
) -> Answer:
    """Withdraw some purposes of a consent for whoever holds its receipt's id; the others stand.

    Where none is left the consent ends. What is withdrawn already stays so: the receipt that says it is answered.
    Raises ReceiptUnknown. Source: 94-V art. 8(7), 24(1): each consent may be withdrawn separately.
    """

    def store() -> Answer | None:
        first = chain.named(receipt_id)
        last = models.head(first.chain) or first
        earlier = chain.payload_of(last)
        stood = receipts.standing(earlier)
        choices = {key: allowed and key not in ended for key, allowed in stood.items()}
        if choices == stood:
            return Answer(last.id, last.token, replayed=True)
        if not any(choices.values()):
            return None
        in_force = policy.in_force(now)  # first: a process that has just begun knows no version yet
        asked_on = policy.version(receipts.asked_on(earlier))
        given = {"event": "given", "offer": chain.decision_of(earlier).offer, "purposes": choices}
        posted = read_sent(_drawn(last.id, language, now) | given)
        said = receipts.notice(earlier).get("shown")
        signed = chain.sign(
            posted,
            choices,
            asked_on,
            in_force,
            said,
            last.site,
            "possession",
            commitment=receipts.commitment(earlier),
            ended=receipts.ended(earlier) | {key for key in stood if stood[key] and not choices[key]},
            settings=settings,
            now=now,
        )
        chain.insert(posted, signed, in_force.number, last.site, "possession", last, now=now)
        return Answer(posted.decision.id, signed)

    return database.receipts.write(store) or withdraw_by_id(receipt_id, language=language, settings=settings, now=now)


def _drawn(previous: str, language: str, now: datetime) -> dict[str, Any]:
    """What a decision says beside what it decides, drawn here for somebody who has no script."""
    return {
        "id": jose.b64url(secrets.token_bytes(16)),
        "language": language,
        "at": clock.stamp(now),
        "previous": previous,
    }
