"""What a backup says of itself, and whether its files are what it says."""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from . import disk
from .problems import NotRestored

NAME = "manifest.json"
SUFFIXES = {"sqlite": ".sqlite3", "postgresql": ".dump"}
_MOST_BYTES = 64 * 1024  # of a manifest; ours have about a thousand
_PIECE_BYTES = 1 << 20

Migration = Annotated[str, Field(pattern=r"^[0-9]{4}_[a-z0-9_]{1,60}$")]
Tell = Callable[[str], object]  # how far it is, for people


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Copy(_Part):
    """One database. Its file is named for the store and the kind, by us and not by the manifest."""

    kind: Literal["sqlite", "postgresql"]
    bytes: int = Field(ge=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    migrations: list[Migration] = Field(max_length=500)


class Copies(_Part):
    """By the names of the stores."""

    receipts: Copy
    vault: Copy


class Manifest(_Part):
    """`release`: of Wadjet; `taken_at`: everything acknowledged by then is in it."""

    format: Literal[1]
    release: str = Field(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){2}$")
    taken_at: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$")
    databases: Copies

    def copy_of(self, name: str) -> Copy:
        return self.databases.receipts if name == "receipts" else self.databases.vault

    def is_newer_than(self, release: str) -> bool:
        return _numbers(self.release) > _numbers(release)


def file_name(name: str, kind: str) -> str:
    return name + SUFFIXES[kind]


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises NotRestored."""
    source = _open(folder / NAME)
    with os.fdopen(source, "rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    try:
        if len(raw) > _MOST_BYTES:
            raise ValueError
        return Manifest.model_validate_json(raw)
    except (ValidationError, ValueError) as error:
        raise NotRestored(f"{folder / NAME} is not the manifest of a backup, or is damaged.") from error


def describe(path: Path, kind: Literal["sqlite", "postgresql"], migrations: list[str]) -> Copy:
    """What the manifest says of a file that was made a moment ago."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Copy(kind=kind, bytes=path.stat().st_size, sha256=digest, migrations=migrations)


def fetch(source: Path, said: Copy, target: Path, tell: Tell) -> None:
    """Copy a file of a backup to `target`, new and synced. Raises NotRestored when it is not the one that was said."""
    digest, left = hashlib.sha256(), said.bytes
    with os.fdopen(_open(source), "rb") as file, os.fdopen(disk.create(target), "wb") as copy:
        if os.fstat(file.fileno()).st_size != said.bytes:
            raise NotRestored(f"{source} is damaged: it has not as many bytes as its manifest says.")
        while left and (piece := file.read(min(_PIECE_BYTES, left))):
            digest.update(piece)
            copy.write(piece)
            left -= len(piece)
            tell(f"{source.name}: {(said.bytes - left) >> 20} of {said.bytes >> 20} MiB read")
        copy.flush()
        os.fsync(copy.fileno())
    if digest.hexdigest() != said.sha256:
        raise NotRestored(f"{source} is damaged: its SHA-256 is not the one in its manifest.")


def _open(path: Path) -> int:
    """An ordinary file of the folder itself: no link that leads out of it, no device to wait for."""
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise NotRestored(f"{path} cannot be read: {error.strerror}.") from error
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise NotRestored(f"{path} is no ordinary file.")
    return opened


def _numbers(release: str) -> list[int]:
    return [int(number) for number in release.split(".")]
