"""What the registers hold of one person: to whom data went, what of them is published where."""

from collections.abc import Sequence

from .. import database
from . import models
from .models import Row

_TELLS_OF = {  # the registers whose entries have a page and name a person, and the column in which they do
    "R3": ("transfer", "person"),
    "R5": ("publication", "person"),
    "R9": ("act", "object"),
    "recalls": ("recall", "person"),
    "consents": ("dissemination_consent", "person"),
    "prohibitions": ("prohibition", "person"),
}


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


def entries_of(people: Sequence[str], limit: int = 20) -> list[tuple[str, int]]:
    """The newest entries that tell of these people, 100 at most: the register's code and the number there."""
    if not people:
        return []
    marks = ", ".join("?" * len(people))
    parts = [
        f"SELECT * FROM (SELECT '{code}' AS code, id, at FROM {table} WHERE {column} IN ({marks})"  # noqa: S608
        f" ORDER BY id DESC LIMIT {limit:d}) AS of_{table}"
        for code, (table, column) in _TELLS_OF.items()
    ]
    statement = f"SELECT code, id FROM ({' UNION ALL '.join(parts)}) AS told ORDER BY at DESC, code, id LIMIT {limit:d}"  # noqa: S608
    found = database.vault.read(lambda: database.vault.execute(statement, *[*people] * len(_TELLS_OF)).fetchall())
    return [(code, number) for code, number in found]


def receivers(people: Sequence[str], fields: Sequence[str] = ()) -> list[str]:
    """Who was given something of these people, or one of these fields of theirs; by name."""
    given = (each for person in people for each in transfers_of(person))
    return sorted({each["recipient"] for each in given if not fields or set(fields) & set(each["fields"].split())})
