"""The messages' table and its questions. What a person wrote stands here sealed, and nothing else of them."""

from typing import Any, NamedTuple

import peewee

from .. import database

SEALED = ("receipt", "salt", "last_name", "first_name", "patronymic", "phone", "email", "message")


class ContactMessage(peewee.Model):
    """One message.

    id             random: neither order nor number tells anything
    receipt_index  keyed hash of the receipt's id: the same post again is found without opening anything
    state          pending (its receipt may not exist yet) → [unconfirmed →] received → answered → closed
    """

    id = peewee.CharField(max_length=22, primary_key=True)
    person = peewee.CharField(max_length=22, index=True)
    receipt_index = peewee.BlobField(unique=True)
    state = peewee.CharField(max_length=11)
    language = peewee.CharField(max_length=35)
    version = peewee.IntegerField()
    received_at = peewee.CharField(max_length=24, index=True)
    receipt = peewee.BlobField()
    salt = peewee.BlobField()
    last_name = peewee.BlobField()
    first_name = peewee.BlobField()
    patronymic = peewee.BlobField(null=True)
    phone = peewee.BlobField(null=True)
    email = peewee.BlobField()
    message = peewee.BlobField()

    class Meta:
        database = database.vault.proxy
        table_name = "contact_message"


class UsedChallenge(peewee.Model):
    """A solution counts once; it is remembered until its challenge is over."""

    digest = peewee.CharField(max_length=64, primary_key=True)
    until = peewee.CharField(max_length=24, index=True)

    class Meta:
        database = database.vault.proxy
        table_name = "used_challenge"


class Row(NamedTuple):
    """A message as stored; `sealed` by column."""

    id: str
    person: str
    state: str
    language: str
    version: int
    received_at: str
    sealed: dict[str, bytes]


def find(message_id: str) -> Row | None:
    return _row(ContactMessage.get_or_none(ContactMessage.id == message_id))


def by_receipt(index: bytes) -> Row | None:
    return _row(ContactMessage.get_or_none(ContactMessage.receipt_index == index))


def in_state(*states: str) -> list[Row]:
    """In the order in which they came."""
    query = ContactMessage.select().where(ContactMessage.state.in_(states)).order_by(ContactMessage.received_at)
    return [row for row in map(_row, query) if row]


def of_person(person: str) -> list[Row]:
    query = ContactMessage.select().where(ContactMessage.person == person).order_by(ContactMessage.received_at)
    return [row for row in map(_row, query) if row]


def move(message_id: str, before: str, after: str) -> bool:
    """Compare and swap; whether it was in `before`."""
    query = ContactMessage.update(state=after).where(ContactMessage.id == message_id, ContactMessage.state == before)
    return bool(query.execute())


def _row(found: Any) -> Row | None:
    if found is None:
        return None
    sealed = {name: bytes(value) for name in SEALED if (value := getattr(found, name)) is not None}
    return Row(found.id, found.person, found.state, found.language, found.version, found.received_at, sealed)
