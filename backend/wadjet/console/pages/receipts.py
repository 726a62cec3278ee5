"""Receipts: find one, read it, verify it, see what came before and after; those of a day, and how many there were.

The id of a receipt is the right to end its consent. So no address here holds one: it is posted, and pages go by the
receipt's number, which opens nothing to anybody else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext
from wtforms import FileField, StringField, TextAreaField

from ... import clock, consent, keys, policy
from ...consent import ReceiptUnknown, ReceiptUnreadable
from ...web.pages import own_name
from .. import desk
from ..guard import needs
from ..periods import Asked, OfDay, Period
from ..tellings import EVENTS, PROOFS, STATUSES, name_of, tell

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written
MAX_FILE_BYTES = 64 * 1024

blueprint = Blueprint("receipts", __name__, url_prefix="/receipts")


class ById(Asked):
    """Find a receipt by its id."""

    id = StringField(
        N_("Number of the receipt"),
        description=N_("22 letters and digits, as the visitor’s page shows it; or our own number, like 17"),
    )


class ByFile(Asked):
    """Read a receipt that somebody shows."""

    file = FileField(N_("The file"), description=N_("receipt.jws, as the visitor saved it: 64 KiB at most"))
    text = TextAreaField(N_("Or its content, pasted"))


@blueprint.get("/")
@needs("receipts:read")
def search() -> Response:
    """Find a receipt."""
    return _search(ById(), ByFile())


@blueprint.post("/by-id")
@needs("receipts:read")
def find() -> Response:
    """Find a receipt by its id; its page is at its number."""
    form = ById(request.form)
    typed = (form.id.data or "").strip()
    try:
        is_ours = re.fullmatch("[0-9]{1,9}", typed)
        number = consent.numbered(int(typed)).seq if is_ours else consent.number_of(typed)
    except ReceiptUnknown:
        form.id.errors = [gettext("No receipt has this number: look whether all 22 characters are there.")]
        return _search(form, ByFile(), 422)
    return redirect(url_for("receipts.receipt", seq=number), 303)  # type: ignore[return-value]


@blueprint.post("/by-file")
@needs("receipts:read")
def read() -> Response:
    """Judge a receipt that somebody shows, whether or not it is kept here."""
    form = ByFile(request.form)
    sent = request.files.get("file")
    data = (sent.read(MAX_FILE_BYTES + 1) if sent else b"") or (form.text.data or "").encode()
    try:
        if len(data) > MAX_FILE_BYTES:
            raise ReceiptUnreadable("too large")
        token = consent.read_token(data)
    except ReceiptUnreadable:
        form.file.errors = [gettext("This is not a receipt: choose the file receipt.jws, or paste all of its content.")]
        return _search(ById(), form, 422)
    telling = tell(token, keys.ring(desk.settings()).jwks())
    return desk.page("receipts/shown.html", telling=telling, number=_kept_as(token, telling.facts.get("id")))


@blueprint.get("/<int:seq>/")
@needs("receipts:read")
def receipt(seq: int) -> Response:
    """What a receipt says, whether it is genuine, and its place among others."""
    kept = consent.numbered(seq)
    telling = tell(kept.receipt, keys.ring(desk.settings()).jwks(), stored_as=kept.id)
    return desk.page("receipts/receipt.html", kept=kept, telling=telling)


@blueprint.get("/<int:seq>/receipt.jws")
@needs("receipts:read")
def file(seq: int) -> Response:
    """The receipt as it was handed out."""
    kept = consent.numbered(seq)
    head = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="receipt-{seq}.jws"'}
    return Response(kept.receipt, mimetype="application/jose", headers=head)


@blueprint.get("/<int:seq>/key/")
@needs("receipts:read")
def key(seq: int) -> Response:
    """Every receipt under the key of this one."""
    kept = consent.numbered(seq)
    if kept.key is None:
        raise ReceiptUnknown("This decision was made without a key.")
    found = consent.of_key(kept.key, before=desk.after())
    return desk.page("receipts/key.html", kept=kept, found=found)


@blueprint.get("/day/")
@needs("receipts:read")
def day() -> Response:
    """The receipts of a local day."""
    today = clock.local_date(desk.now())
    form = OfDay(request.args, data={"day": today})
    form.offer("event", [(each, gettext(words)) for each, words in EVENTS.items()])
    form.offer("version", [(str(each.number), str(each.number)) for each in policy.versions()])
    form.offer("language", [(each, own_name(each)) for each in _languages()])
    form.offer("site", [(each, each) for each in desk.settings().sites])
    if not form.validate():
        return desk.page("receipts/day.html", 422, form=form, day=None, found=consent.Lines([]))
    chosen = form.day.data or today
    wanted = consent.Sifted(
        form.event.data or "", int(form.version.data or 0), form.language.data or "", form.site.data or ""
    )
    found = consent.of_day(chosen, wanted, after=desk.after())
    return desk.page("receipts/day.html", form=form, day=chosen, found=found)


@blueprint.get("/counts/")
@needs("receipts:read")
def counts() -> Response:
    """How many decisions there were: of keys, not of people."""
    today = clock.local_date(desk.now())
    form = Period(request.args, data={"since": today - timedelta(days=29), "until": today})
    if not form.validate():
        return desk.page("receipts/counts.html", 422, form=form, plots=(), days=None, is_whole=True, total=0)
    since, until = form.since.data or today - timedelta(days=29), form.until.data or today
    found = consent.tally(since, until)
    plots = tuple(each for each in _plots(found) if each.bars)
    days = Plot(gettext("By day"), tuple(_by_day(found, since, until)))
    total = sum(found.counts.values())
    return desk.page("receipts/counts.html", form=form, plots=plots, days=days, is_whole=found.is_whole, total=total)


@dataclass(frozen=True)
class Plot:
    """Numbers to be drawn: each with its words, and the greatest of them."""

    title: str
    bars: tuple[tuple[str, int], ...]

    @property
    def most(self) -> int:
        return max((number for _, number in self.bars), default=0) or 1


def _plots(found: consent.Tally) -> Iterator[Plot]:
    def by(title: str, name: str, words: dict[str, str] | None = None) -> Plot:
        sums: dict[str, int] = {}
        for kind, number in found.counts.items():
            for each in str(getattr(kind, name)).split():
                sums[each] = sums.get(each, 0) + number
        ordered = sorted(sums.items(), key=lambda each: (-each[1], each[0]))
        return Plot(title, tuple((words[each] if words else each, number) for each, number in ordered))

    purposes = {key: name_of(key) for kind in found.counts for key in (kind.allowed + " " + kind.refused).split()}
    yield by(gettext("By what was decided"), "event", {each: gettext(words) for each, words in EVENTS.items()})
    yield by(gettext("Purposes that were allowed"), "allowed", purposes)
    yield by(gettext("Purposes that were refused or ended"), "refused", purposes)
    yield by(gettext("By language"), "language", {kind.language: own_name(kind.language) for kind in found.counts})
    yield by(gettext("By policy version"), "version")
    yield by(gettext("By site"), "site")


def _by_day(found: consent.Tally, since: date, until: date) -> Iterator[tuple[str, int]]:
    sums = dict.fromkeys((str(since + timedelta(days=each)) for each in range((until - since).days + 1)), 0)
    for kind, number in found.counts.items():
        sums[kind.day] += number
    yield from sums.items()


def _languages() -> list[str]:
    return list(dict.fromkeys(each for version in policy.versions() for each in version.languages))


def _kept_as(token: str, receipt_id: str | None) -> int | None:
    """The number here of exactly this receipt."""
    try:
        number = consent.number_of(receipt_id or "")
        return number if consent.numbered(number).receipt == token else None
    except ReceiptUnknown:
        return None


def _search(by_id: ById, by_file: ByFile, status: int = 200) -> Response:
    return desk.page("receipts/search.html", status, by_id=by_id, by_file=by_file)


@blueprint.context_processor
def words() -> dict[str, object]:
    """What its templates say of receipts."""
    return {"EVENTS": EVENTS, "STATUSES": STATUSES, "PROOFS": PROOFS}
