"""The tables of messages and of answers, and their questions. What was written stands here sealed, and nothing else.

Plain statements, called inside `vault.read` or `write`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .. import database

PAGE = 500  # of `listed`
SEALED = ("receipt", "salt", "last_name", "first_name", "patronymic", "phone", "email", "message")


class Row(NamedTuple):
    """A message as stored.

    id      random: neither order nor number tells anything
    state   pending (its receipt may not exist yet) → [unconfirmed →] received → answered → closed; `reduced`: only
            what the news need is left
    sealed  by column of SEALED; one that was not given is absent
    """

    id: str
    person: str
    state: str
    language: str
    received_at: str
    sealed: dict[str, bytes]


class Answered(NamedTuple):
    """That a message was answered. `text`: the letter's, sealed; None: it was answered in another way."""

    id: str
    message: str
    answered_at: str
    answered_by: str
    text: bytes | None


class Kept(NamedTuple):
    """What of a message's row decides how long it is kept. `look_on`: the day to look at it again; "" is at once."""

    id: str
    person: str
    state: str
    language: str
    received_at: str
    closed_at: str
    look_on: str
    receipt: bytes


# The names in these statements are our own columns', never anybody's input.
_COLUMNS = ", ".join(("id", "person", "state", "language", "received_at", *SEALED))
_INSERT = f"INSERT INTO contact_message ({_COLUMNS}, receipt_index) VALUES (?{', ?' * 13})"  # noqa: S608
_SELECT = f"SELECT {_COLUMNS} FROM contact_message"  # noqa: S608
_KEPT = f"SELECT {', '.join(Kept._fields)} FROM contact_message WHERE state <> 'pending' AND person IN "  # noqa: S608
_ANSWERS = f"SELECT {', '.join(Answered._fields)} FROM contact_answer"  # noqa: S608
_DUE_A_LOOK = """
SELECT look_on, id, person FROM contact_message
WHERE look_on <= ? AND (look_on, id) > (?, ?) AND state <> 'pending' ORDER BY look_on, id LIMIT ?"""
_SILENT = """
SELECT person, max(received_at) FROM contact_message
WHERE received_at < ? AND person > ? AND state NOT IN ('pending', 'unconfirmed') AND NOT EXISTS (
    SELECT 1 FROM contact_message AS later
    WHERE later.person = contact_message.person AND later.received_at >= ? AND later.state <> 'pending')
GROUP BY person ORDER BY person LIMIT ?"""


def insert(row: Row, receipt_index: bytes) -> None:
    """receipt_index: keyed hash of the receipt's id; the same post again is found without opening anything."""
    sealed = (row.sealed.get(name) for name in SEALED)
    database.vault.execute(_INSERT, *row[:5], *sealed, receipt_index)


def find(message_id: str) -> Row | None:
    if "\0" in message_id:  # PostgreSQL fails on the question
        return None
    return next(_rows("WHERE id = ?", message_id), None)


def by_receipt(index: bytes) -> Row | None:
    return next(_rows("WHERE receipt_index = ?", index), None)


def pending() -> list[Row]:
    """In the order in which they came."""
    return list(_rows("WHERE state = 'pending' ORDER BY received_at, id"))


class Listed(NamedTuple):
    """What a list shows of a message, and whose key opens the id of its receipt."""

    received_at: str
    id: str
    person: str
    state: str
    language: str
    receipt: bytes


_LISTED = f"""
SELECT {", ".join(Listed._fields)} FROM contact_message WHERE state <> 'pending' AND (received_at, id) > (?, ?)
ORDER BY received_at, id LIMIT {PAGE}"""  # noqa: S608


def listed(after: tuple[str, str]) -> list[Listed]:
    """A page of those that were acknowledged, in the order in which they came; after: (received_at, id)."""
    rows = database.vault.execute(_LISTED, *after).fetchall()
    return [Listed(*row)._replace(receipt=bytes(row[-1])) for row in rows]


class Brief(NamedTuple):
    """What may be shown of a message without a key."""

    received_at: str
    id: str
    person: str
    state: str
    language: str


