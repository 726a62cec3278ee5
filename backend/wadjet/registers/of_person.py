"""What the registers hold of one person: to whom data went, what of them is published where."""

from collections.abc import Sequence

from .. import database
from . import models
from .models import Row


def transfers_of(person: str) -> list[Row]:
    """What of a person's went to whom, the oldest first: at, recipient, country, fields, purpose."""

    def read() -> list[Row]:
        names = {row["id"]: row["name"] for row in models.rows("recipient")}
        return [
            {name: row[name] for name in ("at", "country", "fields", "purpose")}
            | {"recipient": names[row["recipient"]]}
            for row in models.rows("transfer", "person = ?", person)
        ]

    return database.vault.read(read)


def publications_of(person: str) -> list[Row]:
    """What of a person's was published where, the oldest first: number, at, place, fields, removed_at."""

    def read() -> list[Row]:
        return [
            {"number": row["id"]} | {name: row[name] for name in ("at", "place", "fields", "removed_at")}
            for row in models.rows("publication", "person = ?", person)
        ]

    return database.vault.read(read)


def receivers(people: Sequence[str], fields: Sequence[str] = ()) -> list[str]:
    """Who was given something of these people, or one of these fields of theirs; by name."""
    given = (each for person in people for each in transfers_of(person))
    return sorted({each["recipient"] for each in given if not fields or set(fields) & set(each["fields"].split())})
