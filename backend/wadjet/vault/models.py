"""The tables' questions: `person` in the vault, and what the file of the people's keys holds.

Plain statements: both are behind every message. Those on the vault are called inside `vault.read` or `write`, those on
the keys inside `person_keys.read` or `write`.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from .. import database

FIELDS = ("last_name", "first_name", "patronymic", "phone", "email")
_PAGE = 500


class Person(NamedTuple):
    """A row of `person`: when it came, whether it is blocked and why, and its card, sealed."""

    id: str
    created_on: str
    blocked_at: str | None
    block_reason: str | None
    sealed: tuple[bytes, ...]  # in the order of FIELDS


_COLUMNS = ", ".join(("id", "created_on", "blocked_at", "block_reason", *FIELDS))
# The names in these statements are our own columns', never anybody's input.
_INSERT = f"INSERT INTO person ({_COLUMNS}) VALUES (?, ?, NULL, NULL{', ?' * len(FIELDS)})"  # noqa: S608
_BY_ID = f"SELECT {_COLUMNS} FROM person WHERE id = ?"  # noqa: S608
_CHANGE = f"UPDATE person SET {', '.join(f'{name} = ?' for name in FIELDS)} WHERE id = ?"  # noqa: S608


def insert(person: str, created_on: str, sealed: Sequence[bytes]) -> None:
    database.vault.execute(_INSERT, person, created_on, *sealed)


def find(person: str) -> Person | None:
    if "\0" in person:  # PostgreSQL fails on the question
        return None
    row = database.vault.execute(_BY_ID, person).fetchone()
    return None if row is None else _read(row)


def change(person: str, sealed: Sequence[bytes]) -> None:
    database.vault.execute(_CHANGE, *sealed, person)


def mark_blocked(person: str, at: str | None, reason: str | None) -> None:
    database.vault.execute("UPDATE person SET blocked_at = ?, block_reason = ? WHERE id = ?", at, reason, person)


def delete(person: str) -> None:
    database.vault.execute("DELETE FROM person WHERE id = ?", person)


def is_empty() -> bool:
    return database.vault.execute("SELECT 1 FROM person LIMIT 1").fetchone() is None


def count_people() -> int:
    counted: int = database.vault.execute("SELECT count(*) FROM person").fetchone()[0]
    return counted


def present(people: Sequence[str]) -> set[str]:
    """Those of some ids, 500 at most, that have a row."""
    marks = ", ".join("?" * len(people))
    found = database.vault.execute(f"SELECT id FROM person WHERE id IN ({marks})", *people)  # noqa: S608
    return {row[0] for row in found.fetchall()}


def find_all(people: Collection[str]) -> list[Person]:
    """Those of some ids, 500 at most, that have a row."""
    marks = ", ".join("?" * len(people))
    asked = f"SELECT {_COLUMNS} FROM person WHERE id IN ({marks})"  # noqa: S608
    return [_read(row) for row in database.vault.execute(asked, *people).fetchall()]


def states(people: Collection[str]) -> list[tuple[str, str, str | None, str | None]]:
    """(id, created_on, blocked_at, block_reason) of those of some ids, 500 at most, that have a row."""
    marks = ", ".join("?" * len(people))
    asked = f"SELECT id, created_on, blocked_at, block_reason FROM person WHERE id IN ({marks})"  # noqa: S608
    return [(id, day, at, reason) for id, day, at, reason in database.vault.execute(asked, *people).fetchall()]


def everybody() -> Iterator[list[str]]:
    """The ids of all people, in pages; reads by itself."""
    page = _page_of_people("")
    while page:
        yield page
        page = _page_of_people(page[-1]) if len(page) == _PAGE else []


def _page_of_people(after: str) -> list[str]:
    statement = "SELECT id FROM person WHERE id > ? ORDER BY id LIMIT ?"
    return [row[0] for row in database.vault.read(lambda: database.vault.execute(statement, after, _PAGE).fetchall())]


class Key(NamedTuple):
    """A row of `person_key`, its key wrapped by a master."""

    person: str
    master: str
    wrapped: bytes


class Lookups(NamedTuple):
    """The blind indexes of one card; None: nobody is found by it."""

    identity: bytes | None
    email: bytes | None
    phone: bytes | None


_BY_LOOKUP = {
    name: f"SELECT person FROM person_key WHERE {name} = ? ORDER BY person"  # noqa: S608
    for name in Lookups._fields
}


def insert_key(key: Key, lookups: Lookups, pending: str | None) -> None:
    columns = "person, master, wrapped, identity, email, phone, pending"
    statement = f"INSERT INTO person_key ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    database.person_keys.execute(statement, *key, *lookups, pending)


def find_key(person: str) -> Key | None:
    row = database.person_keys.execute(
        "SELECT person, master, wrapped FROM person_key WHERE person = ?", person
    ).fetchone()
    return Key(*row) if row else None


def keys_of(people: Collection[str]) -> list[Key]:
    """The keys of those of some ids, 500 at most, that have one."""
    marks = ", ".join("?" * len(people))
    rows = database.person_keys.execute(
        f"SELECT person, master, wrapped FROM person_key WHERE person IN ({marks})",  # noqa: S608
        *people,
    )
    return [Key(*row) for row in rows.fetchall()]


def keys_after(person: str) -> list[Key]:
    """A page of keys in the order of ids."""
    rows = database.person_keys.execute(
        "SELECT person, master, wrapped FROM person_key WHERE person > ? ORDER BY person LIMIT ?", person, _PAGE
    )
    return [Key(*row) for row in rows.fetchall()]


def rewrap(key: Key) -> None:
    database.person_keys.execute(
        "UPDATE person_key SET master = ?, wrapped = ? WHERE person = ?", key.master, key.wrapped, key.person
    )


def count_keys() -> int:
    count: int = database.person_keys.execute("SELECT count(*) FROM person_key").fetchone()[0]
    return count


def found_by(lookup: str, value: bytes) -> list[str]:
    """The people with a blind index; `lookup`: a field of Lookups. One indexed read."""
    return [row[0] for row in database.person_keys.execute(_BY_LOOKUP[lookup], value).fetchall()]


def numbered(phone: bytes) -> list[str]:
    """The people of whom a room holds this number. One indexed read."""
    found = database.person_keys.execute("SELECT person FROM number WHERE phone = ? ORDER BY person", phone)
    return [row[0] for row in found.fetchall()]


def insert_number(phone: bytes, person: str) -> None:
    database.person_keys.execute(
        "INSERT INTO number (phone, person) VALUES (?, ?) ON CONFLICT DO NOTHING", phone, person
    )


def delete_number(phone: bytes, person: str) -> None:
    database.person_keys.execute("DELETE FROM number WHERE phone = ? AND person = ?", phone, person)


def move(person: str, lookups: Lookups) -> None:
    """Other look-ups; they agree with the card."""
    database.person_keys.execute(
        "UPDATE person_key SET identity = ?, email = ?, phone = ?, pending = NULL WHERE person = ?", *lookups, person
    )


def touch(person: str) -> None:
    """Write a row as it is: as much work as dropping one that has no number yet."""
    database.person_keys.execute("DELETE FROM number WHERE person = ?", person)
    database.person_keys.execute("UPDATE person_key SET pending = pending WHERE person = ?", person)


def mark(person: str, pending: str | None) -> None:
    database.person_keys.execute("UPDATE person_key SET pending = ? WHERE person = ?", pending, person)


def pending_after(person: str) -> list[tuple[str, str]]:
    """A page of (person, since when or why) that are to be compared with the vault."""
    rows = database.person_keys.execute(
        "SELECT person, pending FROM person_key WHERE pending IS NOT NULL AND person > ? ORDER BY person LIMIT ?",
        person,
        _PAGE,
    )
    return [(row[0], row[1]) for row in rows.fetchall()]


def destroy_key(person: str, at: str, reason: str) -> None:
    """The end of a key, and its tombstone; the first one stays."""
    database.person_keys.execute(
        "INSERT INTO destroyed_person (person, destroyed_at, reason) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        person,
        at,
        reason,
    )
    drop_key(person)


def drop_key(person: str) -> None:
    """The key, and all that its person is found by."""
    database.person_keys.execute("DELETE FROM number WHERE person = ?", person)
    database.person_keys.execute("DELETE FROM person_key WHERE person = ?", person)


def tombstone(person: str) -> tuple[str, str] | None:
    """(when, why) a person was destroyed."""
    statement = "SELECT destroyed_at, reason FROM destroyed_person WHERE person = ?"
    row = database.person_keys.execute(statement, person).fetchone()
    return (row[0], row[1]) if row else None


def destroyed_after(person: str) -> list[str]:
    """A page of tombstones in the order of ids."""
    rows = database.person_keys.execute(
        "SELECT person FROM destroyed_person WHERE person > ? ORDER BY person LIMIT ?", person, _PAGE
    )
    return [row[0] for row in rows.fetchall()]


def index_key() -> tuple[str, bytes] | None:
    """(master, wrapped) of the look-ups' key. Its master is the one that new keys are wrapped by."""
    row: Any = database.person_keys.execute("SELECT master, wrapped FROM index_key WHERE number = 1").fetchone()
    return (row[0], row[1]) if row else None


def keep_index_key(master: str, wrapped: bytes) -> None:
    database.person_keys.execute("DELETE FROM index_key")
    database.person_keys.execute("INSERT INTO index_key VALUES (1, ?, ?)", master, wrapped)


def _read(row: Sequence[Any]) -> Person:
    id, created_on, blocked_at, block_reason, *sealed = row
    return Person(id, created_on, blocked_at, block_reason, tuple(map(bytes, sealed)))
