"""How somebody comes in: which pages of the library there are, and what is asked on the way to them.

Only what stands in `PAGES` exists, for the library's own blueprint brings more than is wanted: codes by mail, passkeys
instead of a password, recovery codes shown once more.
"""

import functools
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Flask, redirect, request, session, url_for
from flask_login import current_user, user_logged_in
from flask_security import Security, views, webauthn
from flask_security.recovery_codes import mf_recovery, mf_recovery_codes
from flask_security.tf_plugin import tf_clean_session, tf_select

from .. import database
from ..web.errors import BadRequest, MediaTypeNotTaken
from . import desk, forms, guard, models, tries
from .datastore import Accounts
from .factors import Codes, RecoveryCodes
from .models import Account

HALFWAY = timedelta(minutes=10)  # from the password to the second factor
log = logging.getLogger("wadjet.console")
_BOTH = ("GET", "POST")
_OURS = re.compile(r"/console/(?!/)[^\\\s]*")  # where one may come to after signing in; browsers read \\ as /

# Each page: its address, the library's view, the methods it takes.
PAGES: dict[str, tuple[str, Callable[..., Any], tuple[str, ...]]] = {
    "login": ("/login", views.login, _BOTH),
    "logout": ("/logout", views.logout, ("POST",)),
    "verify": ("/verify", views.verify, _BOTH),
    "two_factor_setup": ("/tf-setup", views.two_factor_setup, _BOTH),
    "two_factor_setup_validate": ("/tf-setup/<token>", views.two_factor_setup_validate, ("POST",)),
    "two_factor_token_validation": ("/tf-validate", views.two_factor_token_validation, _BOTH),
    "tf_select": ("/tf-select", tf_select, _BOTH),
    "mf_recovery": ("/mf-recovery", mf_recovery, _BOTH),
    "mf_recovery_codes": ("/mf-recovery-codes", mf_recovery_codes, _BOTH),
    "wan_signin": ("/wan-signin", webauthn.webauthn_signin, _BOTH),
    "wan_signin_response": ("/wan-signin/<token>", webauthn.webauthn_signin_response, ("POST",)),
    "wan_register": ("/wan-register", webauthn.webauthn_register, _BOTH),
    "wan_register_response": ("/wan-register/<token>", webauthn.webauthn_register_response, ("POST",)),
    "wan_delete": ("/wan-delete", webauthn.webauthn_delete, ("POST",)),
}
_SECOND = frozenset({"two_factor_token_validation", "mf_recovery", "wan_signin_response"})


def init_app(app: Flask) -> None:
    """Hang the entrance."""
    security = Security(
        app,
        Accounts(),
        register_blueprint=False,
        totp_cls=Codes,
        mf_recovery_codes_util_cls=RecoveryCodes,
        webauthn_util_cls=forms.Passkeys,
        login_form=forms.SignIn,
        verify_form=forms.GivePassword,
        two_factor_setup_form=forms.SetUp,
        two_factor_select_form=forms.Choose,
        two_factor_rescue_form=forms.NoRescue,
        two_factor_verify_code_form=forms.GiveCode,
        mf_recovery_form=forms.GiveRecoveryCode,
        wan_register_form=forms.NamePasskey,
        wan_register_response_form=forms.AddPasskey,
        wan_signin_response_form=forms.GivePasskey,
    )
    security.want_json(lambda _: False)  # pages, for people
    blueprint = Blueprint("security", __name__)
    for name, (rule, view, methods) in PAGES.items():
        blueprint.add_url_rule(rule, name, _watched(name, view), methods=methods)

    app.register_blueprint(blueprint)
    app.url_build_error_handlers.append(_rescue)
    user_logged_in.connect(_welcome, app)


def _rescue(error: Exception, endpoint: str, _: dict[str, Any]) -> str:
    """The library names the page of codes by mail, which is not there: recovery codes are what there is."""
    if endpoint == "security.two_factor_rescue":
        return url_for("security.mf_recovery")
    raise error


def _watched(name: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """A page of the library's, with what it does not look after itself."""

    @functools.wraps(view)
    def answer(**given: Any) -> Any:
        if not all(_OURS.fullmatch(each) for each in request.values.getlist("next") if each):
            raise BadRequest("Check the address.")
        if request.method == "POST" and name != "logout":
            if request.mimetype not in ("application/x-www-form-urlencoded", "multipart/form-data"):
                raise MediaTypeNotTaken("Send the form.")
            tries.count_network(desk.now())
        if name not in ("login", "logout") and "tf_user_id" in session and not _is_halfway():
            tf_clean_session()  # type: ignore[no-untyped-call]
        was_in = current_user.is_authenticated
        if was_in and name == "two_factor_token_validation" and session.get("tf_state") != "validating_profile":
            return redirect(url_for("account.overview"))  # else it would sign them out, by a mere link too
        response = view(**given)
        if request.method == "POST":
            return _after(name, response, was_in=was_in)
        return response

    return answer


def _is_halfway() -> bool:
    """Whether the password was given a moment ago; and nobody sets up a second factor who has one already.

    What the library knows of it lies in a signed cookie that does not grow old.
    """
    given = datetime.fromtimestamp(session.get("half_at", 0), UTC)
    if abs(desk.now() - given) > HALFWAY:
        return False
    if session.get("tf_state") not in ("setup_from_login", "validating_profile"):
        return True
    halfway = database.vault.read(lambda: models.by_uniquifier(session["tf_user_id"]))
    return halfway is not None and halfway.tf_primary_method is None


def _after(name: str, response: Any, *, was_in: bool) -> Any:
    """What follows from a post: a line in the log, and recovery codes for whoever has none."""
    is_in = current_user.is_authenticated
    if name == "login":
        if "tf_user_id" in session:
            session["half_at"] = desk.now().timestamp()
        else:
            _note("refused", "password")
    elif name in _SECOND and not was_in:
        if not is_in:
            _note("refused", "second factor")
        elif not current_user.mf_recovery_codes:
            return redirect(url_for("security.mf_recovery_codes"))
    elif name == "verify":
        is_given = getattr(response, "status_code", 200) == 302
        _note("proved" if is_given else "refused", "password again")
        if is_given:
            guard.renew()
    return response


def _welcome(_: Flask, user: Account) -> None:
    session.pop("half_at", None)
    tries.remember_browser(user)
    _note("signed in", "second factor", user.handle)


def _note(outcome: str, by: str, who: str = "") -> None:
    """A line of the log (ASVS 16.3.1): nothing of who it was but their number, and that only once they proved it."""
    known = who or (desk.by() if current_user.is_authenticated else "")
    log.info("sign-in", extra={"facts": {"outcome": outcome, "by": by} | ({"who": known} if known else {})})
