"""The registers: what each shows and what waits in it, its entries, what is entered and noted by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext

from ... import registers, vault
from ...problems import Problem
from .. import desk, entry_forms
from .. import register_words as words
from ..entry_forms import Filled
from ..guard import NotAllowed, needs

blueprint = Blueprint("registers", __name__, url_prefix="/registers")

Row = Mapping[str, Any]
# Beside `registers:read`: what stands elsewhere in the console too is shown to nobody whose role closes it there.
_ALSO = {"R1": "receipts:read", "R2": "receipts:read", "R6": "requests:read", "R10": "journal:read"}
_WHO = ("by", "taken_by")  # columns that name somebody as journals do
_REFUSALS = (
    registers.EntryInvalid,
    registers.TransferRefused,
    registers.PublicationRefused,
    vault.PersonUnknown,
    vault.PersonBlocked,
    vault.ReasonUnfit,
)


@dataclass(frozen=True)
class Cell:
    """A value under its name, in words. `iso`: of a time, for programs; due: a last day that has not been kept yet."""

    name: str
    label: str
    words: str
    iso: str = ""
    due: str = ""


@blueprint.get("/")
@needs("registers:read")
def listing() -> Response:
    """Every register in a line."""
    lines = registers.glance(now=desk.now())
    return desk.page(
        "registers/listing.html",
        kept=[each for each in lines if each.code[1:].isdigit()],
        beside=[each for each in lines if not each.code[1:].isdigit()],
        shows=words.SHOWS,
        most=registers.MOST,
        may_open=may_open,
        today=desk.today(),
    )


@blueprint.get("/<code>/")
@needs("registers:read")
def register(code: str) -> Response:
    """A page of a register, the newest entry first."""
    found = _find(code)
    rows, place = found.newest(request.args.get("after", "")[:200])
    names = words.BRIEF[found.code].split() if found.code in words.BRIEF else [*rows[0]] if rows else []
    return desk.page(
        "registers/register.html",
        register=found,
        shows=words.SHOWS.get(found.code, ""),
        names=[(name, _label(name)) for name in names],
        rows=[(row.get("id"), cells(found.code, row, names)) for row in rows],
        gaps=[gettext(each.sentence) % each.values for each in registers.missing(found.code, now=desk.now())],
        place=place,
        adding=words.ADDING.get(found.code, ""),
        today=desk.today(),
    )


@blueprint.route("/<code>/add", methods=["GET", "POST"])
@needs("registers:write")
def add(code: str) -> Response:
    """An entry by hand. Of R3 what the gate would say is told before it is made."""
    found = _find(code)
    form = registers.forms.ADDED.get(found.code)
    if form is None:
        raise registers.RegisterUnknown("It is filled by the acts themselves.")
    filled, is_free = entry_forms.blank(form, **_known()), False
    if request.method == "POST":
        filled = entry_forms.typed(form)
        try:
            if "check" in request.form:
                filled, is_free = _checked(form, filled)
            else:
                return _made(found.code, entry_forms.told(form))
        except _REFUSALS as problem:
            filled = entry_forms.refused(filled, problem)
    title = words.ADDING[found.code]
    return desk.page("registers/form.html", filled.status, register=found, title=title, form=filled, is_free=is_free)


def _known() -> dict[str, str]:
    """What a link to the form tells: the recipient, the version. No person stands in an address."""
    return {name: value for name, value in request.args.items() if name in ("recipient", "version", "kind")}


def _made(code: str, told: Sequence[tuple[str, Any]]) -> Response:
    by, settings, now = desk.by(), desk.settings(), desk.now()
    code, numbers = registers.forms.add(code, told, by=by, settings=settings, now=now)
    flash(gettext("Entered in %(code)s: %(numbers)s.", code=code, numbers=" ".join(map(str, numbers))))
    if registers.catalogue.find(code).find:
        return _to("registers.entry", code=code, number=numbers[0])
    return _to("registers.register", code=code)


def _checked(form: registers.forms.Form, filled: Filled) -> tuple[Filled, bool]:
    """The form with what the gate would say; whether it would let the data pass."""
    lacks = registers.lacking(**form.read(entry_forms.told(form)), now=desk.now())
    missing = tuple(gettext(words.LACKS[code]) for code in lacks)
    return Filled(filled.fields, missing=missing), not missing


@blueprint.get("/<code>/<int:number>/")
@needs("registers:read")
def entry(code: str, number: int) -> Response:
    """All of an entry, and what may be noted of it."""
    return _entry(_find(code), number)


@blueprint.post("/<code>/<int:number>/<int:which>")
@needs("registers:write")
def note(code: str, number: int, which: int) -> Response:
    """What became of an entry. Whoever comes second hears so, and sees what they wrote."""
    found = _find(code)
    forms = registers.forms.NOTED.get(found.code, ())
    if which >= len(forms):
        raise registers.EntryUnknown("Check its number.")
    form, by, settings, now = forms[which], desk.by(), desk.settings(), desk.now()
    try:
        form.fill(entry_forms.told(form), (number,), by=by, settings=settings, now=now)
    except registers.EntryMoved as problem:
        return _entry(found, number, moved=problem, typed=entry_forms.typed(form))
    except _REFUSALS as problem:
        filled = entry_forms.refused(entry_forms.typed(form), problem)
        return _entry(found, number, sent={which: filled})
    flash(gettext("Noted."))
    return _to("registers.entry", code=found.code, number=number)


def _entry(
    found: registers.catalogue.Register,
    number: int,
    *,
    sent: Mapping[int, Filled] | None = None,
    moved: Problem | None = None,
    typed: Filled | None = None,
    said: str = "",
) -> Response:
    row = found.find(number) if found.find else None
    if row is None:
        raise registers.EntryUnknown("Check its number.")
    forms = dict(sent or {})
    for which, form in enumerate(registers.forms.NOTED.get(found.code, ())):
        if may_note(found.code, row, form.fields[0].name):
            forms.setdefault(which, entry_forms.blank(form))
    lacks = None
    if found.code == "R12" and row["kind"] == "recipient":
        lacks = [gettext(words.LACKS[each]) for each in registers.recipient_lacking(number, now=desk.now())]
    status = moved.status if moved else next((each.status for each in forms.values() if each.status != 200), 200)
    return desk.page(
        "registers/entry.html",
        status,
        register=found,
        number=number,
        row=row,
        facts=[each for each in cells(found.code, row, _shown(row)) if each.words],
        notes=[(which, words.NOTES[form.fields[0].name], form) for which, form in sorted(forms.items())],
        moved=moved,
        typed=[(each.label, each.value) for each in typed or () if each.value],
        said=said,
        lacks=lacks,
        notice_languages=registers.NOTICE_LANGUAGES,
        today=desk.today(),
    )


def _shown(row: Row) -> list[str]:
    """A receipt's number ends its consent: it is shown to whom receipts are shown elsewhere."""
    hidden = {"id"} if desk.who().may("receipts:read") else {"id", "consent"}
    return [name for name in row if name not in hidden]


