"""The steps that end a request: first what was asked and what is needed, then what will be done and told, then done."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext

from .... import rights
from ....rights import MOVES
from ....web import asking
from ... import desk
from ...guard import needs
from . import hands, words
from .area import blueprint, item_page, moved, purposes, seen
from .forms import FIELD, NEW, ONLY, Sheet, fulfil_form, refuse_form


@blueprint.post("/<request_id>/fulfil/")
@needs("requests:move", "persons:open")
def fulfil(request_id: str) -> Response:
    """Do what was demanded."""
    return _step(request_id, "fulfil", fulfil_form, _foretell_fulfilment, _fulfil)


@blueprint.post("/<request_id>/destroy/")
@needs("requests:move", "persons:open", "persons:change", fresh=True)
def destroy(request_id: str) -> Response:
    """The same where nobody can undo it."""
    return _step(request_id, "destroy", fulfil_form, _foretell_fulfilment, _fulfil)


@blueprint.post("/<request_id>/end/")
@needs("requests:move", "persons:open", fresh=True)
def end(request_id: str) -> Response:
    """The same where it ends consents: what was kept for these alone goes the day after."""
    return _step(request_id, "end", fulfil_form, _foretell_fulfilment, _fulfil)


@blueprint.post("/<request_id>/refuse/")
@needs("requests:move", "persons:open")
def refuse(request_id: str) -> Response:
    """Refuse on a ground of the law."""
    return _step(request_id, "refuse", refuse_form, _foretell_refusal, _refuse)


def _step(
    request_id: str,
    name: str,
    form_of: Callable[[rights.File], Sheet],
    foretell: Callable[[str, Sheet], rights.Foretold],
    act: Callable[[str, Sheet], str],
) -> Response:
    """One press after another: `step` is nothing, `edit`, `check`, then `do`."""
    stage = request.form.get("step", "")
    file = rights.open_file(request_id, by=desk.by(), now=desk.now())
    outline = file.outline
    if not _is_for(name, outline.row) or (stage and request.form.get("seen") != seen(outline)):
        return moved(request_id, _typed())
    if name == "destroy":
        hands.check(outline)
    form, foretold = form_of(file), None
    form.seen.data = seen(outline)
    try:
        if stage in ("check", "do"):
            foretold = foretell(request_id, form)
        if stage == "do" and not form.errors:
            flash(act(request_id, form))
            return redirect(url_for(".item", request_id=request_id), 303)  # type: ignore[return-value]
    except rights.RequestMoved:
        return moved(request_id, form.typed)
    except rights.NotProven:
        told = gettext("It is not proven yet whose request this is. Say how you know it, or wait for their answer.")
        return item_page(request_id, 409, file=file, mark=told, typed=form.typed)
    except rights.FulfilmentUnfit as unfit:
        _mark(form, unfit)
    except rights.GroundUnfit as unfit:
        why = unfit.evidence.get("why", "ground")
        form.mark("answer" if why == "text" else "ground", gettext(words.GROUND_UNFIT[why]))
    if form.errors or foretold is None:
        return _page("step.html", 422 if form.errors else 200, name, outline, file=file, form=form)
    return _page("check.html", 200, name, outline, form=form, foretold=foretold)


def _is_for(name: str, row: rights.Row) -> bool:
    """Whether a request can go this way; what nobody can undo goes only the one that asks for a password."""
    if row.state not in MOVES["refuse" if name == "refuse" else "fulfil"][0]:
        return False
    return name in ("refuse", words.way(row.kind))


def _page(template: str, status: int, name: str, outline: rights.Outline, **values: Any) -> Response:
    step = next((each for each in words.steps(outline.row, desk.by()) if each.name == name), words.Step(name))
    shown = {"row": rights.summary(outline.row, desk.now()), "outline": outline, "step": step, "does": words.DOES}
    file = values.get("file")
    named = purposes() if file and file.request.said and file.request.said.purposes else {}
    return desk.page(f"requests/{template}", status, **shown, **values, labels=words.CARD, purposes=named)


def _given(form: Sheet) -> dict[str, Any]:
    """What `fulfil` is to be given."""
    changes = {each.name.removeprefix(NEW): each.data.strip() for each in form.named(NEW) if (each.data or "").strip()}
    if form.named(NEW) and not changes:
        raise rights.FulfilmentUnfit(why="values")
    if condition := form.named(FIELD):
        said = form.text("condition", 500)
        changes = {each.name.removeprefix(FIELD): said for each in condition if each.data}
    return {"answer": form.text("answer", 3000), "changes": changes, "only": form.ticked(ONLY)}


def _foretell_fulfilment(request_id: str, form: Sheet) -> rights.Foretold:
    return rights.foretell_fulfilment(request_id, **_given(form), settings=desk.settings(), now=desk.now())


def _fulfil(request_id: str, form: Sheet) -> str:
    kind = (form.seen.data or "").split("/")[2]
    told = rights.fulfil(request_id, **_given(form), kind=kind, by=desk.by(), settings=desk.settings(), now=desk.now())
    if told:
        return str(gettext("Done. Tell those who were given the data: %(names)s.", names=", ".join(told)))
    return str(gettext("Done. The person is told."))


def _foretell_refusal(request_id: str, form: Sheet) -> rights.Foretold:
    ground, text = form["ground"].data or "", form.text("answer", 3000)
    return rights.foretell_refusal(request_id, ground=ground, text=text, settings=desk.settings(), now=desk.now())


def _refuse(request_id: str, form: Sheet) -> str:
    ground, text = form["ground"].data or "", form.text("answer", 3000)
    rights.refuse(request_id, ground=ground, text=text, by=desk.by(), settings=desk.settings(), now=desk.now())
    return str(gettext("Refused. The person is told why, and where to complain."))


def _mark(form: Sheet, unfit: rights.FulfilmentUnfit) -> None:
    """Say beside the question what keeps it from being done."""
    wrong = unfit.evidence.get("fields", {})
    for name, code in wrong.items():
        form.mark(NEW + name, asking.sentences()[code]())
    if not wrong:
        why = unfit.evidence["why"]
        told = words.UNFIT[why]
        form.mark(_place(form, why), gettext(told))


def _place(form: Sheet, why: str) -> str:
    """The question beside which that belongs."""
    asked = {"people": form.named(ONLY), "values": form.named(NEW) or form.named(FIELD)}.get(why)
    return asked[0].name if asked else "answer"


def _typed() -> str:
    """What was typed into a form that is not shown again."""
    hidden = ("csrf_token", "seen", "step")
    return "\n\n".join(value for name, value in request.form.items() if name not in hidden and len(value) > 1)
