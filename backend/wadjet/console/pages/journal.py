"""Every act, by whom: read, sifted, taken along; and no way here to alter or delete one, whatever the role.

What an act was about may be a receipt's id, which is the right to end its consent: it is asked for by post, so that it
stands in no address.
"""

from collections.abc import Iterator

from flask import Blueprint, Response, request
from flask_babel import gettext
from wtforms import StringField

from ... import database, ledger, registers, shell
from .. import desk, subjects
from ..guard import needs
from ..periods import Asked, OfJournal

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

blueprint = Blueprint("journal", __name__, url_prefix="/journal")

STORES = {"people": database.vault, "consents": database.receipts}
ACTS = {act: word for act, word in registers.tables.WORDS.items() if act in ledger.ACTS}  # in the order of clause 9.1


class About(Asked):
    """What was done with one thing."""

    about = StringField(N_("What it was about"), description=N_("Its number, whole: of a person, a message, a receipt"))


@blueprint.get("/")
@needs("journal:read")
def listing() -> Response:
    """The acts of one of the databases, the newest first."""
    form = _form()
    if not form.validate():
        return _page(form, About(), ledger.Page([]), 422)
    return _page(form, About(), ledger.page(STORES[_database()], _wanted(form), after=desk.after()))


@blueprint.post("/about")
@needs("journal:read")
def about() -> Response:
    """The acts that were about one thing."""
    asked = About(request.form)
    thing = (asked.about.data or "").strip()
    if not thing or "\0" in thing or len(thing) > 64:
        asked.about.errors = [gettext("Please fill this in.")]
        return _page(_form(), asked, ledger.Page([]), 422)
    found = ledger.page(STORES[_database()], ledger.Wanted(about=thing), after=desk.after())
    return _page(_form(), asked, found)


@blueprint.get("/journal.<any(csv, json):form>")
@needs("journal:read")
def download(form: str) -> Response:
    """The same rows as a file, the oldest first, however many."""
    asked = _form()
    if not asked.validate():
        return _page(asked, About(), ledger.Page([]), 422)
    name = _database()
    rows = _rows(name, _wanted(asked))
    pieces = shell.as_json(rows) if form == "json" else registers.csv_lines(rows)
    head = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="journal-{name}.{form}"'}
    kind = "application/json" if form == "json" else "text/csv; charset=utf-8"
    return Response((each.encode() for each in pieces), content_type=kind, headers=head)


def _form() -> OfJournal:
    form = OfJournal(request.args)
    form.offer("act", [(each, gettext(words)) for each, words in ACTS.items()])
    return form


def _wanted(form: OfJournal) -> ledger.Wanted:
    words = {name: (form[name].data or "").strip() for name in ("act", "event", "by")}
    return ledger.Wanted(**words, since=form.since.data, until=form.until.data)


def _database() -> str:
    chosen = request.values.get("of", "")
    return chosen if chosen in STORES else next(iter(STORES))


def _rows(name: str, wanted: ledger.Wanted) -> Iterator[ledger.Row]:
    for row in ledger.rows(STORES[name], wanted):
        yield {"database": name, **row}


def _page(form: OfJournal, thing: About, found: ledger.Page, status: int = 200) -> Response:
    return desk.page(
        "journal/listing.html",
        status,
        form=form,
        thing=thing,
        found=found,
        rows=[row | {"page": subjects.page_of(row)} for row in found.rows],
        of=_database(),
        staff=desk.staff(),
        ACTS=ACTS,
    )
