"""What was typed and could not be taken, for a session had ended or a password was asked for once more.

It is kept for half an hour, for whoever typed it: the token of every page names whose page it is, and only with a token
that we have signed anything is kept. Sealed under a key that lies in that browser's cookie and nowhere here, it is
shown to its account alone, once their password was given, and goes when the same is sent again.
"""

import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, current_app, json, request, session
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer

from .. import chores, clock, database
from ..settings import Settings
from ..web.home import now
from . import models

KEPT = timedelta(minutes=30)
NOBODY = 0
_SECRET = frozenset({"security", "account", "invitation"})  # pages that ask for passwords and codes
_MADE = frozenset(
    (
        "csrf_token",
        "seen",
        "step",
        "once",
        "after",
        "revision",
        "draft",
        "was",
        "of",
        "show",
        "about",
        "message",
        "request",
    )
)  # hidden fields: nobody typed them
_CHOICE = re.compile(r"[a-z_-]*", re.ASCII)  # an option's value, which is chosen again in a moment


@dataclass(frozen=True)
class Typed:
    """`text`: what was typed, field by field, with empty lines between; `back`: the path of the page with its form."""

    text: str
    back: str


def init_app(app: Flask) -> None:
    """Give the pages what was typed."""
    app.add_template_global(shown, "typed_before")


def new_token(staff: int) -> str:
    """What the forms of somebody's pages are to carry, signed, in a session that begins."""
    return f"{staff}.{secrets.token_urlsafe(24)}"


def owner() -> int | None:
    """Whose page this post comes from: NOBODY's, for the entrance's; None where its token is none of ours.

    Whether it is still good is not asked.
    """
    signed = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")  # as Flask-WTF signs them
    try:
        number, dot, _ = str(signed.loads(request.form.get("csrf_token", ""))).partition(".")
    except BadData:
        return None
    return int(number) if dot and number.isdecimal() else NOBODY


def keep(back: str) -> bool:
    """Keep what this post brought for whoever typed it; False where there is nothing, or nobody to keep it for.

    back  the path of the page on which it was typed
    """
    staff = owner()
    said = [each for name, value in request.form.items() if (each := value.strip()) and _is_typed(name, each)]
    if not staff or not said or request.blueprint in _SECRET:
        return False
    key = session.setdefault("typed", Fernet.generate_key().decode())
    sealed = Fernet(key).encrypt(json.dumps({"back": back, "text": "\n\n".join(said)}).encode())
    at, place = clock.stamp(now()), _place(key, staff)

    def work() -> bool:
        account = models.account(staff)
        if account is None or not account.active:
            return False
        models.keep_typed(place, staff, _digest(key), at, sealed)
        return True

    return database.vault.write(work)


def shown() -> list[Typed]:
    """What whoever is here has typed on this page before they gave their password, the oldest first."""
    key = session.get("typed", "")
    if not key or not current_user.is_authenticated:
        return []
    proved = datetime.fromtimestamp(session.get("fs_paa", 0), UTC)
    since, until = clock.stamp(now() - KEPT), clock.stamp(proved)
    rows = database.vault.read(lambda: models.typed(current_user.id, _digest(key), since, until))
    found = []
    for row in rows:
        with suppress(InvalidToken):
            found.append(Typed(**json.loads(Fernet(key).decrypt(bytes(row.sealed)))))
    return [each for each in found if request.path.startswith(each.back)]


def drop() -> None:
    """The same is being sent once more."""
    if key := session.get("typed", ""):
        place = _place(key, current_user.id)
        database.vault.write(lambda: models.drop_typed(place))


def forget() -> None:
    """Nobody opens what this browser has kept."""
    session.pop("typed", None)


@chores.every(300)
def sweep(settings: Settings, now: datetime) -> None:  # noqa: ARG001 - as chores are called
    """What was kept long enough goes."""
    over = clock.stamp(now - KEPT)
    if database.vault.read(lambda: models.has_typed_before(over)):
        database.vault.write(lambda: models.drop_typed_before(over))


def _is_typed(name: str, value: str) -> bool:
    return name not in _MADE and not name.startswith("was_") and not _CHOICE.fullmatch(value)


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()


def _place(key: str, staff: int) -> str:
    return _digest(key, str(staff), request.path)