_BRIEF = f"SELECT {', '.join(Brief._fields)} FROM contact_message"  # noqa: S608


def page(state: str, after: tuple[str, str] | None, *, is_newest_first: bool, limit: int) -> list[Brief]:
    """A page of the messages in a state, "" for all that were acknowledged; after: (received_at, id)."""
    sign, order, first = ("<", "DESC", ("9999", "")) if is_newest_first else (">", "ASC", ("", ""))
    wanted = "state = ?" if state else "state <> ?"
    statement = (
        f"{_BRIEF} WHERE {wanted} AND (received_at, id) {sign} (?, ?) ORDER BY received_at {order}, id {order} LIMIT ?"
    )
    rows = database.vault.execute(statement, state or "pending", *(after or first), limit).fetchall()
    return [Brief(*row) for row in rows]


def briefs_of(people: Sequence[str], limit: int) -> list[Brief]:
    """What some people wrote, 500 at most, the newest first."""
    marks = ", ".join("?" * len(people))
    statement = f"{_BRIEF} WHERE person IN ({marks}) AND state <> 'pending' ORDER BY received_at DESC, id DESC LIMIT ?"
    rows = database.vault.execute(statement, *people, limit).fetchall() if people else []
    return [Brief(*row) for row in rows]


def receipts_of(ids: Sequence[str]) -> dict[str, bytes]:
    """The sealed ids of the receipts of some messages, 500 at most."""
    marks = ", ".join("?" * len(ids))
    statement = f"SELECT id, receipt FROM contact_message WHERE id IN ({marks})"  # noqa: S608
    return {row[0]: bytes(row[1]) for row in database.vault.execute(statement, *ids).fetchall()} if ids else {}


def waiting(after: tuple[str, str], limit: int) -> list[tuple[str, str, str]]:
    """A page of (received_at, id, person) of those that wait for an answer, in this order."""
    sql = """
SELECT received_at, id, person FROM contact_message
WHERE state = 'received' AND (received_at, id) > (?, ?) ORDER BY received_at, id LIMIT ?"""
    return [(row[0], row[1], row[2]) for row in database.vault.execute(sql, *after, limit).fetchall()]


def of_person(person: str) -> list[Row]:
    return list(_rows("WHERE person = ? ORDER BY received_at, id", person))


def times_of(person: str) -> list[tuple[str, str]]:
    """(received_at, id) of those messages of a person that were acknowledged."""
    sql = "SELECT received_at, id FROM contact_message WHERE person = ? AND state <> 'pending'"
    return [(at, message_id) for at, message_id in database.vault.execute(sql, person).fetchall()]


def move(message_id: str, before: str, after: str) -> bool:
    """Compare and swap; whether it was in `before`."""
    done = database.vault.execute(
        "UPDATE contact_message SET state = ? WHERE id = ? AND state = ?", after, message_id, before
    )
    return bool(done.rowcount)


def mark_closed(message_id: str, at: str) -> None:
    """When it was settled; it is to be looked at for that."""
    database.vault.execute("UPDATE contact_message SET closed_at = ?, look_on = '' WHERE id = ?", at, message_id)


def look_on(message_id: str, day: str) -> None:
    database.vault.execute("UPDATE contact_message SET look_on = ? WHERE id = ?", day, message_id)


def due_a_look(day: str, after: tuple[str, str], limit: int) -> list[tuple[str, str, str]]:
    """A page of (look_on, id, person) in this order."""
    rows = database.vault.execute(_DUE_A_LOOK, day, *after, limit).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]


def kept_of(people: Sequence[str]) -> list[Kept]:
    """What some people wrote, 500 at most, in the order in which it came."""
    statement = f"{_KEPT} ({', '.join('?' * len(people))}) ORDER BY received_at, id"
    rows = database.vault.execute(statement, *people).fetchall() if people else []
    return [Kept._make((*row[:-1], bytes(row[-1]))) for row in rows]


def ids_of(person: str) -> list[str]:
    rows = database.vault.execute("SELECT id FROM contact_message WHERE person = ?", person).fetchall()
    return [row[0] for row in rows]


