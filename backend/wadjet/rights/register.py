"""R6, the register of requests: what was asked when, by when it was due, how it was proven, what came of it.

Never what it says, nor what was answered: those words are sealed and go after their term; staff read them on record.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from .. import database, registers
from . import models

_COLUMNS = ("id", "kind", "channel", "received_at", "deadline", "due_on", "state", "ended_at", "ground", "by")


def rows() -> Iterator[dict[str, Any]]:
    """Every request in the order in which they came. Source: 94-V art. 25(2)(6)-(8), 25(3)(3)."""
    place = ("", "")
    while found := database.vault.read(partial(_with_proofs, models.register, place)):
        for row in found:
            yield row
            place = (row["received_at"], row["id"])


def page(after: str, limit: int) -> tuple[list[dict[str, Any]], str]:
    """The newest of them. `after`: "received_at,id"."""
    at, _, id = after.partition(",")
    place = (at, id) if at and id and "\0" not in after else None
    found = database.vault.read(partial(_with_proofs, models.register_before, place, limit + 1))
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], f"{last['received_at']},{last['id']}" if last else ""


def waiting(today: str, most: int) -> tuple[int, int, str]:
    """How many are open, how many late, and when the next one is due."""
    return database.vault.read(lambda: models.waiting(today, most))


def _with_proofs(read: Callable[..., list[tuple[str, ...]]], *which: Any) -> list[dict[str, Any]]:
    """Inside `vault.read`."""
    rows: list[dict[str, Any]] = [dict(zip(_COLUMNS, row, strict=True)) for row in read(*which)]
    proofs = models.proofs([row["id"] for row in rows])
    return [row | {"proof": proofs.get(row["id"], ""), "ended_at": row["ended_at"] or None} for row in rows]


registers.shown_by("R6", "", rows, page=page, waiting=waiting)
