"""Who waits for an answer? Asked by the page of the day: few rows are read, however many messages there are."""

from functools import partial

from .. import database
from . import models


def waiting(limit: int) -> list[tuple[str, str]]:
    """(id, received_at) of messages that nobody has answered, the oldest first; nothing of what was written."""
    return database.vault.read(partial(models.waiting, limit))
