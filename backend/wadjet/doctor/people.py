"""The vault: whether people's data can be opened, and the destroyed stay destroyed."""

import os
from collections.abc import Iterator
from datetime import datetime

from .. import vault
from ..settings import Settings
from . import retaining
from .findings import Finding, error, warning
from .machine import key_file


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Every check of this file."""
    if settings.vault_key and settings.vault_key_command:
        yield warning("vault_key", "vault_key_command goes before it", "leave one of the two out of the settings")
    path = settings.home / "keys" / "vault.json"
    yield from key_file(path, "open people's data", "--vault")
    if not os.access(path, os.R_OK):
        return
    try:
        health = vault.examine(settings)
    except (vault.VaultLocked, vault.SealBroken) as problem:
        what, _, remedy = problem.detail.partition(": ")
        yield error("vault", what.rstrip("."), remedy or "restore keys/vault.json from a backup")
        return
    if health.without_key:
        yield error(
            "person_keys",
            f"{health.without_key:,} people in the vault have no key in {settings.person_keys}",
            "stop the server and put that file back; if it is lost for good, `wadjet vault destroy` them",
        )
    if health.undone:
        yield error(
            "vault_database",
            f"{health.undone:,} people are in it who were destroyed",
            "restart the server: it removes them before it serves",
        )
    if len(health.locks) > 1:
        yield warning("keys", "a change of the master key was interrupted", "run `wadjet keys rotate --vault` again")
    elif health.locks[0] != health.due:
        yield warning(
            "keys",
            f"the master key in keys/vault.json lies under lock {health.locks[0]}, the settings ask for {health.due}",
            "run `wadjet keys rotate --vault`",
        )
    if not health.without_key:
        yield from retaining.examine(settings, now)
