"""Which letters somebody gets: each chooses for themselves."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext

from ... import database
from .. import desk
from ..guard import needs
from ..models import Account
from ..news import KINDS

blueprint = Blueprint("notifications", __name__, url_prefix="/notifications")


@blueprint.get("/")
@needs()
def own() -> Response:
    """The letters that one's role can get, and whether one does."""
    account = desk.who()
    kinds = {name: kind for name, kind in KINDS.items() if kind.is_for(account.role)}
    return desk.page("account/notifications.html", kinds=kinds, muted=account.muted.split())


@blueprint.post("/")
@needs()
def choose() -> Response:
    """What is ticked is sent from now on, what is not is not."""
    account, wanted = desk.who(), set(request.form.getlist("kind"))
    shown = {name for name, kind in KINDS.items() if kind.is_for(account.role)}
    before = set(account.muted.split())
    muted = " ".join(name for name in KINDS if (name not in wanted if name in shown else name in before))
    database.vault.write(lambda: Account.update(muted=muted).where(Account.id == account.id).execute())
    flash(gettext("Your choice is kept."))
    return redirect(url_for("notifications.own"), 303)  # type: ignore[return-value]
