"""The people's keys: made, unlocked, wrapped anew. One process opens one home, so they are bound once, at start.

Whatever wraps takes the master that the look-ups' key is wrapped by, inside the transaction that writes. So after a
rotation has wrapped that one anew, nobody, however late, still wraps by the master that is about to be dropped.
"""

import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NoReturn

from .. import clock, database
from ..settings import Settings
from . import crypto, models
from .masters import Master, Masters
from .models import Key, Lookups
from .problems import PersonDestroyed, PersonUnknown, SealBroken, VaultLocked

_INDEX = "index"  # what the look-ups' key is wrapped for, as the others for their person


@dataclass(frozen=True, repr=False)
class Sealer:
    """One person's key, to seal and open several fields with."""

    person: str
    _key: bytes

    def seal(self, table: str, field: str, text: str) -> bytes:
        """What to store in that field; it opens nowhere else."""
        return crypto.seal(self._key, text.encode(), self.person, table, field, crypto.key_id(self._key))

    def open(self, table: str, field: str, sealed: bytes) -> str:
        """Raises SealBroken."""
        context = (self.person, table, field, crypto.key_id(self._key))
        return crypto.open_sealed(self._key, sealed, *context).decode()


@dataclass
class _Bound:
    masters: Masters
    index_key: bytes | None = None
    is_bereft: bool = False  # people without any key: the file of the keys was lost


_bound: _Bound | None = None


def bind(settings: Settings) -> None:
    """Say whose keys: those of this home, whose stores are open."""
    global _bound
    is_new = database.person_keys.read(models.index_key) is None
    _bound = _Bound(Masters(settings), is_bereft=is_new and not database.vault.read(models.is_empty))


def create(now: datetime) -> None:
    """Make the master key of a home that has none and needs one."""
    if database.person_keys.read(models.index_key) is None and not _home().is_bereft:
        masters().create(now)


def masters() -> Masters:
    return _home().masters


def _home() -> _Bound:
    if _bound is None:
        raise RuntimeError("the vault was never opened")
    return _bound


def unlock(person: str) -> Sealer:
    """The key of a person. Raises PersonUnknown, PersonDestroyed, VaultLocked."""
    for is_last in (False, True):  # a rotation may wrap it anew between reading the row and finding its master
        row = database.person_keys.read(partial(_row_of, person))
        if is_last or masters().find(row.master):
            break
    return unlock_row(row)


def unlock_all(people: Collection[str]) -> dict[str, Sealer]:
    """The keys of those of some people, 500 at most, who have one. Raises VaultLocked."""
    for is_last in (False, True):  # as in `unlock`
        rows = database.person_keys.read(partial(models.keys_of, people))
        if is_last or all(masters().find(each) for each in {row.master for row in rows}):
            break
    return {row.person: unlock_row(row) for row in rows}


def unlock_row(row: Key) -> Sealer:
    """The same of a row that was read. Raises VaultLocked."""
    return Sealer(row.person, crypto.open_sealed(_master(row.master).key, row.wrapped, "wrap", row.person, row.master))


def _row_of(person: str) -> Key:
    row = models.find_key(person)
    if row:
        return row
    raise PersonDestroyed if models.tombstone(person) else PersonUnknown


def refuse(person: str) -> NoReturn:
    """Raise what a person without a row is: PersonDestroyed, PersonUnknown."""
    is_destroyed = database.person_keys.read(partial(models.tombstone, person))
    raise PersonDestroyed if is_destroyed else PersonUnknown


def has_key(person: str) -> bool:
    return database.person_keys.read(partial(models.find_key, person)) is not None


def known(lookups: Lookups) -> str:
    """The person of these look-ups, "" where there is none."""
    value = lookups.identity or secrets.token_bytes(32)  # asked all the same: the time it takes tells nothing
    return next(iter(database.person_keys.read(partial(models.found_by, "identity", value))), "")


