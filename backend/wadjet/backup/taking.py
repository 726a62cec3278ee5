"""Taking a backup while a server writes.

A message and its receipt lie in two databases. So nobody may write to either while a snapshot of both is opened, which
takes milliseconds; then writing goes on, and the snapshots are copied at leisure. SQLite cannot shorten its write-ahead
log while a snapshot is open: the vault's is copied and closed first, so that destroying a person does not wait for the
receipts.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

import peewee

from .. import __version__, clock, database, keys
from ..problems import Unavailable
from ..settings import Settings
from . import disk, manifest
from .manifest import Copies, Copy, Manifest, Tell
from .places import Place, Snapshot, places
from .problems import Failed, NotTaken, describe

LAST = "last-backup.json"  # in the home: when one was last taken, for whoever looks whether all is well
_TRIES = 10  # SQLite lets whoever waits for its turn ask now and then, not queue


def take(settings: Settings, to: Path, *, now: Callable[[], datetime], tell: Tell) -> Manifest:
    """Copy both databases as of one moment into the new folder `to`; it is there whole, or not at all.

    Raises NotTaken; then nothing is left of it. Unavailable: the home is being restored.
    """
    if os.path.lexists(to):
        raise NotTaken(f"{to} is there already; name a folder that is not.")
    database.occupy(settings.home)
    try:
        database.bind(settings)  # without migrating: the server may still be of the release before
        with _draft(to) as draft:
            said = _fill(draft, places(settings), now, tell)
            draft.rename(to)
            disk.sync(to.parent)
        keys.write(settings.home / LAST, {"taken_at": said.taken_at})
        return said
    except (Failed, OSError, peewee.PeeweeException) as error:
        raise NotTaken(f"{describe(error)}.") from error
    except Unavailable as error:
        raise NotTaken(f"{error.detail} {error.__cause__ or ''}".strip()) from error
    finally:
        database.close_stores()


def last_taken(settings: Settings) -> datetime | None:
    """As of when the last backup of this home is; None where none was taken, or nobody can tell."""
    try:
        return clock.parse(json.loads((settings.home / LAST).read_bytes())["taken_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def _draft(to: Path) -> Iterator[Path]:
    """A new folder beside `to`, gone afterwards unless it was renamed. One that a killed backup left is cleared."""
    draft = to.with_name(to.name + ".new")
    draft.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(draft, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.fchmod(lock, 0o700)  # refused where somebody else has made it
        left = list(draft.iterdir())
        if not all(path.name.startswith(("vault.", "receipts.", manifest.NAME)) for path in left):
            raise NotTaken(f"{draft} is in the way, and holds what is no part of a backup.")
        for path in left:
            path.unlink()
        try:
            yield draft
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except BlockingIOError:
        raise NotTaken(f"Another backup is being written to {to}.") from None
    finally:
        os.close(lock)


def _fill(draft: Path, stores: dict[str, Place], now: Callable[[], datetime], tell: Tell) -> Manifest:
    copies: dict[str, Copy] = {}
    with ExitStack() as stack:
        snapshots, taken_at = _look(stores, now)
        for snapshot in snapshots.values():
            stack.callback(snapshot.close)
        for name, place in stores.items():
            path = draft / manifest.file_name(name, place.kind)
            snapshots[name].copy(path, tell)
            snapshots[name].close()
            tell(f"{path.name}: checking")
            place.check(path, snapshots[name].migrations)
            copies[name] = manifest.describe(path, place.kind, snapshots[name].migrations)
            disk.sync(path)
    said = Manifest(format=1, release=__version__, taken_at=clock.stamp(taken_at), databases=Copies(**copies))
    with os.fdopen(disk.create(draft / manifest.NAME), "w", encoding="utf-8") as file:
        file.write(said.model_dump_json(indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    disk.sync(draft)
    return said


def _look(stores: dict[str, Place], now: Callable[[], datetime]) -> tuple[dict[str, Snapshot], datetime]:
    """A snapshot of each, all of one moment, and that moment: everything acknowledged by then is in them."""

    def look() -> tuple[dict[str, Snapshot], datetime]:
        moment, found = now(), ExitStack()
        with found:
            snapshots = {}
            for name, place in stores.items():
                snapshots[name] = place.snapshot()
                found.callback(snapshots[name].close)
            found.pop_all()
        return snapshots, moment

    def alone() -> tuple[dict[str, Snapshot], datetime]:
        return database.receipts.write(lambda: database.vault.write(look))  # that of receipts is long waited for

    for _ in range(_TRIES - 1):
        with suppress(Unavailable):
            return alone()
    return alone()
