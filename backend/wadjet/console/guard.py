"""Who comes in: closed unless a page says for whom it is open; sessions that end; no post from elsewhere."""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from flask import Flask, Response, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, user_logged_in, user_logged_out
from flask_security.utils import set_request_attr
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from .. import clock, database
from ..problems import Problem
from ..settings import Settings
from ..web.errors import BodyTooLarge, NotFound
from ..web.guards import MAX_BODY_BYTES
from ..web.home import now
from . import models, typed
from .access import PERMISSIONS
from .models import Account

View = TypeVar("View", bound=Callable[..., Any])

IDLE = timedelta(minutes=30)  # without a request, then one signs in anew (ASVS 7.3.1)
LONGEST = timedelta(hours=12)  # however busy (ASVS 7.3.2)
FRESH = timedelta(minutes=10)  # for how long what cannot be undone needs no password again (ASVS 7.5.1)
_LOOK = timedelta(minutes=1)  # how exactly it is remembered when somebody was last seen

# For whom the pages of the entrance are open, by endpoint. "": everybody; "staff": whoever has signed in; "fresh":
# whoever gave their password a moment ago.
ENTRANCE: Mapping[str, str] = {
    "security.login": "",
    "security.logout": "",
    "security.two_factor_setup": "",  # it looks itself: the password given a moment ago, and no factor yet
    "security.two_factor_token_validation": "",
    "security.tf_select": "",
    "security.mf_recovery": "",
    "security.wan_signin": "",
    "security.wan_signin_response": "",
    "security.verify": "staff",
    "security.two_factor_setup_validate": "fresh",
    "security.mf_recovery_codes": "fresh",
    "security.wan_register": "fresh",
    "security.wan_register_response": "fresh",
    "security.wan_delete": "fresh",
}


class NotAllowed(Problem):
    """The role that somebody has does not open this page."""

    slug, status, title = "not-allowed", 403, "Your role does not open this"


class ForeignPost(Problem):
    """The post came from a page that is not the console's. Source: Fetch Metadata, RFC 6454."""

    slug, status, title = "foreign-post", 403, "This did not come from a page of the console"


def needs(*permissions: str, fresh: bool = False) -> Callable[[View], View]:
    """Declare who may see a page: whoever has all of these permissions; without any, whoever has signed in.

    fresh: only within ten minutes of giving their password, for what cannot be undone
    """
    if unknown := set(permissions) - PERMISSIONS:
        raise LookupError(f"no such permission: {', '.join(sorted(unknown))}")

    def declare(view: View) -> View:
        view.needs, view.fresh = frozenset(permissions), fresh  # type: ignore[attr-defined]
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


def stand_first(app: Flask) -> None:
    """Turn away what nobody here sends, before any hook reads its form: a form of 2 MiB costs most of a second.

    Whoever has been here may have typed a whole policy until their session was over.
    """

    @app.before_request
    def check_plainness() -> Response | None:
        if "\0" in request.path:  # PostgreSQL keeps no such text
            raise NotFound("Check the address.")
        if (request.content_length or 0) <= MAX_BODY_BYTES or current_user.is_authenticated:
            return None
        if request.endpoint and needed(app, request.endpoint) is not None:
            return None if {"sid", "left"} & session.keys() else _send_to_entrance()
        raise BodyTooLarge("Send a smaller body.")


def init_app(app: Flask, settings: Settings) -> None:
    """Close the doors."""
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    app.login_manager.user_loader(_load)  # type: ignore[attr-defined]
    app.login_manager.id_attribute = "in_cookies"  # type: ignore[attr-defined]
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

    tokens = CSRFProtect(app)  # which looks when it is told to: `_configuration`

    @app.before_request
    def check_token() -> Response | None:
        """The form is of a page of this session. What was typed on another page of theirs is kept for them."""
        try:
            tokens.protect(apply_exemptions=True)  # what is no page is told so
        except CSRFError:
            whose, is_in = typed.owner(), current_user.is_authenticated
            if whose == typed.NOBODY and is_in and request.endpoint == "security.login":  # in another window
                return redirect(url_for("today.today"))  # type: ignore[return-value]
            if not whose or needed(app, request.endpoint or "") is None:
                raise
            if not is_in:
                return _send_to_entrance(typed.keep(_page_above(request.path)))
            if whose == current_user.id:
                return _ask_password()
            raise
        return None

    app.before_request(_check_role)


