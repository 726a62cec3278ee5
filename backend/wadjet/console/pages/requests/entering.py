"""What came on paper or by telephone; and whose request it is, where staff know it otherwise than by the link."""

import json
import secrets
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext

from .... import clock, contact, registers, rights, vault
from ....rights import ENDING
from ....settings import LANGUAGES
from ....web import asking
from ... import desk
from ...guard import needs
from . import words
from .area import blueprint, moved, purposes
from .forms import PURPOSE, Sheet, admit_form, entry_form


@blueprint.route("/new/", methods=["GET", "POST"])
@needs("requests:move", "persons:open")
def enter() -> Response:
    """Enter what came on paper or by telephone; its clock runs from the day it came."""
    form, status = entry_form(purposes()), 200
    form.once.data = form.once.data or secrets.token_urlsafe(16)
    if request.method == "POST":
        said, received_at = _read(form)
        if received_at and not form.errors:
            request_id = rights.open_request(
                form.kind.data,
                said,
                channel=form.channel.data,
                language=form.tongue.data,
                received_at=received_at,
                settings=desk.settings(),
                now=desk.now(),
                once=json.dumps(["console", desk.by(), form.once.data]),
            )
            flash(gettext("Entered. Next: whose request it is."))
            return redirect(url_for(".admit", request_id=request_id), 303)  # type: ignore[return-value]
        status = 422
    return desk.page("requests/enter.html", status, form=form, today=clock.local_date(desk.now()))


@blueprint.route("/<request_id>/admit/", methods=["GET", "POST"])
@needs("requests:move", "persons:open", fresh=True)
def admit(request_id: str) -> Response:
    """Whose request it is, by what staff have seen: a signed letter, a power of attorney. Policy 3.2.c.

    A consent that it ends has ended then, so the password is asked for before.
    """
    outline, form = rights.outline(request_id), admit_form()
    if outline.row.state not in words.OPEN:
        return moved(request_id)
    people: dict[str, vault.Card | None] = {}
    if what := (form.what.data or "").strip():
        look = {"email": what, "phone": ""} if "@" in what else {"email": "", "phone": what}
        people = rights.candidates(request_id, **look, by=desk.by(), now=desk.now())
        if not people:
            form.mark("what", gettext("Nobody has exactly this address or number."))
    elif request.method == "POST":
        form.mark("what", asking.sentences()["missing"]())
    if request.form.get("step") == "do" and not form.errors and (answer := _admit(request_id, form, people)):
        return answer
    row = rights.summary(outline.row, desk.now())
    return desk.page(
        "requests/admit.html",
        422 if form.errors else 200,
        row=row,
        form=form,
        people=people,
        ends=words.DOES[outline.row.kind] if outline.row.kind in ENDING else "",
        chosen=request.form.getlist("person"),
        labels=words.CARD,
    )


def _admit(request_id: str, form: Sheet, people: dict[str, Any]) -> Response | None:
    """The answer once it is done, or None where the form says what to look at."""
    chosen = [each for each in request.form.getlist("person") if each in people]
    if not chosen:
        form.mark("what", gettext("Tick whose request it is."))
        return None
    try:
        rights.admit(
            request_id,
            chosen,
            evidence=(form.evidence.data or "").strip(),
            by=desk.by(),
            settings=desk.settings(),
            now=desk.now(),
        )
    except vault.ReasonUnfit:
        form.mark("evidence", gettext("One line of at most 200 letters, without anybody's name or address."))
        return None
    except rights.RequestMoved:
        return moved(request_id, form.typed)
    flash(gettext("It is on record whose request this is."))
    return redirect(url_for(".item", request_id=request_id), 303)  # type: ignore[return-value]


def _read(form: Sheet) -> tuple[rights.Said, datetime | None]:
    """What was asked, and when it came; what is wrong stands in the form."""
    for name, known in (("kind", words.KINDS), ("channel", ("paper", "telephone")), ("tongue", LANGUAGES)):
        if form[name].data not in known:
            form.mark(name, asking.sentences()["missing"]())
    email = next(each for each in contact.FIELDS if each.name == "email")
    address = (form.email.data or "").strip()
    try:
        address = (contact.clean(email, address) or "") if address else ""
    except contact.Wrong as wrong:
        form.mark("email", asking.sentences()[str(wrong)]())
    said = rights.Said(
        email=address,
        text=form.text("details", 3000),
        purposes=tuple(form.ticked(PURPOSE)) if form.kind.data == "withdraw" else (),
        representative=form.text("representative", 500),
    )
    return said, _moment(form)


def _moment(form: Sheet) -> datetime | None:
    """When it came, by the clocks of Kazakhstan; without an hour the day's beginning, today this moment."""
    now = desk.now()
    day, hour = form.day.data or "", form.hour.data or ""
    try:
        moment = registers.readers.moment(f"{day}T{hour or '00:00'}")
    except ValueError:
        form.mark("day" if not hour else "hour", gettext("Give a day and an hour of the calendar."))
        return None
    if not hour and clock.local_date(moment) == clock.local_date(now):
        return now
    if moment > now:
        form.mark("day", gettext("It cannot have come later than now."))
        return None
    return moment