def people_among(people: Sequence[str]) -> set[str]:
    """Those of some people, 500 at most, who have a message here."""
    marks = ", ".join("?" * len(people))
    found = database.vault.execute(f"SELECT DISTINCT person FROM contact_message WHERE person IN ({marks})", *people)  # noqa: S608
    return {row[0] for row in found.fetchall()}


def silent_since(before: str, after: str, limit: int) -> list[tuple[str, str]]:
    """A page of (person, when they last wrote) of those who last wrote before a time, in the order of ids."""
    return [(row[0], row[1]) for row in database.vault.execute(_SILENT, before, after, before, limit).fetchall()]


def reduce(message_id: str, state: str, look_on: str, sealed: Mapping[str, bytes | None]) -> None:
    """Put other words, or none, in place of some of a message's."""
    named = ", ".join(f"{name} = ?" for name in sealed)
    statement = f"UPDATE contact_message SET state = ?, look_on = ?, {named} WHERE id = ?"  # noqa: S608
    database.vault.execute(statement, state, look_on, *sealed.values(), message_id)


def insert_answer(row: Answered) -> None:
    statement = "INSERT INTO contact_answer (id, message, answered_at, answered_by, text) VALUES (?, ?, ?, ?, ?)"
    database.vault.execute(statement, *row)


def answers_of(message_id: str) -> list[Answered]:
    """In the order in which they were given."""
    return list(_answers("WHERE message = ? ORDER BY answered_at, id", message_id))


def answers_to(messages: Sequence[str]) -> dict[str, str]:
    """The answers to some messages, 500 at most: the id of each, and its message's."""
    statement = f"SELECT id, message FROM contact_answer WHERE message IN ({', '.join('?' * len(messages))})"  # noqa: S608
    return dict(database.vault.execute(statement, *messages).fetchall()) if messages else {}


def find_answer(answer_id: str) -> Answered | None:
    return next(_answers("WHERE id = ?", answer_id), None)


def delete_answers(message_id: str) -> None:
    database.vault.execute("DELETE FROM contact_answer WHERE message = ?", message_id)


def delete(message_id: str) -> None:
    database.vault.execute("DELETE FROM contact_message WHERE id = ?", message_id)


def is_used(digest: str) -> bool:
    """Whether a solution was used before; asked before anything is written."""
    return database.vault.execute("SELECT 1 FROM used_challenge WHERE digest = ?", digest).fetchone() is not None


def tally(month: str, language: str) -> None:
    """One more message of that month and language, of nobody."""
    database.vault.execute(
        "INSERT INTO message_count (month, language, messages) VALUES (?, ?, 1) "
        "ON CONFLICT (month, language) DO UPDATE SET messages = message_count.messages + 1",
        month,
        language,
    )


def tallies() -> list[tuple[str, str, int]]:
    statement = "SELECT month, language, messages FROM message_count ORDER BY month, language"
    return [(row[0], row[1], row[2]) for row in database.vault.execute(statement).fetchall()]


def use_challenge(digest: str, *, now: str, until: str) -> bool:
    """Remember a solution until its challenge is over; whether it was not used before."""
    database.vault.execute("DELETE FROM used_challenge WHERE until < ?", now)
    done = database.vault.execute(
        "INSERT INTO used_challenge (digest, until) VALUES (?, ?) ON CONFLICT DO NOTHING", digest, until
    )
    return bool(done.rowcount)


def _answers(where: str, value: str) -> Iterator[Answered]:
    for row in database.vault.execute(f"{_ANSWERS} {where}", value).fetchall():
        yield Answered._make((*row[:-1], row[-1] and bytes(row[-1])))


def _rows(where: str, *values: Any) -> Iterator[Row]:
    for row in database.vault.execute(f"{_SELECT} {where}", *values).fetchall():
        sealed = zip(SEALED, row[5:], strict=True)
        known = {name: bytes(value) for name, value in sealed if value is not None}
        yield Row(row[0], row[1], row[2], row[3], row[4], known)
