"""Putting a backup in place of what is there, or of nothing.

Everything is read, checked and laid ready before anything is touched: until then a crash leaves the old state. Two
databases cannot be exchanged in one step, so for the while a file stands in the home, and nothing of ours opens such a
home; whoever restores again gets over it. It goes once the rooms have put right what time has brought since the backup.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import peewee

from .. import __version__, clock, contact, database, vault
from ..settings import Settings
from . import disk, manifest
from .manifest import Manifest, Tell
from .places import Place, places
from .problems import Failed, NotRestored, describe


@dataclass(frozen=True)
class Restored:
    """What was done. `aside`: where the databases before are kept, by the store's name."""

    manifest: Manifest
    aside: dict[str, Path]
    had_person_keys: bool


def restore(settings: Settings, source: Path, *, replace: bool, now: datetime, tell: Tell) -> Restored:
    """Put the backup in the folder `source` in place of the databases of this home.

    replace  where there are databases already, keep them aside
    Raises NotRestored, and Unavailable while anything uses this home.
    """
    said = manifest.read(source)
    database.occupy(settings.home, alone=True)
    try:
        stores = places(settings)
        _check_fit(said, stores, source)
        aside = _choose_asides(stores, replace, now)
        had_person_keys = (settings.home / settings.person_keys).exists()
        try:
            _stage(said, source, stores, aside, tell)
            _install(settings.home, stores, aside, tell)
        finally:
            for place in stores.values():
                place.staging.unlink(missing_ok=True)
        _open(settings, now)
    except (Failed, OSError, peewee.PeeweeException) as error:
        is_half_done = (settings.home / database.UNFINISHED).exists()
        further = " This home cannot be used until a restore has finished." if is_half_done else ""
        raise NotRestored(f"{describe(error)}.{further}") from error
    finally:
        database.close_stores()
    return Restored(said, aside, had_person_keys)


def _check_fit(said: Manifest, stores: dict[str, Place], source: Path) -> None:
    """Whether this release, with these settings, can take it."""
    if said.is_newer_than(__version__):
        raise NotRestored(f"{source} was made by release {said.release}; this is {__version__}: install that first.")
    for store in (database.receipts, database.vault):
        copy, place = said.copy_of(store.name), stores[store.name]
        if unknown := sorted(set(copy.migrations) - database.known_migrations(store)):
            raise NotRestored(f"{source} has tables that this release does not know ({store.name}: {unknown[0]}).")
        if copy.kind != place.kind:
            raise NotRestored(
                f"{source} holds {store.name} of {copy.kind}, and {store.name}_database names one of {place.kind}."
            )


def _choose_asides(stores: dict[str, Place], replace: bool, now: datetime) -> dict[str, Path]:
    there = {name: place for name, place in stores.items() if place.is_there()}
    if there and not replace:
        raise NotRestored(f"{next(iter(there.values()))} is there already; --replace puts it aside.")
    stamp = clock.stamp(now).replace("-", "").replace(":", "")
    return {name: place.aside_for(stamp) for name, place in there.items()}


def _stage(said: Manifest, source: Path, stores: dict[str, Place], aside: dict[str, Path], tell: Tell) -> None:
    """Lay everything ready beside its place, checked. What is in use is not touched."""
    for name, place in stores.items():
        copy = said.copy_of(name)
        place.staging.unlink(missing_ok=True)  # of a restore that was killed
        manifest.fetch(source / manifest.file_name(name, place.kind), copy, place.staging, tell)
        tell(f"{name}: checking")
        try:
            place.check(place.staging, copy.migrations)
        except Failed as error:
            raise NotRestored(f"{source} is damaged: {error}.") from error
        if hindrance := place.hinders(place.staging):
            raise NotRestored(f"{place}: {hindrance}.")
        if name in aside:
            place.keep(aside[name], tell)


def _install(home: Path, stores: dict[str, Place], aside: dict[str, Path], tell: Tell) -> None:
    marker = home / database.UNFINISHED
    was_unfinished = marker.exists()
    marker.touch(mode=0o600)
    disk.sync(home)
    is_touched = was_unfinished
    # Servers first: they may refuse, and then nothing has been done.
    for name in sorted(stores, key=lambda name: stores[name].kind):
        try:
            stores[name].install(aside.get(name), tell)
        except Failed:
            if not is_touched:
                marker.unlink()
            raise
        is_touched = True


def _open(settings: Settings, now: datetime) -> None:
    """Bring it up to date, and only then let it be used."""
    database.bind(settings)
    database.migrate(settings)
    vault.start(settings, now=now)  # people who were destroyed since the copy are gone before anything is served
    contact.repair(settings=settings, now=now)
    (settings.home / database.UNFINISHED).unlink()
    disk.sync(settings.home)
