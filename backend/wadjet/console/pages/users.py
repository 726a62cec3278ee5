"""Who works here: invite, appoint, shut out."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from ... import database
from ...settings import LANGUAGES
from ...web.pages import own_name
from .. import desk, guard, models, service
from ..access import ROLES
from ..guard import needs
from ..problems import AccountMoved, AccountThere, AccountUnfit, LastResponsible

blueprint = Blueprint("users", __name__, url_prefix="/users")
PAGE = 50
_ONE = "/<int(max=999999999):staff>/"


class Hire(FlaskForm):
    """Somebody new."""

    name = StringField(
        _("Full name"),
        [InputRequired(_("Enter a name."))],
        description=_("How the console greets them. Journals call them by a number."),
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        _("E-mail address"),
        [InputRequired(_("Enter an e-mail address."))],
        render_kw={"autocomplete": "off"},
    )
    role = SelectField(_("Role"), [InputRequired()])
    language = SelectField(_("Language"), [InputRequired()])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.role.choices = [SelectChoice(each.name, gettext(each.title)) for each in ROLES.values()]
        self.language.choices = [SelectChoice(each, own_name(each)) for each in LANGUAGES]
        self.role.data = self.role.data or "staff"
        self.language.data = self.language.data or "ru"

    def validate_name(self, field: StringField) -> None:
        if not field.data.strip() or not field.data.isprintable() or len(field.data.strip()) > 120:
            raise ValidationError(gettext("Give a name of one line."))

    def validate_email(self, field: EmailField) -> None:
        try:
            service.address(field.data)
        except AccountUnfit as error:
            raise ValidationError(gettext(error.detail)) from error


@blueprint.get("/")
@needs("users:read")
def listing() -> Response:
    """Everybody, with their role and how they stand."""
    after = request.args.get("after", 0, type=int)
    found = database.vault.read(lambda: models.accounts(max(0, min(after, 2**31 - 1)), PAGE + 1))
    rows = found[:PAGE]
    following = url_for("users.listing", after=rows[-1].id) if len(found) > PAGE else ""
    return desk.page("users/listing.html", rows=rows, following=following, after=after)


@blueprint.get("/add/")
@needs("users:write", fresh=True)
def new() -> Response:
    """The form for somebody new."""
    return desk.page("users/add.html", form=Hire())


@blueprint.post("/add/")
@needs("users:write", fresh=True)
def add() -> Response:
    """Invite them. The link is shown on this page alone, once."""
    form = Hire()
    if not form.validate_on_submit():
        return desk.page("users/add.html", 422, form=form)
    try:
        account, link = service.hire(
            form.email.data,
            form.name.data,
            form.role.data,
            language=form.language.data,
            by=desk.by(),
            settings=desk.settings(),
            now=desk.now(),
        )
    except AccountThere as error:
        form.email.errors = [gettext(error.title) + "."]
        return desk.page("users/add.html", 409, form=form)
    return desk.page("users/invited.html", account=account, link=link)


@blueprint.get(_ONE)
@needs("users:read")
def item(staff: int) -> Response:
    """One of them."""
    return _page(staff)


@blueprint.post(_ONE + "role")
@needs("users:write", fresh=True)
def appoint(staff: int) -> Response:
    """Another role, unless somebody gave them one meanwhile."""
    role, was = request.form.get("role", ""), request.form.get("was", "")
    try:
        is_another = service.appoint(staff, role, was=was, by=desk.by(), now=desk.now())
    except (AccountMoved, LastResponsible, AccountUnfit) as error:
        return _page(staff, error, chosen=role)
    told = gettext("The role is changed. They sign in anew.") if is_another else gettext("They have this role already.")
    flash(told, "success")
    return _back(staff)


@blueprint.post(_ONE + "disable")
@needs("users:write", fresh=True)
def disable(staff: int) -> Response:
    """Shut them out at once."""
    try:
        service.disable(staff, by=desk.by(), now=desk.now())
    except LastResponsible as error:
        return _page(staff, error)
    flash(gettext("They can no longer come in. Every session of theirs is over."), "success")
    return _back(staff)


@blueprint.post(_ONE + "enable")
@needs("users:write", fresh=True)
def enable(staff: int) -> Response:
    """Let them in again."""
    service.enable(staff, by=desk.by(), now=desk.now())
    if service.get(staff).password:
        flash(gettext("They can come in again."), "success")
    else:
        flash(gettext("They can come in again with a new invitation: the one they had is worth nothing."), "success")
    return _back(staff)


@blueprint.post(_ONE + "send-out")
@needs("users:write")
def send_out(staff: int) -> Response:
    """End every session of theirs: for a lost telephone or an open screen, so without delay."""
    service.send_out(staff, by=desk.by(), now=desk.now())
    flash(gettext("Every session of theirs is over."), "success")
    return _back(staff)


@blueprint.post(_ONE + "reset")
@needs("users:write", fresh=True)
def reset(staff: int) -> Response:
    """Invite them anew. The link is shown on this page alone, once."""
    link = service.reset(
        staff,
        second_factor="second_factor" in request.form,
        by=desk.by(),
        settings=desk.settings(),
        now=desk.now(),
    )
    return desk.page("users/invited.html", account=service.get(staff), link=link)


def _page(
    staff: int, refused: AccountMoved | AccountUnfit | LastResponsible | None = None, chosen: str = ""
) -> Response:
    account = service.get(staff)
    sessions = guard.sessions_of(staff)
    status = refused.status if refused else 200
    return desk.page("users/item.html", status, account=account, sessions=sessions, refused=refused, chosen=chosen)


def _back(staff: int) -> Response:
    """To them; whoever sent themselves out hears it at the entrance."""
    return redirect(url_for("users.item", staff=staff), 303)  # type: ignore[return-value]
