"""What belongs to whoever has signed in: their language, password, second factor, sessions."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _
from flask_security import hash_password
from wtforms import PasswordField
from wtforms.validators import InputRequired, ValidationError

from ... import database
from ...settings import LANGUAGES
from ...web.errors import BadRequest, NotFound
from .. import desk, guard, models, service
from ..guard import needs
from ..tries import attempt
from .invitation import NewPassword

blueprint = Blueprint("account", __name__, url_prefix="/account")


class AnotherPassword(NewPassword):
    """The old one is asked for, so that nobody who finds a screen open takes the account."""

    old = PasswordField(
        _("Present password"),
        [InputRequired(_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )

    def validate_old(self, field: PasswordField) -> None:
        account = desk.who()

        def is_right() -> bool:
            return len(field.data) <= 1024 and bool(account.verify_and_update_password(field.data))

        if not attempt("password", account.email, is_right, now=desk.now()):
            raise ValidationError(gettext("This is not your password."))


@blueprint.get("/")
@needs()
def overview() -> Response:
    """All of it."""
    return _page()


@blueprint.post("/language")
@needs()
def language() -> Response:
    """In which language the console speaks to them."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise BadRequest("Choose one of the languages shown.")
    account = desk.who()
    database.vault.write(lambda: models.change(account.id, language=chosen))
    with force_locale(chosen):
        flash(gettext("The console speaks English to you."), "success")
    return _back()


@blueprint.post("/password")
@needs()
def password() -> Response:
    """Another password; other sessions are over."""
    account = desk.who()
    form = AnotherPassword(account)
    if not form.validate_on_submit():
        return _page(422, form)
    uniquifier = service.change_password(account, hash_password(form.new.data), kept=guard.current(), now=desk.now())
    guard.renew(uniquifier)
    flash(gettext("Your password is changed. Everywhere else you are signed out."), "success")
    return _back()


@blueprint.post("/sessions/<session_id>/end")
@needs()
def end_session(session_id: str) -> Response:
    """End one of their own; what is another's is not found."""
    account = desk.who()
    if not database.vault.write(lambda: models.end_one(account.id, session_id)):
        raise NotFound("Look at the list: it may be over already.")
    flash(gettext("That session is over."), "success")
    return _back()


def _page(status: int = 200, form: AnotherPassword | None = None) -> Response:
    account = desk.who()
    shown: dict[str, Any] = {
        "form": form or AnotherPassword(account, formdata=None),
        "sessions": guard.sessions_of(account.id),
        "current": guard.current(),
        "passkeys": account.webauthn,
    }
    return desk.page("account/overview.html", status, **shown)


def _back() -> Response:
    return redirect(url_for("account.overview"), 303)  # type: ignore[return-value]
