"""SQLite as the house needs it: nothing is believed written that nobody would find again.

SQLite goes on writing into a file that was moved, removed or replaced under it. So every connection remembers which
files it opened; none is used, and no commit believed, once others stand there, or none.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

import peewee
from playhouse.pool import PooledSqliteDatabase


class _Connection(sqlite3.Connection):
    """Knows which files it opened."""

    def __init__(self, path: str, *arguments: Any, **options: Any) -> None:
        if not os.path.exists(path):  # noqa: PTH110 - asked at every connection; an empty file made here would hide it
            raise sqlite3.OperationalError(f"{path} is missing")
        super().__init__(path, *arguments, **options)
        self._path = path
        self.remember()

    def remember(self) -> None:
        self._files = self._standing()

    def has_strayed(self) -> bool:
        return self._files != self._standing()

    def _standing(self) -> list[tuple[int, int] | None]:
        """What its names lead to at this moment: the database and its WAL."""
        return [_identity(self._path), _identity(f"{self._path}-wal")]


class File(PooledSqliteDatabase):
    """One file, which must be there: `create` makes it. `timeout_seconds`: how long to wait for another's lock."""

    def __init__(self, path: Path, *, timeout_seconds: int) -> None:
        pragmas = {
            "journal_mode": "wal",
            "synchronous": "full",
            "foreign_keys": 1,
            "secure_delete": 1,  # what is deleted is overwritten
            "busy_timeout": timeout_seconds * 1000,
        }
        super().__init__(
            str(path),
            pragmas=pragmas,
            lock_type="IMMEDIATE",
            check_same_thread=False,
            max_connections=None,
            factory=_Connection,
        )

    def create(self) -> None:
        """Make the file, empty, unless it is there."""
        Path(self.database).touch()

    def is_sound(self) -> bool:
        """Whether this thread's connection can still be used."""
        return not self.connection().has_strayed()

    def take_turn(self) -> None:
        """Wait until nobody else writes: BEGIN IMMEDIATE has done so."""

    def confirm(self) -> None:
        """Raise OperationalError unless what this thread committed, or read, lies where others look for it."""
        if not self.is_sound():
            raise peewee.OperationalError("the file was moved away, removed or replaced")

    def empty_log(self) -> bool:
        """Carry the WAL over into the file and cut it to nothing; whether nobody's reading stood in the way."""
        busy, _, _ = self.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def _add_conn_hooks(self, conn: _Connection) -> None:
        super()._add_conn_hooks(conn)
        conn.remember()  # by the pragmas it has made the WAL

    def _is_closed(self, conn: _Connection) -> bool:
        if super()._is_closed(conn):
            return True
        if conn.has_strayed():
            conn.close()
            return True
        return False


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - at every commit
    except OSError:
        return None
    return found.st_dev, found.st_ino
