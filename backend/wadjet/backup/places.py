"""Where the stores lie that a backup holds. The people's keys are not among them."""

from typing import TYPE_CHECKING, Union

from .. import database
from ..settings import Settings
from . import sqlite

if TYPE_CHECKING:
    from . import postgresql

Place = Union[sqlite.File, "postgresql.Server"]
Snapshot = Union[sqlite.Snapshot, "postgresql.Snapshot"]


def places(settings: Settings) -> dict[str, Place]:
    """By the store's name. The vault comes first: it is small, and soon copied (see `taking`)."""
    urls = {store.name: url for store, url in zip(database.STORES, database.addresses(settings), strict=True)}
    return {name: _place(name, urls[name], settings) for name in ("vault", "receipts")}


def _place(name: str, url: str, settings: Settings) -> Place:
    if "://" not in url:
        return sqlite.File(settings.home / url)
    from . import postgresql  # the driver is an extra

    return postgresql.Server(url, name, settings.home)
