"""What the authorised body asked, by when, and the answer (R7). Source: policy 3.2.d; 94-V art. 25(2)(3-1)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from .. import clock, deadlines
from ..settings import Settings
from .entries import enter, note
from .problems import EntryInvalid


@dataclass(frozen=True)
class Attachment:
    """What went with an answer: its name, and the SHA-256 of it in hex."""

    name: str
    sha256: str


def receive_request(
    number: str,
    authority: str,
    asks: str,
    *,
    received_at: datetime,
    due_on: date | None = None,
    by: str,
    settings: Settings,
    now: datetime,
) -> int:
    """Enter a request of the authorised body; answers the number. Starts D12.

    number  the one it bears; asks: what for, naming nobody; due_on: the day it names itself, where that is sooner
    Raises EntryInvalid for one that has not come yet.
    """
    if received_at > now:
        raise EntryInvalid("It cannot have been received after now.", errors=["received_at"])
    due = deadlines.due_on("D12", received_at, settings)
    return enter(
        "authority_request",
        "R7",
        by=by,
        now=now,
        number=number,
        authority=authority,
        asks=asks,
        received_at=clock.stamp(received_at),
        due_on=min(due, due_on or due).isoformat(),
        answer="",
        attachments="[]",
    )


def answer_request(number: int, answer: str, attachments: Sequence[Attachment] = (), *, by: str, now: datetime) -> None:
    """It was answered. Raises EntryUnknown, EntryMoved. Ends D12. `answer`: number and gist of what went out."""
    told = [{"name": each.name, "sha256": each.sha256} for each in attachments]
    changed = {"answered_at": clock.stamp(now), "answer": answer, "attachments": json.dumps(told, ensure_ascii=False)}
    note("authority_request", "R7", number, changed, still_empty="answered_at", by=by, now=now)
