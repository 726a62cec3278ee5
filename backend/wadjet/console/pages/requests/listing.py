"""The list: what is to be done first, narrowed as one likes; and the search, which is by the whole of something."""

import re
from typing import Any

from flask import Response, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user

from .... import contact, rights
from ... import desk
from ...guard import needs
from . import words
from .area import blueprint

_NUMBER = re.compile(r"[A-Za-z0-9_-]{22}")
_PHONE = re.compile(r"\+?[\d\s()-]{10,25}")
_PHONE_FIELD = next(field for field in contact.FIELDS if field.name == "phone")
_PARTS = {True: 3, False: 2}  # of the place where a page of open, of ended ones begins


@blueprint.get("/")
@needs("requests:read")
def listing() -> Response:
    """Open requests, the most pressing first; ended ones from the latest on."""
    wanted, chosen = _wanted()
    after = tuple(request.args.get("after", "").split("~"))
    if len(after) != _PARTS[wanted.is_open] or not all(each.isprintable() for each in after):
        after = ()
    page = rights.page(wanted, after=after, now=desk.now())
    further = url_for(".listing", **chosen, after="~".join(page.after)) if page.after else ""
    first = url_for(".listing", **chosen) if after else ""
    return desk.page(
        "requests/listing.html", wanted=wanted, chosen=chosen, rows=page.rows, further=further, first=first, words=words
    )


@blueprint.post("/search")
@needs("requests:read")
def search() -> Response:
    """By the number of a request, or by the whole address or telephone of whoever asked; the latter is on record."""
    what = request.form.get("what", "").strip()
    mark, rows, status = "", [], 422
    if _NUMBER.fullmatch(what):
        try:
            rights.outline(what)
        except rights.RequestUnknown:
            mark, status = gettext("No request has this number."), 404
        else:
            return redirect(url_for(".item", request_id=what), 303)  # type: ignore[return-value]
    elif not current_user.may("persons:open"):
        mark = gettext("Your role looks for numbers alone: 22 letters, digits, - and _.")
    elif "@" in what or _PHONE.fullmatch(what):
        look = {"email": what} if "@" in what else {"phone": _phone(what)}
        rows = rights.asked_by(**look, by=desk.by(), now=desk.now())
    else:
        mark = gettext(
            "Give a whole e-mail address, a whole telephone number, or the 22 letters of a request's number."
        )
    return desk.page("requests/found.html", status if mark else 200, what=what, rows=rows, mark=mark)


def _phone(what: str) -> str:
    """A number as cards have it, however it was written; what is none is nobody's."""
    try:
        return contact.clean(_PHONE_FIELD, what) or ""
    except contact.Wrong:
        return what


def _wanted() -> tuple[rights.Wanted, dict[str, Any]]:
    """What the list is narrowed to, and the same as a query; what is not asked here narrows nothing."""
    args = request.args
    is_open = args.get("show") != "ended"
    known = {"kind": words.KINDS, "state": words.OPEN if is_open else words.ENDED, "channel": words.CHANNELS}
    only = {name: args[name] for name, values in known.items() if args.get(name) in values}
    who = args.get("who") if args.get("who") in ("me", "nobody") else ""
    if who:
        only["taken_by"] = desk.by() if who == "me" else ""
    is_overdue = is_open and bool(args.get("overdue"))
    chosen = {"show": "" if is_open else "ended", "who": who, "overdue": "1" if is_overdue else ""}
    chosen |= {name: value for name, value in only.items() if name != "taken_by"}
    return rights.Wanted(is_open, is_overdue, only), {name: value for name, value in chosen.items() if value}