def _check_role() -> Response | None:
    """Nobody sees a page that is not open to them."""
    app: Flask = current_app
    if request.endpoint is None:  # nothing is there
        return None
    asked = needed(app, request.endpoint)
    if asked is None:
        return None
    if not current_user.is_authenticated:
        return _send_to_entrance(request.method == "POST" and typed.keep(_page_above(request.path)))
    if not current_user.may(*asked):
        raise NotAllowed("Ask the responsible person, if you need it for your work.")
    if _asks_freshness(app, request.endpoint) and not is_fresh():
        return _ask_password()
    if request.method == "POST":
        typed.drop()
    return None


def _send_to_entrance(is_kept: bool = False) -> Response:
    """To sign in, then on to what was asked for, or to the page on which it can be asked for again."""
    if request.method == "GET":
        back = request.full_path.rstrip("?")
    else:
        back = _page_above(request.path)
        flash(
            gettext("You are not signed in any more, so nothing has been done. Sign in, then do it once more."), "error"
        )
        if is_kept:
            flash(gettext("What you typed is kept for you. You see it once you have signed in."))
    return redirect(url_for("security.login", next=request.script_root + back))  # type: ignore[return-value]


def _asks_freshness(app: Flask, endpoint: str) -> bool:
    view = app.view_functions[endpoint]
    return ENTRANCE.get(endpoint) == "fresh" or getattr(view, "fresh", False)


def is_fresh() -> bool:
    """Whether whoever is here gave their password a moment ago."""
    return abs(now() - datetime.fromtimestamp(session.get("fs_paa", 0), UTC)) < FRESH


def _ask_password() -> Response:
    """First the password, then back to the page: what was asked for by post has to be asked for again there."""
    if request.method == "GET":
        back = request.full_path.rstrip("?")
    else:
        back = _page_above(request.path)
        typed.keep(back)
        flash(gettext("Nothing has been done yet. Give your password, then do it once more."), "error")
    return redirect(url_for("security.verify", next=request.script_root + back))  # type: ignore[return-value]


def _page_above(path: str) -> str:
    """The page on which the form that posts to an address stands: the nearest one above it that can be looked at.

    Browsers do not say (`Referrer-Policy: no-referrer`).
    """
    addresses = current_app.url_map.bind("")
    while path != "/":
        try:
            addresses.match(path, "GET")
        except HTTPException:  # none, or none to be looked at
            path = path.rstrip("/").rpartition("/")[0] + "/"
        else:
            return path
    return path


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _begin(_: Flask, user: Account) -> None:
    """A session of its own for each signing in; what the cookie held before is worth nothing."""
    session["sid"] = secret = secrets.token_urlsafe(32)
    session["csrf_token"] = typed.new_token(user.id)
    g.pop("csrf_token", None)  # where Flask-WTF keeps the one of the form that let them in
    at, since = clock.stamp(now()), _good_since()

    def work() -> None:
        models.drop_sessions(**since)
        models.insert_session(_digest(secret), user.id, at)

    database.vault.write(work)


def sessions_of(staff: int) -> list[models.Session]:
    """Where somebody is signed in, the oldest first; reads by itself."""
    since = _good_since()
    return database.vault.read(lambda: models.sessions_of(staff, **since))


def _good_since() -> dict[str, str]:
    """Since when a session has to have been seen, and to have begun."""
    return {"seen": clock.stamp(now() - IDLE), "began": clock.stamp(now() - LONGEST)}


def renew(uniquifier: str = "") -> None:
    """A new secret for this session (ASVS 7.2.4). `uniquifier`: that of the account, where it has a new one."""
    found = database.vault.read(lambda: models.signed_in(current()))
    if found is None:
        return
    old, account = found
    session["sid"] = secret = secrets.token_urlsafe(32)

    def work() -> None:
        models.end_session(old.id)
        models.insert_session(_digest(secret), account.id, old.began_at)

    database.vault.write(work)
    if uniquifier:
        session["_user_id"] = uniquifier


def current() -> str:
    """The id of this session's row."""
    return _digest(session.get("sid", ""))


def _end(_: Flask, **__: Any) -> None:
    typed.forget()
    session["left"] = True
    if secret := session.pop("sid", ""):
        database.vault.write(lambda: models.end_session(_digest(secret)))


def _load(user_id: str) -> Account | None:
    """Whose session it is, if it still is one: at most one question and, once a minute, one write."""
    found = database.vault.read(lambda: models.signed_in(current()))
    if found is None:
        return None
    known, account = found
    at = now()
    seen, began = clock.parse(known.seen_at), clock.parse(known.began_at)
    if not account.active or account.fs_uniquifier != user_id or at - seen > IDLE or at - began > LONGEST:
        return None
    if at - seen > _LOOK:
        database.vault.write(lambda: models.mark_seen(known.id, clock.stamp(at)))
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return account
