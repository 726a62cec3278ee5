"""A decision's place among the receipts: what is there already, and the row that it adds."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from .. import clock, jose, keys, ledger, policy
from ..settings import Settings
from . import models, receipts
from .decisions import Posted, reread
from .models import Row
from .problems import ReceiptConflict, ReceiptUnknown
from .schemas import Decision


@dataclass(frozen=True)
class Answer:
    """A receipt as it is handed out. `replayed`: it was there before."""

    id: str
    receipt: str
    status: str = "current"
    replayed: bool = False


def replay(posted: Posted) -> Answer | None:
    """Step (4): the receipt already given for this id. Raises ReceiptConflict for another decision."""
    receipt = models.find(posted.decision.id)
    if receipt is None:
        return None
    if not posted.same_as(reread(payload_of(receipt)["decision"])):
        raise ReceiptConflict("Choose a new id.")
    return Answer(receipt.id, receipt.token, replayed=True)


def named(receipt_id: str) -> Row:
    receipt = models.find(receipt_id)
    if receipt is None:
        raise ReceiptUnknown("Check its id: it was never given out here, or it was mistyped.")
    return receipt


def sign(
    posted: Posted,
    choices: dict[str, bool],
    asked_on: policy.Version,
    in_force: policy.Version,
    shown: dict[str, str] | None,
    site: str,
    proof: str,
    *,
    commitment: str | None = None,
    ended: Collection[str] = (),
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
        shown=shown,
        site=site,
        decision=posted.verbatim,
        claimed_at=decision.at,
        thumbprint=posted.thumbprint,
        commitment=commitment,
        ended=ended,
        proof=proof,
        previous=decision.previous,
        settings=settings,
        now=now,
    )
    return keys.ring(settings).sign(payload)


def insert(
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
            key=posted.thumbprint,
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


def payload_of(receipt: Row) -> dict[str, Any]:
    return read(receipt.token)


def read(token: str) -> dict[str, Any]:
    """What a receipt of ours says."""
    value: dict[str, Any] = json.loads(jose.read_compact(token).payload)
    return value


def decision_of(payload: dict[str, Any]) -> Decision:
    """The decision that a receipt of ours holds."""
    return reread(payload["decision"]).decision
