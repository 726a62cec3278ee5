"""Is what the home keeps there, whole, and kept safely?"""

import os
import sqlite3
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import peewee

from .. import database
from ..problems import Problem
from ..settings import Settings
from .findings import Finding, error

_CHECKS = ("receipts_database", "vault_database", "person_keys")  # the settings, in the order of database.STORES


def examine(settings: Settings) -> Iterator[Finding]:
    """Every store, until what is wrong with one makes its next check impossible."""
    database.bind(settings)
    for check, store, url in zip(_CHECKS, database.STORES, database.addresses(settings), strict=True):
        yield from list(_place(check, url, settings.home)) or _tables(check, store, url)


def _place(check: str, url: str, home: Path) -> Iterator[Finding]:
    if "://" in url:
        if find_spec("psycopg") is None:
            yield error(
                check,
                "the program library for PostgreSQL is not installed",
                "pip install wadjet-consent[postgresql]",
            )
        return
    path = home / url
    if not path.exists():
        yield error(check, f"{path} is missing", "run `wadjet init`, or restore it from a backup")
    elif path.is_dir():
        yield error(check, f"{path} is a folder", "name a file")
    elif not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
        yield error(check, f"{path} cannot be written by this user", "run as its owner, or chown it")
    else:
        yield from _sound(check, path)


def _sound(check: str, path: Path) -> Iterator[Finding]:
    remedy = "stop the server, keep a copy, restore from a backup"
    try:
        connection = sqlite3.connect(path, timeout=2)
        try:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as failure:
        yield error(check, f"{path} is damaged ({failure})", remedy)
        return
    if said != "ok":
        yield error(check, f"{path} is damaged ({said})", remedy)


def _tables(check: str, store: database.Store, url: str) -> Iterator[Finding]:
    try:
        pending, unknown = database.migration_gaps(store)
        if unknown:
            yield error(
                check, f"a newer release of Wadjet has changed it ({unknown[-1]})", "install that release again"
            )
        elif pending:
            yield error(check, f"its tables are not up to date ({pending[0]} is due)", "run `wadjet init`")
        if "://" not in url:
            yield from _pragmas(check, store)
    except (Problem, peewee.PeeweeException) as failure:
        cause = str(failure.__cause__ or failure).partition("\n")[0]
        yield error(check, f"it does not answer ({cause})", "start it, and check address and password")


def _pragmas(check: str, store: database.Store) -> Iterator[Finding]:
    """Only these two together keep what was acknowledged through a power cut."""
    names = ("journal_mode", "synchronous")
    ((journal,), (sync,)) = store.read(lambda: [store.execute(f"PRAGMA {name}").fetchone() for name in names])
    if (journal, sync) != ("wal", 2):
        yield error(
            check,
            f"SQLite runs with journal_mode {journal}, synchronous {sync} in this folder",
            "move it to a local disk",
        )
