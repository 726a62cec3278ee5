"""The staff's tables: who works here, their passkeys, the sessions in which they do.

Records as Flask-Security wants them. Only what changed is written, so that two writers undo nothing of each other's.
"""

import json
from collections.abc import Collection
from typing import Any

import peewee
from flask_security import UserMixin, WebAuthnMixin

from .. import database
from .access import ROLES, Role


class _Words(peewee.TextField):
    """A list of words in one column."""

    def db_value(self, value: list[str] | None) -> str | None:
        return None if value is None else json.dumps(value)

    def python_value(self, value: str | None) -> list[str]:
        return json.loads(value) if value else []


class _Record(peewee.Model):
    class Meta:
        database = database.vault.proxy
        only_save_dirty = True


class Account(_Record, UserMixin):  # type: ignore[misc]
    """Somebody who works here. They are called by `handle` wherever an act is written down.

    password           argon2; None until the invitation was taken
    fs_uniquifier      in their session's cookie: a new one ends every session
    tf_totp_secret     encrypted by the console's own secret; mf_recovery_codes likewise
    totp_counter       of the last code that was taken: none is taken twice (RFC 6238 5.2)
    muted              the kinds of letters that they do not want, with spaces between
    """

    id = peewee.AutoField()
    email = peewee.CharField(max_length=254, unique=True)
    name = peewee.CharField(max_length=120)
    role = peewee.CharField(max_length=20)
    language = peewee.CharField(max_length=2)
    password = peewee.CharField(max_length=255, null=True)
    active = peewee.BooleanField(default=True)
    fs_uniquifier = peewee.CharField(max_length=64, unique=True)
    fs_webauthn_user_handle = peewee.CharField(max_length=64, unique=True)
    tf_primary_method = peewee.CharField(max_length=20, null=True)
    tf_totp_secret = peewee.CharField(max_length=512, null=True)
    totp_counter = peewee.BigIntegerField(default=0)
    mf_recovery_codes = _Words(null=True)
    created_at = peewee.CharField(max_length=24)
    muted = peewee.CharField(max_length=64, default="")

    class Meta:
        table_name = "staff"

    @property
    def handle(self) -> str:
        """The name in journals and in `taken_by`: no personal data."""
        return f"staff-{self.id}"

    @property
    def roles(self) -> list[Role]:  # type: ignore[override]
        return [ROLES[self.role]]

    @property
    def webauthn(self) -> list["Passkey"]:  # type: ignore[override]
        """Their passkeys; reads by itself."""
        own: list[Passkey] = database.vault.read(lambda: list(Passkey.select().where(Passkey.user == self.id)))
        return own

    def may(self, *permissions: str) -> bool:
        return ROLES[self.role].permissions.issuperset(permissions)


class Passkey(_Record, WebAuthnMixin):
    """A passkey's public half (WebAuthn Level 2)."""

    id = peewee.AutoField()
    user = peewee.ForeignKeyField(Account, lazy_load=False, on_delete="CASCADE")
    credential_id = peewee.BlobField(unique=True)
    public_key = peewee.BlobField()
    name = peewee.CharField(max_length=64)
    sign_count = peewee.IntegerField(default=0)
    usage = peewee.CharField(max_length=20)
    device_type = peewee.CharField(max_length=20)
    backup_state = peewee.BooleanField()
    transports = _Words(null=True)
    extensions = peewee.CharField(max_length=255, null=True)
    lastuse_datetime = peewee.DateTimeField()

    class Meta:
        table_name = "staff_passkey"


class Session(_Record):
    """Somebody signed in, until they, time or whoever manages the users ends it. Its cookie is then worth nothing.

    id: SHA-256 of what the cookie holds, in hex; times as `clock.stamp` writes them
    """

    id = peewee.CharField(max_length=64, primary_key=True)
    staff = peewee.ForeignKeyField(Account, lazy_load=False, on_delete="CASCADE")
    began_at = peewee.CharField(max_length=24)
    seen_at = peewee.CharField(max_length=24)

    class Meta:
        table_name = "staff_session"


def insert_session(session_id: str, staff: int, at: str) -> None:
    Session.insert(id=session_id, staff=staff, began_at=at, seen_at=at).execute()


def mark_seen(session_id: str, at: str) -> None:
    Session.update(seen_at=at).where(Session.id == session_id, Session.seen_at < at).execute()


def end_session(session_id: str) -> None:
    Session.delete().where(Session.id == session_id).execute()


def sessions_of(staff: int) -> list[Session]:
    return list(Session.select().where(Session.staff == staff).order_by(Session.began_at))


def end_sessions(staff: int) -> None:
    """Every session of somebody."""
    Session.delete().where(Session.staff == staff).execute()


def signed_in(session_id: str) -> tuple[Session, Account] | None:
    """A session and whose it is, in one question."""
    query = Session.select(Session, Account).join(Account).where(Session.id == session_id)
    found: Any = query.first()
    return (found, found.staff) if found else None


def how_many_may(permission: str) -> int:
    """How many of those who work here have a permission."""
    roles = [role.name for role in ROLES.values() if permission in role.permissions]
    counted: int = Account.select().where(Account.active, Account.role.in_(roles)).count()
    return counted


def names(handles: Collection[str]) -> dict[str, str]:
    """Who is who, by what journals call them; whoever is not of the staff is left out."""
    ids = [int(each[6:]) for each in handles if each.startswith("staff-") and each[6:].isdecimal()]
    return {each.handle: each.name for each in Account.select().where(Account.id.in_(ids))} if ids else {}


def everybody() -> dict[str, str]:
    """The same of all who work or worked here."""
    return {each.handle: each.name for each in Account.select().order_by(Account.id).limit(500)}
