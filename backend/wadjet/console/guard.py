"""Who comes in: closed unless a page says for whom it is open; sessions that end; no post from elsewhere."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from flask import Flask, Response, current_app, redirect, request, session, url_for
from flask_login import current_user, user_logged_in, user_logged_out
from flask_security.utils import set_request_attr

from .. import clock, database
from ..problems import Problem
from ..settings import Settings
from . import models
from .access import PERMISSIONS
from .models import Account

View = TypeVar("View", bound=Callable[..., Any])

IDLE = timedelta(minutes=30)  # without a request, then one signs in anew (ASVS 7.3.1)
LONGEST = timedelta(hours=12)  # however busy (ASVS 7.3.2)
_LOOK = timedelta(minutes=1)  # how exactly it is remembered when somebody was last seen

# For whom the library's own pages are open, by endpoint. "": everybody; "staff": whoever has signed in.
ENTRANCE: Mapping[str, str] = {
    "security.login": "",
    "security.logout": "",
    "security.two_factor_setup": "",  # it looks itself: signed in, or with the password given a moment ago
    "security.two_factor_setup_validate": "",
    "security.two_factor_token_validation": "",
    "security.two_factor_rescue": "",
    "security.tf_select": "",
    "security.mf_recovery": "",
    "security.static": "",
    "security.verify": "staff",
    "security.mf_recovery_codes": "staff",
}


class NotAllowed(Problem):
    """The role that somebody has does not open this page."""

    slug, status, title = "not-allowed", 403, "Your role does not open this"


class ForeignPost(Problem):
    """The post came from a page that is not the console's. Source: Fetch Metadata, RFC 6454."""

    slug, status, title = "foreign-post", 403, "This did not come from a page of the console"


def needs(*permissions: str) -> Callable[[View], View]:
    """Declare who may see a page: whoever has all of these permissions; without any, whoever has signed in."""
    if unknown := set(permissions) - PERMISSIONS:
        raise LookupError(f"no such permission: {', '.join(sorted(unknown))}")

    def declare(view: View) -> View:
        view.needs = frozenset(permissions)  # type: ignore[attr-defined]
        return view

    return declare


def open_to_all(view: View) -> View:
    """Declare a page that is there before anybody has signed in."""
    view.needs = None  # type: ignore[attr-defined]
    return view


def needed(app: Flask, endpoint: str) -> frozenset[str] | None:
    """What a page asks for; None: nothing. Raises LookupError for one that does not say."""
    if endpoint in ENTRANCE:
        return frozenset() if ENTRANCE[endpoint] else None
    view = app.view_functions[endpoint]
    if not hasattr(view, "needs"):
        raise LookupError(f"{endpoint} does not say for whom it is open")
    found: frozenset[str] | None = view.needs
    return found


def init_app(app: Flask, settings: Settings) -> None:
    """Close the doors."""
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    app.login_manager.user_loader(_load)  # type: ignore[attr-defined]
    own = settings.own_origins

    @app.before_request
    def check_sender() -> None:
        """Beside the form's token: browsers say from where a post comes (Fetch Metadata).

        Our own pages send no referrer, and with it goes the origin of their forms: `null`, beside `same-origin`.
        """
        if request.method in ("GET", "HEAD"):
            return
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        known = {None, *own} | ({"null"} if site == "same-origin" else set())
        if site not in (None, "same-origin") or origin not in known:
            raise ForeignPost("Open the page in the console and send it from there.")

    @app.before_request
    def check_role() -> Response | None:
        if request.endpoint is None:  # nothing is there
            return None
        asked = needed(app, request.endpoint)
        if asked is None:
            return None
        if not current_user.is_authenticated:
            back = request.full_path.rstrip("?") if request.method == "GET" else "/"
            return redirect(url_for("security.login", next=request.script_root + back))  # type: ignore[return-value]
        if not current_user.may(*asked):
            raise NotAllowed("Ask the responsible person, if you need it for your work.")
        return None


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _now() -> datetime:
    return current_app.extensions["wadjet.clock"]()  # type: ignore[no-any-return]


def _begin(_: Flask, user: Account) -> None:
    """A session of its own for each signing in; what the cookie held before is worth nothing."""
    session["sid"] = secret = secrets.token_urlsafe(32)
    at = clock.stamp(_now())
    database.vault.write(lambda: models.insert_session(_digest(secret), user.id, at))


def _end(_: Flask, **__: Any) -> None:
    if secret := session.pop("sid", ""):
        database.vault.write(lambda: models.end_session(_digest(secret)))


def _load(user_id: str) -> Account | None:
    """Whose session it is, if it still is one: at most one question and, once a minute, one write."""
    found = database.vault.read(lambda: models.signed_in(_digest(session.get("sid", ""))))
    if found is None:
        return None
    known, account = found
    now = _now()
    seen, began = clock.parse(known.seen_at), clock.parse(known.began_at)
    if not account.active or account.fs_uniquifier != user_id or now - seen > IDLE or now - began > LONGEST:
        return None
    if now - seen > _LOOK:
        database.vault.write(lambda: models.mark_seen(known.id, clock.stamp(now)))
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return account
