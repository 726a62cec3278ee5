"""Is the vault well? What `wadjet doctor` asks; looks and changes nothing."""

from dataclasses import dataclass
from functools import partial

from .. import database
from ..settings import Settings
from . import models, person_keys


@dataclass(frozen=True)
class Health:
    """What was found. `locks`: what each master key lies under, the newest last; `due`: what a new one would."""

    locks: tuple[str, ...]
    due: str
    without_key: int  # people whose key is neither there nor destroyed
    undone: int  # people who were destroyed and have come back, as with a backup


def master_locks() -> tuple[tuple[str, ...], str]:
    """What each master key lies under, the newest last, and what a new one would: `none`, `vault_key`,
    `vault_key_command`. The vault is started. Raises VaultLocked."""
    masters = person_keys.masters()
    return masters.locks(), masters.due


def examine(settings: Settings) -> Health:
    """Try the master key on what it must open, and compare people with keys. Raises VaultLocked, SealBroken."""
    person_keys.bind(settings)
    masters = person_keys.masters()
    without_key = undone = 0
    for page in models.everybody():
        keyless = set(page) - {key.person for key in database.person_keys.read(partial(models.keys_of, page))}
        destroyed = database.person_keys.read(partial(_destroyed, keyless))
        without_key, undone = without_key + len(keyless - destroyed), undone + len(destroyed)
    if not without_key or database.person_keys.read(models.index_key):
        person_keys.prove()
    return Health(masters.locks(), masters.due, without_key, undone)


def _destroyed(people: set[str]) -> set[str]:
    return {person for person in people if models.tombstone(person)}
