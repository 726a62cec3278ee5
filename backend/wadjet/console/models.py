"""The staff's tables: who works here, their passkeys, the sessions in which they do.

Records as Flask-Security wants them. Only what changed is written, so that two writers undo nothing of each other's.
"""

import json
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

    def in_cookies(self) -> str:
        """What their session's cookie calls them: not `get_id`, which Peewee has for itself."""
        return str(self.fs_uniquifier)

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


class Try(_Record):
    """How often somebody guessed on a day. id: a keyed hash of what at and from where; swept when the day is over."""

    id = peewee.CharField(max_length=64, primary_key=True)
    day = peewee.CharField(max_length=10, index=True)
    tries = peewee.IntegerField()

    class Meta:
        table_name = "staff_try"


class Typed(_Record):
    """What somebody had typed when it could not be taken.

    id: SHA-256 of the browser's key, whose it is and where it was sent to; browser: SHA-256 of that key, which opens
    `sealed` and lies in the browser alone
    """

    id = peewee.CharField(max_length=64, primary_key=True)
    staff = peewee.ForeignKeyField(Account, lazy_load=False, on_delete="CASCADE")
    browser = peewee.CharField(max_length=64, index=True)
    at = peewee.CharField(max_length=24, index=True)
    sealed = peewee.BlobField()

    class Meta:
        table_name = "staff_typed"


def insert_session(session_id: str, staff: int, at: str) -> None:
    Session.insert(id=session_id, staff=staff, began_at=at, seen_at=at).execute()


def mark_seen(session_id: str, at: str) -> None:
    Session.update(seen_at=at).where(Session.id == session_id, Session.seen_at < at).execute()


def end_session(session_id: str) -> None:
    Session.delete().where(Session.id == session_id).execute()


def sessions_of(staff: int, *, seen: str, began: str) -> list[Session]:
    """Those of somebody that were seen since one time and began since another, the oldest first."""
    good = (Session.seen_at >= seen) & (Session.began_at >= began)
    return list(Session.select().where(Session.staff == staff, good).order_by(Session.began_at))


def drop_sessions(*, seen: str, began: str) -> None:
    """Of anybody's, those that were not seen since one time or began before another."""
    Session.delete().where((Session.seen_at < seen) | (Session.began_at < began)).execute()


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


def names() -> dict[str, str]:
    """All who work or worked here, by what journals call them."""
    return {each.handle: each.name for each in Account.select(Account.id, Account.name).order_by(Account.id)}


def end_others(staff: int, kept: str) -> None:
    """Every session of somebody but one."""
    Session.delete().where(Session.staff == staff, Session.id != kept).execute()


def end_one(staff: int, session_id: str) -> bool:
    """One of somebody's; False where it is none of theirs."""
    ended: int = Session.delete().where(Session.staff == staff, Session.id == session_id).execute()
    return ended == 1


def change(staff: int, where: dict[str, Any] | None = None, **columns: Any) -> bool:
    """Compare and swap: False where the account is no longer as `where` says."""
    unchanged = [getattr(Account, name) == _whole(value) for name, value in (where or {}).items()]
    changed: int = Account.update(**columns).where(Account.id == staff, *unchanged).execute()
    return changed == 1


def _whole(value: Any) -> Any:
    """Peewee would take a list for several values."""
    return peewee.Value(_Words().db_value(value), converter=False) if isinstance(value, list) else value


def take_counter(staff: int, counter: int) -> bool:
    """Whether this is the first use of a code, and of one that is not older than the last that was taken."""
    taken: int = (
        Account.update(totp_counter=counter).where(Account.id == staff, Account.totp_counter < counter).execute()
    )
    return taken == 1


def account(staff: int) -> Account | None:
    found: Account | None = Account.get_or_none(id=staff)
    return found


def by_uniquifier(uniquifier: str) -> Account | None:
    found: Account | None = Account.get_or_none(fs_uniquifier=uniquifier)
    return found


def account_of(email: str) -> Account | None:
    found: Account | None = Account.get_or_none(email=email)
    return found


def accounts(after: int = 0, limit: int | None = None) -> list[Account]:
    """In the order in which they came."""
    return list(Account.select().where(Account.id > after).order_by(Account.id).limit(limit))


def look(staff: int) -> Account | None:
    """An account by its number; reads by itself."""
    return database.vault.read(lambda: account(staff))


def everybody() -> list[Account]:
    """Reads by itself."""
    return database.vault.read(accounts)


def hold_responsible() -> dict[int, bool]:
    """Who answers here, and whether they took their invitation. Until the transaction ends nobody can change that."""
    everyone = Account.role == "responsible"
    Account.update(role="responsible").where(everyone).execute()  # a lock, in both databases
    found = Account.select(Account.id, Account.password).where(everyone, Account.active)
    return {each.id: each.password is not None for each in found}


def take_try(bucket: str, day: str, limit: int) -> bool:
    """Count one; False when there were as many as there may be. What is of other days goes."""
    Try.delete().where(Try.day < day).execute()
    Try.insert(id=bucket, day=day, tries=0).on_conflict_ignore().execute()
    counted: int = Try.update(tries=Try.tries + 1).where(Try.id == bucket, Try.tries < limit).execute()
    return counted == 1


def give_back_try(bucket: str) -> None:
    Try.update(tries=Try.tries - 1).where(Try.id == bucket, Try.tries > 0).execute()


MOST_TYPED = 5  # of one of the staff


def keep_typed(place: str, staff: int, browser: str, at: str, sealed: bytes) -> None:
    """The newest takes the place of what was sent to the same before; of many the oldest go."""
    Typed.delete().where(Typed.id == place).execute()
    Typed.insert(id=place, staff=staff, browser=browser, at=at, sealed=sealed).execute()
    newest = Typed.select(Typed.id).where(Typed.staff == staff).order_by(Typed.at.desc()).limit(MOST_TYPED)
    Typed.delete().where(Typed.staff == staff, Typed.id.not_in([each.id for each in newest])).execute()


def typed(staff: int, browser: str, since: str, until: str) -> list[Typed]:
    """What somebody typed in a browser between two times, the oldest first."""
    own = Typed.select().where(Typed.staff == staff, Typed.browser == browser)
    return list(own.where(Typed.at.between(since, until)).order_by(Typed.at))


def drop_typed(place: str) -> None:
    Typed.delete().where(Typed.id == place).execute()


def has_typed_before(at: str) -> bool:
    return bool(Typed.select().where(Typed.at < at).exists())


def drop_typed_before(at: str) -> None:
    Typed.delete().where(Typed.at < at).execute()
