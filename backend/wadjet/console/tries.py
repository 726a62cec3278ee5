"""How often may one guess? By account and day, so that whoever guesses at one from many networks is counted too.

A code is one of 10⁶, and three are good at a time. So 15 wrong ones a day from strangers, and as many from each
browser in which the account's owner signed in before, come to 9 × 10⁻⁵: below 10⁻⁴, for one who knows the password
already. Passwords: 20 and 20, of which nothing common is taken.

Such a browser has a count of its own, so that a stranger who guesses shuts nobody out of where they work. It holds a
cookie that the console signed, bound to the account; by itself it opens nothing. Counts are kept under a keyed hash:
no address, neither of a network nor of a person, and the same for an account that there is as for one that there is
not. They are taken before the guess is looked at, and given back for a right one, so that many at once are not more.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Response, after_this_request, current_app, request

from .. import clock, database
from ..web.errors import RateLimited
from ..web.guards import count_post
from . import models
from .models import Account

A_DAY = {"password": 20, "code": 15}
NETWORK = "100 per hour"  # posts at the entrance, right ones too
_LASTING = timedelta(days=180)


def count_network(now: datetime) -> None:
    """Count a post at the entrance. Raises RateLimited."""
    count_post(NETWORK, request.remote_addr, now, apart="console")


def attempt(kind: str, email: str, check: Callable[[], bool], *, now: datetime) -> bool:
    """Look at a guess, unless there were too many today. Raises RateLimited."""
    day = clock.local_date(now)
    bucket = _hash(kind, email, _nonce(email), str(day))
    if not database.vault.write(lambda: models.take_try(bucket, str(day), A_DAY[kind])):
        midnight = clock.start_of(day + timedelta(days=1))
        raise RateLimited(max(1, int((midnight - now).total_seconds())))
    if is_right := check():
        database.vault.write(lambda: models.give_back_try(bucket))
    return is_right


def remember_browser(account: Account) -> None:
    """From now on this browser is counted by itself."""
    nonce = _nonce(account.email) or secrets.token_urlsafe(16)
    name, value = _cookie(account.email), f"{nonce}.{_hash('browser', account.email, nonce)}"
    config = current_app.config

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            name,
            value,
            max_age=_LASTING,
            secure=config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Strict",
            path="/",
        )
        return response


def _nonce(email: str) -> str:
    """What tells this browser from others, if the account's owner signed in in it; else nothing."""
    nonce, _, mark = request.cookies.get(_cookie(email), "").partition(".")
    return nonce if mark and hmac.compare_digest(mark.encode(), _hash("browser", email, nonce).encode()) else ""


def _cookie(email: str) -> str:
    """Several people may work at one computer."""
    return f"{current_app.config['SESSION_COOKIE_NAME']}-{_hash('cookie', email)[:12]}"


def _hash(*said: str) -> str:
    secret: bytes = current_app.config["SECRET_KEY"]
    return hmac.digest(secret, "\0".join(("tries", *said)).encode("utf-8", "surrogatepass"), "sha256").hex()
