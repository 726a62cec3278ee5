"""The cast, crowds of people nobody could guess, and what a test asks of the vault in one line."""

import secrets
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from wadjet import database, vault
from wadjet.vault import Card

AIGERIM = Card("Сейтова", "Әйгерім", "Қанатқызы", "+77011234567", "Aigerim@example.kz")
BOLAT = Card("O'Brien", "Болат", "", "+77017654321", "bolat@example.kz")
CASE = "case 17"


def stranger() -> Card:
    """Somebody whose every field is found nowhere by chance."""
    last, first, middle = (f"{name}{secrets.token_hex(8)}" for name in ("Жұмабаев", "Ёлка", "Ұлы"))
    number = f"+7701{secrets.randbelow(10**10):010}"
    return Card(last, first, middle, number, f"{secrets.token_hex(8)}@{secrets.token_hex(4)}.kz")


def take_in(card: Card, now: Any) -> str:
    """The id of the person with that card, from now on."""
    expected = vault.expect(card, now=now)
    return database.vault.write(partial(vault.take_in, card, now=now, expected=expected))


def read(verb: Callable[..., Any], *values: Any, **named: Any) -> Any:
    """A verb inside `vault.read`."""
    return database.vault.read(partial(verb, *values, **named))


def write(verb: Callable[..., Any], *values: Any, **named: Any) -> Any:
    """A verb inside `vault.write`."""
    return database.vault.write(partial(verb, *values, **named))


def sql(statement: str, *values: Any, store: database.Store = database.vault) -> list[Any]:
    return store.read(lambda: [tuple(row) for row in store.execute(statement, *values).fetchall()])


def facts(card: Card) -> Iterator[str]:
    """Every text of a card."""
    yield from (card.last_name, card.first_name, card.patronymic, card.phone, card.email)


class Notes:
    """A room that holds a note on a person, sealed: what contact and others do."""

    def set_up(self) -> None:
        blob = "BYTEA" if "://" in str(getattr(database.vault.proxy.obj, "database", "")) else "BLOB"
        database.vault.write(lambda: database.vault.execute(f"CREATE TABLE note (person CHAR(22), text {blob})"))

    def write(self, person: str, text: str) -> None:
        def work() -> None:
            sealed = vault.seal(person, "note", "text", text)
            database.vault.execute("INSERT INTO note (person, text) VALUES (?, ?)", person, sealed)

        database.vault.write(work)

    def read(self, person: str) -> list[str]:
        rows = sql("SELECT text FROM note WHERE person = ?", person)
        return [read(vault.open, person, "note", "text", bytes(text)) for (text,) in rows]

    def count(self, person: str) -> int:
        counted: int = database.vault.execute("SELECT count(*) FROM note WHERE person = ?", person).fetchone()[0]
        return counted

    def forget(self, person: str) -> None:
        database.vault.execute("DELETE FROM note WHERE person = ?", person)
