"""Somebody who works here, as they are entered."""

import uuid
from datetime import datetime

from .. import clock
from .models import Account


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
