"""One database in a file. It is copied by SQLite's online backup out of one read transaction, while others write."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Literal

from . import disk
from .manifest import Tell
from .problems import Failed

_PAGES = 2000  # copied at once, between two words of progress
_PARTS = ("", "-wal", "-shm")


class Snapshot:
    """The database as it is at this moment, for as long as this is open."""

    def __init__(self, path: Path) -> None:
        try:
            self._connection = sqlite3.connect(
                f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("BEGIN")
            self.migrations = _migrations(self._connection)  # the first read decides on the moment
        except sqlite3.Error as error:
            raise Failed(f"{path}: {error}") from error

    def copy(self, target: Path, tell: Tell) -> None:
        """Into a new file, whole in itself. Raises Failed, OSError."""
        os.close(disk.create(target))

        def count(_: int, left: int, pages: int) -> None:
            tell(f"{target.name}: {100 * (pages - left) // max(pages, 1)} % copied")

        try:
            with closing(sqlite3.connect(target, isolation_level=None)) as copy:
                copy.execute("PRAGMA synchronous = OFF")  # it is synced once, at the end
                self._connection.backup(copy, pages=_PAGES, progress=count)
                copy.execute("PRAGMA journal_mode = DELETE")  # so that it is one file and needs no other
        except sqlite3.Error as error:
            raise Failed(f"{target}: {error}") from error

    def close(self) -> None:
        self._connection.close()


class File:
    """Where a store lies."""

    kind: Literal["sqlite"] = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.staging = path.with_name(path.name + ".restoring")  # on the same disk, so that renaming puts it in place

    def __str__(self) -> str:
        return str(self.path)

    def snapshot(self) -> Snapshot:
        return Snapshot(self.path)

    def check(self, copy: Path, migrations: list[str]) -> None:
        """Raise Failed unless a copy at rest is whole and has had these migrations."""
        try:
            with closing(sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)) as opened:
                said = opened.execute("PRAGMA quick_check(1)").fetchone()[0]
                if said != "ok":
                    raise Failed(f"{copy.name}: {said}")
                if _migrations(opened) != migrations:
                    raise Failed(f"{copy.name} has other tables than its manifest says")
        except sqlite3.Error as error:
            raise Failed(f"{copy.name}: {error}") from error

    def is_there(self) -> bool:
        return any(os.path.lexists(f"{self.path}{part}") for part in _PARTS)

    def hinders(self, copy: Path) -> str:  # noqa: ARG002 - as servers have it
        """Why `copy` cannot take its place; "" when it can."""
        return ""

    def aside_for(self, stamp: str) -> Path:
        return self.path.with_name(f"{self.path.name}.before-restore-{stamp}")

    def keep(self, aside: Path, tell: Tell) -> None:
        """Nothing to do before `install`, which moves it."""

    def install(self, aside: Path | None, tell: Tell) -> None:  # noqa: ARG002 - it takes no time
        """Put what was staged in its place, durably, and what was there aside."""
        if aside:
            with suppress(sqlite3.Error), closing(sqlite3.connect(self.path)) as old:
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # then, closed, it is one file
            for part in _PARTS:
                with suppress(FileNotFoundError):
                    os.rename(f"{self.path}{part}", f"{aside}{part}")  # noqa: PTH104 - names, not paths, have the parts
        self.staging.rename(self.path)
        disk.sync(self.path.parent)


def _migrations(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM schema_migration ORDER BY name")]
