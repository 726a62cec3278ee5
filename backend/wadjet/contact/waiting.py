"""Who waits for an answer? Asked by the page of the day: few rows are read, however many messages there are."""

from .. import database, vault
from . import models


def waiting(limit: int) -> list[tuple[str, str]]:
    """(id, received_at) of messages that nobody has answered, the oldest first; nothing of what was written.

    limit  how many, 500 at most
    Those of the blocked wait for nothing that anybody may do (policy 2.2).
    """

    def look() -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        place, is_over = ("", ""), False
        while len(found) < limit and not is_over:
            page = models.waiting(place, limit)
            is_over = len(page) < limit
            states = vault.states({person for _, _, person in page})
            found += [(id, at) for at, id, person in page if person in states and not states[person].blocked_at]
            place = page[-1][:2] if page else place
        return found[:limit]

    return database.vault.read(look)
