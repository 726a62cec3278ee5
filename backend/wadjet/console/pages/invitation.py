"""Where an invitation leads: somebody sets the password with which they sign in from then on."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_security import hash_password
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired, ValidationError

from .. import desk, invitations, passwords, service, tries
from ..guard import open_to_all
from ..models import Account

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

blueprint = Blueprint("invitation", __name__, url_prefix="/invitation")
_REQUIRED = InputRequired(_("Enter a password."))
_OBJECTIONS = {
    "short": N_("Take at least %(least)s characters."),
    "long": N_("Take at most %(most)s characters."),
    "common": N_("This would be guessed soon: many people have it, or it follows a simple pattern. Take another one."),
    "guessed": N_("This would be guessed soon: it is made of your name, address or site. Take another one."),
}


class NewPassword(FlaskForm):
    """A password, twice. `about`: words that a stranger knows of whoever it is for."""

    new = PasswordField(
        _("New password"),
        [_REQUIRED],
        description=_(
            "At least %(least)s characters; any will do, spaces too. Four or five words are easy to remember.",
            least=passwords.LEAST,
        ),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(_("Once more"), [_REQUIRED], render_kw={"autocomplete": "new-password"})

    def __init__(self, account: Account, **options: Any) -> None:
        super().__init__(**options)
        self.about = [account.email, account.name, "wadjet", *desk.settings().sites]

    def validate_new(self, field: PasswordField) -> None:
        if found := passwords.objection(field.data, self.about):
            limits = {"least": passwords.LEAST, "most": passwords.MOST}
            raise ValidationError(gettext(_OBJECTIONS[found], **limits))

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.new.data:
            raise ValidationError(gettext("The two are not the same."))


@blueprint.route("/<token>/", methods=["GET", "POST"])
@open_to_all
def take(token: str) -> Response:
    """Ask for a password, and set it."""
    now, settings = desk.now(), desk.settings()
    if request.method == "POST":
        tries.count_network(now)
    account = invitations.read(token, settings=settings, now=now)
    form = NewPassword(account)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return desk.page("account/invitation.html", status, form=form, account=account)
    service.take_invitation(token, hash_password(form.new.data), settings=settings, now=now)
    tries.remember_browser(account)  # or whoever guesses at their address keeps them from ever coming in
    flash(gettext("Your password is set. Sign in with it; then you set up the second factor."), "success")
    return redirect(url_for("security.login"), 303)  # type: ignore[return-value]
