"""Consents with their proof, for an inspector: who agreed to what on some days, as one file."""

from flask import Blueprint, Response, request
from flask_babel import gettext

from ... import clock, inspector
from .. import desk
from ..guard import needs
from ..periods import Period

blueprint = Blueprint("evidence", __name__, url_prefix="/inspector")


@blueprint.get("/")
@needs("inspector:export")
def overview() -> Response:
    """What is in the file, and of which days it shall be."""
    today = clock.local_date(desk.now())
    form = Period(request.args, data={"since": today, "until": today})
    return desk.page("evidence/overview.html", 200 if form.validate() else 422, form=form)


@blueprint.post("/")
@needs("inspector:export")
def export() -> Response:
    """The file, made as it is read."""
    form = Period(request.form)
    is_sound = form.validate()
    since, until = form.since.data, form.until.data
    if not is_sound or since is None or until is None:
        if is_sound:
            form.since.errors = [gettext("Please fill this in.")]
        return desk.page("evidence/overview.html", 422, form=form)
    pieces = inspector.pack(since, until, by=desk.by(), settings=desk.settings(), now=desk.now())
    name = f"wadjet-{since}.zip" if since == until else f"wadjet-{since}-{until}.zip"
    head = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(pieces, mimetype="application/zip", headers=head)
