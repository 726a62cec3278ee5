"""Accounts as Flask-Security keeps them: each of its writes is one durable transaction of the vault's database."""

from typing import Any

from flask_security.datastore import UserDatastore

from .. import database
from . import desk, guard, models, service
from .access import ROLES, Role
from .models import Account, Passkey


class Accounts(UserDatastore):
    """The library's datastore over `database.vault`. A role is fixed in access.py and lies in no table."""

    def __init__(self) -> None:
        super().__init__(Account, Role, Passkey)  # type: ignore[arg-type]

    def put(self, model: Any) -> Any:
        database.vault.write(model.save)
        return model

    def delete(self, model: Any) -> None:
        database.vault.write(model.delete_instance)

    def commit(self) -> None:
        """Nothing waits: `put` has written it."""

    def reload(self, model: Any) -> Any:
        return self.find_user(id=model.id)

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> Account | None:
        """By one column; e-mail addresses are kept in small letters."""
        ((name, value),) = wanted.items()
        value = value.lower() if case_insensitive else value
        column = getattr(Account, name)
        found: Account | None = database.vault.read(lambda: Account.select().where(column == value).first())
        return found

    def tf_set(  # type: ignore[override]
        self,
        user: Account,
        primary_method: str,
        totp_secret: str | None = None,
        phone: str | None = None,  # noqa: ARG002
    ) -> None:
        """Another secret. Every signing in calls it, with the one that is there already."""
        if totp_secret is None or totp_secret == user.tf_totp_secret:
            return
        account, here, now = desk.known(user), guard.current(), desk.now()

        def work() -> None:
            models.change(account.id, tf_primary_method=primary_method, tf_totp_secret=totp_secret)
            service.note_own(account, "factor", kept=here, now=now)

        database.vault.write(work)
        user.tf_primary_method, user.tf_totp_secret = primary_method, totp_secret

    def find_role(self, role: str) -> Role | None:  # type: ignore[override]
        return ROLES.get(role)

    def find_webauthn(self, credential_id: bytes) -> Passkey | None:
        query = Passkey.select().where(Passkey.credential_id == credential_id)
        found: Passkey | None = database.vault.read(query.first)
        return found

    def create_webauthn(self, user: Account, **facts: Any) -> None:  # type: ignore[override]
        account, here, now = desk.known(user), guard.current(), desk.now()

        def work() -> None:
            Passkey.create(user=account.id, lastuse_datetime=now.replace(tzinfo=None), **facts)
            service.note_own(account, "passkey-added", kept=here, now=now)

        database.vault.write(work)

    def delete_webauthn(self, webauthn: Passkey) -> None:  # type: ignore[override]
        account, here, now = desk.who(), guard.current(), desk.now()

        def work() -> None:
            webauthn.delete_instance()
            service.note_own(account, "passkey-removed", kept=here, now=now)

        database.vault.write(work)
