"""R6, the register of requests: what was asked when, by when it was due, what came of it. Never what it says."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from .. import database, registers
from . import models

_COLUMNS = ("id", "kind", "channel", "received_at", "deadline", "due_on", "state", "ended_at", "ground", "by")


def rows() -> Iterator[dict[str, Any]]:
    """Every request in the order in which they came. Source: 94-V art. 25(2)(6)-(8), 25(3)(3)."""
    place = ("", "")
    while found := database.vault.read(partial(models.register, place)):
        for row in map(_told, found):
            yield row
            place = (row["received_at"], row["id"])


def page(after: str, limit: int) -> tuple[list[dict[str, Any]], str]:
    """The newest of them. `after`: "received_at,id"."""
    at, _, id = after.partition(",")
    place = (at, id) if at and id and "\0" not in after else None
    found = [_told(row) for row in database.vault.read(lambda: models.register_before(place, limit + 1))]
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], f"{last['received_at']},{last['id']}" if last else ""


def waiting(today: str, most: int) -> tuple[int, int, str]:
    """How many are open, how many late, and when the next one is due."""
    return database.vault.read(lambda: models.waiting(today, most))


def _told(row: tuple[str, ...]) -> dict[str, Any]:
    told: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    return told | {"ended_at": told["ended_at"] or None}


registers.shown_by("R6", "", rows, page=page, waiting=waiting)
