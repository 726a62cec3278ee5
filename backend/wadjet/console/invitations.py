"""The link with which somebody sets their password: good for three days, once, and until the next one is made.

It names the account and a mark of its present state, and is signed. Whoever takes it changes that state.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from .. import database, keys
from ..settings import Settings
from . import models
from .models import Account
from .problems import InvitationOver

GOOD_FOR = timedelta(days=3)


def link(account: Account, *, settings: Settings, now: datetime) -> str:
    """The address that is handed to whom it is for, by a way on which nobody else reads it."""
    until = int((now + GOOD_FOR).timestamp())
    token = _signer(settings).dumps([account.id, until, _mark(account)])
    return f"{settings.base_url}/console/invitation/{token}/"


def read(token: str, *, settings: Settings, now: datetime) -> Account:
    """Whose it is. Raises InvitationOver."""
    over = InvitationOver("Ask the responsible person of your organisation for a new one.")
    try:
        staff, until, mark = _signer(settings).loads(token)
    except (BadSignature, ValueError) as error:
        raise over from error
    account = database.vault.read(lambda: models.account(staff))
    if account is None or not account.active or _mark(account) != mark or now >= datetime.fromtimestamp(until, UTC):
        raise over
    return account


def _mark(account: Account) -> str:
    return hashlib.sha256(f"invitation\0{account.fs_uniquifier}".encode()).hexdigest()[:22]


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(
        keys.ring(settings).page_secret, salt="wadjet-invitation-1", signer_kwargs={"digest_method": hashlib.sha256}
    )
