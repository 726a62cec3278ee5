"""The master keys, which wrap every person's key: `home/keys/vault.json`, mode 600, like the signing keys beside it.

Each lies there open, or locked: by the setting `vault_key`, or by `vault_key_command`, a program of the operator's (for
a key management service), called as `CMD wrap` and `CMD unwrap` with one line of base64 on its input, one expected on
its output. A process unlocks a master once and then keeps it: the program is called seldom, however many people come.

There is one master, except while `wadjet keys rotate --vault` is under way. Running processes notice a changed file.
"""

import base64
import json
import os
import shlex
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .. import clock, jose, keys
from ..settings import Settings
from . import crypto
from .problems import SealBroken, VaultLocked

_LOOK_SECONDS = 0.5
_COMMAND_SECONDS = 10
OPEN, BY_SETTING, BY_COMMAND = "none", "vault_key", "vault_key_command"


@dataclass(frozen=True, repr=False)
class Master:
    """One master key. `lock`: what it lies under in the file."""

    id: str
    key: bytes
    lock: str
    created_at: str


class Masters:
    """The master keys of one home."""

    def __init__(self, settings: Settings) -> None:
        self.path = settings.home / "keys" / "vault.json"
        self._settings = settings
        self._looked_at = 0.0
        self._seen: Any = None
        self._rows: list[dict[str, str]] = []
        self._known: dict[str, Master] = {}  # unlocked
        self._looking = threading.Lock()

    def create(self, now: datetime) -> bool:
        """Make the first master unless there is one; whether it was made."""
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        with keys.alone(self.path.parent):
            if self.path.exists():
                return False
            self._write([self._new(now)])
            return True

    def newest(self) -> Master:
        """Raises VaultLocked."""
        return self._unlock(self._look()[-1])

    def find(self, master_id: str) -> Master | None:
        """The master of that id; None when the file does not hold it. Raises VaultLocked."""
        for is_fresh in (False, True):
            row = next((row for row in self._look(is_fresh=is_fresh) if row["id"] == master_id), None)
            if row:
                return self._unlock(row)
        return None

    @property
    def due(self) -> str:
        """What a new master would lie under."""
        return BY_COMMAND if self._settings.vault_key_command else BY_SETTING if self._settings.vault_key else OPEN

    def locks(self) -> tuple[str, ...]:
        """What each master lies under, the newest last. Raises VaultLocked."""
        return tuple(row["lock"] for row in self._look())

    def add(self, now: datetime) -> Master:
        """One more master, the newest; where a rotation was interrupted, the one that it had added."""
        with keys.alone(self.path.parent):
            rows = self._look(is_fresh=True)
            if len(rows) == 1:
                self._unlock(rows[0])  # nothing is begun that could not be finished
                self._write([*rows, self._new(now)])
        self._look(is_fresh=True)
        return self.newest()

    def drop_before(self, master: Master) -> None:
        """Forget the masters older than this one: what they wrapped stays shut, wherever a copy of it lies."""
        with keys.alone(self.path.parent):
            rows = self._look(is_fresh=True)
            self._write(rows[[row["id"] for row in rows].index(master.id) :])
        self._look(is_fresh=True)

    def _look(self, *, is_fresh: bool = False) -> list[dict[str, str]]:
        with self._looking:
            if self._rows and not is_fresh and time.monotonic() - self._looked_at < _LOOK_SECONDS:
                return self._rows
            try:
                found = os.stat(self.path)  # noqa: PTH116 - as keys.ring does
                state = found.st_mtime_ns, found.st_ino
                if state != self._seen:
                    self._rows = _read(self.path)
            except FileNotFoundError as error:
                raise VaultLocked(
                    f"{self.path} is missing: restore it from a backup. Without people yet: `wadjet init`."
                ) from error
            except OSError as error:
                raise VaultLocked(f"{self.path} cannot be read: run as its owner.") from error
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise VaultLocked(f"{self.path} is damaged: restore it from a backup.") from error
            self._looked_at, self._seen = time.monotonic(), state
            self._known = {row["id"]: self._known[row["id"]] for row in self._rows if row["id"] in self._known}
            return self._rows

    def _unlock(self, row: dict[str, str]) -> Master:
        with self._looking:  # the program is asked once, not by every thread
            if row["id"] not in self._known:
                key = self._unlocked(row)
                if crypto.key_id(key) != row["id"]:
                    raise VaultLocked(f"{self.path}: what {row['lock']} unlocked is not the master {row['id']}.")
                self._known[row["id"]] = Master(row["id"], key, row["lock"], row["created_at"])
            return self._known[row["id"]]

    def _new(self, now: datetime) -> dict[str, str]:
        """The row of a new master, locked as the settings say, and unlocked once: before anything is wrapped by it."""
        key = crypto.new_key()
        id = crypto.key_id(key)
        if self.due == BY_COMMAND:
            key = self._command("wrap", key)
        elif self.due == BY_SETTING:
            key = crypto.seal(self._outer()[0], key, "master", id)
        row = {"id": id, "created_at": clock.stamp(now), "lock": self.due, "key": jose.b64url(key)}
        self._unlock(row)
        return row

    def _unlocked(self, row: dict[str, str]) -> bytes:
        kept = jose.unb64url(row["key"])
        if row["lock"] == BY_COMMAND:
            return self._command("unwrap", kept)
        if row["lock"] != BY_SETTING:
            return kept
        for outer in self._outer():
            try:
                return crypto.open_sealed(outer, kept, "master", row["id"])
            except SealBroken:
                continue
        raise VaultLocked(f"{self.path} is locked by another vault_key than the one that is set.")

    def _outer(self) -> list[bytes]:
        if not self._settings.vault_key:
            raise VaultLocked(f"{self.path} is locked: set vault_key (WADJET_VAULT_KEY or WADJET_VAULT_KEY_FILE).")
        return [jose.unb64url(key) for key in self._settings.vault_key.split(",")]

    def _command(self, verb: str, data: bytes) -> bytes:
        """What the operator's program makes of some bytes; what it says on standard error goes to ours."""
        if not self._settings.vault_key_command:
            raise VaultLocked(f"{self.path} is locked by a program: set vault_key_command.")
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own, from the settings, without a shell
                [*shlex.split(self._settings.vault_key_command), verb],
                input=base64.b64encode(data) + b"\n",
                stdout=subprocess.PIPE,
                timeout=_COMMAND_SECONDS,
                check=True,
            )
            return base64.b64decode(done.stdout.strip(), validate=True)
        except subprocess.TimeoutExpired as error:
            why, cause = f"did not answer within {_COMMAND_SECONDS} seconds", error
        except subprocess.CalledProcessError as error:
            why, cause = f"ended with status {error.returncode}", error  # type: ignore[assignment]
        except OSError as error:
            why, cause = f"cannot be run ({error.strerror})", error  # type: ignore[assignment]
        except ValueError as error:
            why, cause = "answered something else than base64", error  # type: ignore[assignment]
        raise VaultLocked(f"vault_key_command {verb} {why}: run it by hand to see why.") from cause

    def _write(self, rows: list[dict[str, str]]) -> None:
        keys.write(self.path, {"keys": rows})


def _read(path: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(path.read_bytes())["keys"]
    for row in rows:
        if row["lock"] not in (OPEN, BY_SETTING, BY_COMMAND) or not all(row[name] for name in ("id", "created_at")):
            raise ValueError("an unknown lock")
        jose.unb64url(row["key"])
    if not rows:
        raise ValueError("no key")
    return rows