def admit(lookups: Lookups, now: datetime, *, number: bytes | None = None) -> str:
    """The person of these look-ups; where there is none, a new id with a key, durable.

    number  the blind index of one that a room is about to hold of them

    For the known the same is done, and as much written: a key is made, stored under look-ups that nobody has, and
    dropped again. Else the time it takes would tell who is known.
    """

    def work() -> str:
        known = models.found_by("identity", lookups.identity) if lookups.identity else []
        fresh, nobody = _make(), Lookups(*(secrets.token_bytes(32) for _ in Lookups._fields))
        models.insert_key(fresh, nobody if known else lookups, clock.local_date(now).isoformat())
        if known:
            models.drop_key(fresh.person)
        else:
            models.touch(fresh.person)
        person = known[0] if known else fresh.person
        if number:
            models.insert_number(number, person)
        return person

    return database.person_keys.write(work)


def _make() -> Key:
    """A new person's key, not stored yet; inside `person_keys.write`."""
    person, master = new_id(), _master((models.index_key() or _make_index_key())[0])
    return Key(person, master.id, crypto.seal(master.key, crypto.new_key(), "wrap", person, master.id))


def new_id() -> str:
    """128 random bits, 22 letters; none in front that a command line would take for an option."""
    while (id := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return id


def index_key() -> bytes:
    """The key of the look-ups; made at its first use. Raises VaultLocked."""
    home = _home()
    if home.is_bereft:
        raise VaultLocked("The file of the people's keys is empty, the vault is not: put it back and start again.")
    for is_last in (False, True) if home.index_key is None else ():  # as in `unlock`
        id, wrapped = database.person_keys.read(models.index_key) or database.person_keys.write(_make_index_key)
        if is_last or masters().find(id):
            home.index_key = crypto.open_sealed(_master(id).key, wrapped, "wrap", _INDEX, id)
            break
    assert home.index_key
    return home.index_key


def prove() -> None:
    """See that the master key is there and opens what it wrapped. Raises VaultLocked, SealBroken."""
    kept = database.person_keys.read(models.index_key)
    master = _master(kept[0]) if kept else masters().newest()
    if kept:
        crypto.open_sealed(master.key, kept[1], "wrap", _INDEX, master.id)


def _make_index_key() -> tuple[str, bytes]:
    kept = models.index_key()
    if kept is None:
        master = masters().newest()
        kept = master.id, crypto.seal(master.key, crypto.new_key(), "wrap", _INDEX, master.id)
        models.keep_index_key(*kept)
    return kept


def rotate(now: datetime) -> Iterator[int]:
    """Wrap every key by a new master and drop the old one; yields how many keys were looked at, as it goes on.

    Nobody waits meanwhile. Interrupted at any point it is finished by running it again. Raises VaultLocked.
    """
    index_key()
    fresh = masters().add(now)
    database.person_keys.write(partial(_rewrap_index, fresh.id))
    done, last = 0, ""
    while page := database.person_keys.write(partial(_rewrap_page, last, fresh.id)):
        done, last = done + len(page), page[-1].person
        yield done
    database.person_keys.empty_log()
    masters().drop_before(fresh)


def _rewrap_index(master_id: str) -> None:
    kept = models.index_key()
    if kept and kept[0] != master_id:
        models.keep_index_key(master_id, _wrapped_anew(_INDEX, *kept, master_id))


def _rewrap_page(after: str, master_id: str) -> list[Key]:
    """Wrap the next page of keys anew; the page as it was."""
    kept = models.index_key()
    if kept is None or kept[0] != master_id:
        raise VaultLocked("Another rotation has begun since: let that one finish.")
    page = models.keys_after(after)
    for row in page:
        if row.master != master_id:
            models.rewrap(Key(row.person, master_id, _wrapped_anew(*row, master_id)))
    return page


def _wrapped_anew(what: str, old_id: str, wrapped: bytes, new_id: str) -> bytes:
    old, new = _master(old_id), _master(new_id)
    try:
        key = crypto.open_sealed(old.key, wrapped, "wrap", what, old.id)
    except SealBroken as error:
        raise SealBroken(f"The key of {what} is damaged: destroy that person, then run this again.") from error
    return crypto.seal(new.key, key, "wrap", what, new.id)


def _master(id: str) -> Master:
    """The master that something is wrapped by, which must be there."""
    master = masters().find(id)
    if master is None:
        raise _missing(id)
    return master


def _missing(id: str) -> VaultLocked:
    return VaultLocked(f"{masters().path} does not hold the master key {id}: restore that file from a backup.")
