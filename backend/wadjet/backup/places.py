"""Where the stores lie that a backup holds. The people's keys are not among them."""

from typing import TYPE_CHECKING, Union

from .. import database
from ..settings import Settings
from . import sqlite
from .problems import Failed

if TYPE_CHECKING:
    from . import postgresql

Place = Union[sqlite.File, "postgresql.Server"]
Snapshot = Union[sqlite.Snapshot, "postgresql.Snapshot"]


def places(settings: Settings) -> dict[str, Place]:
    """By the store's name; the vault first, which is small and soon copied (see `taking`). Raises Failed."""
    urls = {store.name: url for store, url in zip(database.STORES, database.addresses(settings), strict=True)}
    return {name: _place(name, urls[name], settings) for name in ("vault", "receipts")}


def _place(name: str, url: str, settings: Settings) -> Place:
    if "://" not in url:
        return sqlite.File(settings.home / url)
    try:
        from . import postgresql  # the driver is an extra
    except ImportError as error:
        raise Failed("PostgreSQL needs its driver: pip install wadjet-consent[postgresql]") from error
    return postgresql.Server(url, name, settings.home)
