"""Accounts as Flask-Security keeps them: each of its writes is one durable transaction of the vault's database."""

import uuid
from datetime import datetime
from typing import Any

from flask_security.datastore import UserDatastore

from .. import clock, database
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

    def find_role(self, role: str) -> Role | None:  # type: ignore[override]
        return ROLES.get(role)

    def find_webauthn(self, credential_id: bytes) -> Passkey | None:
        query = Passkey.select().where(Passkey.credential_id == credential_id)
        found: Passkey | None = database.vault.read(query.first)
        return found

    def create_webauthn(self, user: Account, **facts: Any) -> None:  # type: ignore[override]
        self.put(Passkey(user=user.id, lastuse_datetime=clock.now().replace(tzinfo=None), **facts))


def add(email: str, name: str, role: str, *, language: str, now: datetime) -> Account:
    """Somebody new, who cannot sign in before they have taken an invitation. Inside `vault.write`."""
    made: Account = Account.create(
        email=email.lower(),
        name=name,
        role=role,
        language=language,
        fs_uniquifier=uuid.uuid4().hex,
        fs_webauthn_user_handle=uuid.uuid4().hex,
        created_at=clock.stamp(now),
    )
    return made