def may_note(code: str, row: Row, first: str) -> bool:
    """Whether an entry still waits for what a note begins with."""
    if code == "R3":
        return bool(row["tell_by"]) and not row["told_on"]
    if code == "R8" and first == "follow_up":
        return bool(row["notified_at"]) and not row["closed_at"]
    if first == "country_facts":
        return row["country"] != "KZ" and not row["country_facts_on"]
    if first == "ended":
        return not row["ended_at"]
    column = {"removal": "removed_at", "answer": "answered_at"}.get(first, first)
    return not row[column]


@blueprint.post("/prohibitions/<int:number>/condition")
@needs("registers:read", "persons:open")
def condition(number: int) -> Response:
    """The words of a condition: that somebody read them stands in the journal."""
    words_of = registers.read_condition(number, by=desk.by(), now=desk.now())
    return _entry(_find("prohibitions"), number, said=words_of)


@blueprint.get("/R8/<int:number>/notice")
@needs("registers:read")
def notice(number: int) -> Response:
    """What the authorised body is told of a breach, ready to be signed; `?to=file`: as a file."""
    language = request.args.get("in", "")
    language = language if language in registers.NOTICE_LANGUAGES else registers.NOTICE_LANGUAGES[0]
    text = registers.breach_notice(number, language, settings=desk.settings())
    if request.args.get("to") == "file":
        headers = {"Content-Disposition": f"attachment; filename=notice-{number}-{language}.txt"}
        return Response(text, mimetype="text/plain", headers=headers | {"Cache-Control": "no-store"})
    return desk.page(
        "registers/notice.html", number=number, text=text, told_in=language, languages=registers.NOTICE_LANGUAGES
    )


def cells(code: str, row: Row, names: Sequence[str]) -> list[Cell]:
    """Some of a row's values, in words."""
    last, end = words.CLOCKS.get(code, ("", ""))
    found = []
    for name in names:
        value = row.get(name)
        said = registers.tables.on_paper(name, value)
        if isinstance(said, tuple):
            said = ", ".join(map(gettext, said))
        elif isinstance(said, bool):
            said = gettext("yes") if said else gettext("no")
        is_time = isinstance(value, str) and said != value
        said = desk.named(str(said)) if said and name in _WHO else said
        due = str(value) if name == last and value and not row.get(end) else ""
        iso = str(value) if is_time and str(value)[:4].isdigit() else ""
        found.append(Cell(name, _label(name), str(said), iso, due))
    return found


def may_open(code: str) -> bool:
    """Whether the role of whoever asks opens this register."""
    return code not in _ALSO or desk.who().may(_ALSO[code])


def _find(code: str) -> registers.catalogue.Register:
    found = registers.catalogue.find(code)
    if not may_open(found.code):
        raise NotAllowed("Ask the responsible person, if you need it for your work.")
    return found


def _label(name: str) -> str:
    return str(gettext(registers.tables.COLUMNS.get(name, name)))


def _to(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]
