"""One request: how it stands, what may be done next; opened, what was said and by whom. And the steps of one press."""

from datetime import date

from flask import Response, flash, redirect, request, url_for
from flask_babel import format_date, gettext

from .... import rights, vault
from ....rights import ENDING
from ... import desk
from ...guard import needs
from . import words
from .area import blueprint, item_page, moved, seen
from .forms import extend_form


@blueprint.get("/<request_id>/")
@needs("requests:read")
def item(request_id: str) -> Response:
    """How a request stands; nothing of what was said, nor by whom."""
    return item_page(request_id)


@blueprint.post("/<request_id>/open")
@needs("requests:read", "persons:open")
def open_one(request_id: str) -> Response:
    """What was said, and the cards of whose it may be. The request is the reason; the journal says who looked."""
    return item_page(request_id, file=rights.open_file(request_id, by=desk.by(), now=desk.now()))


@blueprint.post("/<request_id>/take")
@needs("requests:move")
def take(request_id: str) -> Response:
    """Say that one works on it; with `kind`, what it asks for: of what ends a consent it is told before."""
    kind = request.form.get("kind", "")
    if "kind" in request.form and kind not in words.KINDS:
        return item_page(request_id, 422, mark=gettext("Choose what it asks for."))
    outline = rights.outline(request_id)
    if kind in ENDING and _is_as_seen(outline, kind):
        proven = sum(bool(each.proven_at) for each in outline.people)
        row = rights.summary(outline.row, desk.now())
        return desk.page("requests/sort.html", row=row, seen=seen(outline), kind=kind, proven=proven, does=words.DOES)
    return _take(outline, kind)


@blueprint.post("/<request_id>/sort")
@needs("requests:move", fresh=True)
def sort(request_id: str) -> Response:
    """Say that it asks for a consent to end; of whoever has proven that it is theirs it has ended then."""
    kind = request.form.get("kind", "")
    if kind not in ENDING:
        return item_page(request_id, 422, mark=gettext("Choose what it asks for."))
    return _take(rights.outline(request_id), kind)


def _is_as_seen(outline: rights.Outline, kind: str) -> bool:
    """Whether it stands as on the page that was sent; or as that page would have it, sent twice."""
    row = outline.row
    is_theirs = row.state == "taken" and row.taken_by == desk.by() and kind in ("", row.kind)
    return is_theirs or request.form.get("seen") == seen(outline)


def _take(outline: rights.Outline, kind: str) -> Response:
    request_id = outline.row.id
    if not _is_as_seen(outline, kind):
        return moved(request_id)
    try:
        rights.take(request_id, by=desk.by(), kind=kind, settings=desk.settings(), now=desk.now())
    except rights.RequestMoved:
        return moved(request_id)
    return _done(request_id, gettext("You have taken it up."))


@blueprint.post("/<request_id>/give-back")
@needs("requests:move")
def give_back(request_id: str) -> Response:
    """Let others take it."""
    try:
        rights.give_back(request_id, by=desk.by(), now=desk.now())
    except rights.RequestMoved:
        return moved(request_id)
    return _done(request_id, gettext("Others can take it up again."))


@blueprint.route("/<request_id>/extend", methods=["GET", "POST"])
@needs("requests:move")
def extend(request_id: str) -> Response:
    """Take longer for an answer, where no law sets its term."""
    row = rights.outline(request_id).row
    first, last = rights.longer(row, settings=desk.settings(), now=desk.now())
    span = gettext("From %(first)s to %(last)s.", first=format_date(first), last=format_date(last))
    form, status = extend_form(span), 200
    if request.method == "POST":
        until, reason = _day(form.until.data or ""), (form.reason.data or "").strip()
        if until is None or not first <= until <= last:
            form.mark("until", gettext("Choose one of these days."))
        if not reason:
            form.mark("reason", gettext("Please fill this in."))
        if until and not form.errors:
            try:
                rights.extend(
                    request_id, until=until, reason=reason, by=desk.by(), settings=desk.settings(), now=desk.now()
                )
            except vault.ReasonUnfit:
                form.mark("reason", gettext("One line of at most 200 letters, without anybody's name or address."))
            except (rights.RequestMoved, rights.TermFixed):
                return moved(request_id, reason)
            else:
                return _done(request_id, gettext("There is more time; the person is told."))
        status = 422
    return desk.page(
        "requests/extend.html", status, row=rights.summary(row, desk.now()), form=form, is_possible=first <= last
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _done(request_id: str, sentence: str) -> Response:
    flash(sentence)
    return redirect(url_for(".item", request_id=request_id), 303)  # type: ignore[return-value]
