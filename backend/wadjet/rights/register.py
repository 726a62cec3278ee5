"""R6, the register of requests: what was asked when, by when it was due, what came of it. Never what it says."""

from collections.abc import Iterator
from typing import Any

from .. import database, registers
from . import models


def rows() -> Iterator[dict[str, Any]]:
    """Every request in the order in which they came. Source: 94-V art. 25(2)(6)-(8), 25(3)(3)."""
    place = ("", "")
    while page := database.vault.read(lambda: models.page(after=place)):  # noqa: B023 - called here
        for row in page:
            yield {
                "id": row.id,
                "kind": row.kind,
                "channel": row.channel,
                "received_at": row.received_at,
                "deadline": row.deadline,
                "due_on": row.due_on,
                "state": row.state,
                "ended_at": row.ended_at or None,
                "ground": row.ground,
                "by": row.taken_by,
            }
        place = (page[-1].received_at, page[-1].id)


registers.shown_by("R6", "", rows)
