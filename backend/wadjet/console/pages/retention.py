"""When data go: what is next and why, the runs, what a law holds, and destruction before the term by two people."""

from datetime import date
from itertools import islice
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext, ngettext

from ... import clock, registers, retention, vault
from ...problems import Problem
from .. import desk, retention_words, service
from ..entry_forms import Asked, Filled
from ..guard import needs
from ..problems import OneHand

blueprint = Blueprint("retention", __name__, url_prefix="/retention")

_LISTED = 200  # lines of what is due
_AT_ONCE = 1000  # acts in one request: some seconds; the rest is found again
_REFUSALS = (
    retention.HoldUnfit,
    retention.ProposalUnfit,
    retention.ProposalStands,
    retention.Suspended,
    vault.PersonUnknown,
    vault.ReasonUnfit,
)


@blueprint.app_template_filter()
def destruction_ground(value: str) -> str:
    """A ground of art. 18 in words."""
    return str(gettext(registers.tables.WORDS[value]))


@blueprint.get("/")
@needs("retention:read")
def overview() -> Response:
    """What goes next and why; the last runs; what waits for somebody's decision."""
    now = desk.now()
    lines, place = retention.ahead(request.args.get("after", "")[:200], now=now)
    return desk.page(
        "retention/overview.html",
        lines=lines,
        place=place,
        runs=retention.runs(7),
        proposals=retention.proposals(now=now),
        words=retention_words,
        grounds=retention.GROUNDS,
        today=desk.today(),
    )


@blueprint.get("/run/")
@needs("retention:run")
def look() -> Response:
    """What must go today, before anything is done."""
    lines = list(islice(retention.run(desk.settings(), desk.now(), is_applying=False), _LISTED + 1))
    return desk.page(
        "retention/run.html",
        lines=lines[:_LISTED],
        is_more=len(lines) > _LISTED,
        due=sum(each.status == "due" for each in lines),
        words=retention_words,
    )


@blueprint.post("/run/")
@needs("retention:run", fresh=True)
def run() -> Response:
    """Do it. What one request leaves is found again by the next, and by the run of the night."""
    lines = list(islice(retention.run(desk.settings(), desk.now(), is_applying=True), _AT_ONCE))
    done = sum(line.count for line in lines if line.status == "done")
    flash(ngettext("%(num)d act was done.", "%(num)d acts were done.", done))
    if len(lines) == _AT_ONCE:
        flash(gettext("More is due: run once more."))
    return _to("retention.overview")


@blueprint.get("/holds/")
@needs("retention:read")
def holds() -> Response:
    """Whom a law keeps, by which, until when."""
    return _holds(_hold_form())


@blueprint.post("/holds/")
@needs("retention:run", fresh=True)
def hold() -> Response:
    """Keep what is known of a person, by a law; in the place of a hold that stands only once it was seen."""
    typed = {name: " ".join(request.form.get(name, "").split()) for name in ("person", "law", "until")}
    form, until = _hold_form(**typed), _day(typed["until"])
    wrong = {"person": not _is_id(typed["person"]), "law": not typed["law"], "until": until is None}
    if any(wrong.values()) or until is None:
        return _holds(form.marked(wrong))
    standing = retention.hold_of(typed["person"])
    if standing and request.form.get("seen") != standing.made_at:
        said = gettext(
            "Already held: %(law)s, until %(day)s, entered by %(who)s. Send it once more to put yours in its place.",
            law=standing.law,
            day=desk.day_of(standing.until),
            who=desk.named(standing.made_by),
        )
        return _holds(form.marked({}, said, 409), seen=standing.made_at)
    try:
        retention.hold(typed["person"], law=typed["law"], until=until, by=desk.by(), now=desk.now())
    except _REFUSALS as problem:
        return _holds(_refused(form, problem))
    flash(gettext("Held."))
    return _to("retention.holds")


@blueprint.post("/holds/end")
@needs("retention:run", fresh=True)
def release() -> Response:
    """End a hold before its day."""
    retention.release(request.form.get("person", "")[:22].replace("\0", ""), by=desk.by(), now=desk.now())
    flash(gettext("The hold has ended. What is due by now goes with the next run."))
    return _to("retention.holds")


@blueprint.get("/reviews/")
@needs("retention:read")
def reviews() -> Response:
    """Who was asked last whether what is known of them is still right."""
    return desk.page("retention/reviews.html", asked=retention.last_asked())


@blueprint.get("/early/")
@needs("retention:read")
def proposals() -> Response:
    """What is proposed, and the form to propose."""
    return _proposals(_proposal_form())


@blueprint.post("/early/")
@needs("retention:run")
def propose() -> Response:
    """Propose to destroy somebody before their term."""
    typed = {name: " ".join(request.form.get(name, "").split()) for name in ("person", "ground", "reason")}
    form = _proposal_form(**typed)
    wrong = {
        "person": not _is_id(typed["person"]),
        "ground": typed["ground"] not in registers.DESTRUCTION,
        "reason": not typed["reason"],
    }
    if any(wrong.values()):
        return _proposals(form.marked(wrong))
    try:
        number = retention.propose(**typed, by=desk.by(), now=desk.now())
    except _REFUSALS as problem:
        return _proposals(_refused(form, problem))
    flash(gettext("Proposed. Another person with your role has a week to approve it."))
    return _to("retention.proposal", number=number)


@blueprint.get("/early/<int:number>/")
@needs("retention:read")
def proposal(number: int) -> Response:
    """A proposal, and who may decide on it."""
    found = retention.proposal(number, now=desk.now())
    return desk.page(
        "retention/proposal.html",
        proposal=found,
        is_own=found.proposed_by == desk.by(),
        hindrance=_hindrance(found),
        until=clock.parse(found.proposed_at) + retention.COUNTS,
        words=retention_words,
    )


def _hindrance(found: retention.Proposal) -> str:
    """Why whoever looks may not approve what another proposed; "" where they may."""
    if found.state != "open" or found.proposed_by == desk.by() or not desk.who().may("retention:approve"):
        return ""
    try:
        service.check_apart(desk.by(), found.proposed_by, since=clock.parse(found.proposed_at))
    except OneHand as one:
        return str(gettext(one.detail))
    return ""


@blueprint.post("/early/<int:number>/approve")
@needs("retention:approve", fresh=True)
def approve(number: int) -> Response:
    """Agree to somebody else's proposal: the person is destroyed."""
    found = retention.proposal(number, now=desk.now())
    service.check_apart(desk.by(), found.proposed_by, since=clock.parse(found.proposed_at))
    retention.approve(number, by=desk.by(), settings=desk.settings(), now=desk.now())
    flash(gettext("Destroyed. The act stands in R9."))
    return _to("retention.proposal", number=number)


@blueprint.post("/early/<int:number>/decline")
@needs("retention:run")
def decline(number: int) -> Response:
    """Take one's own back, or decline another's."""
    done = retention.decline(number, by=desk.by(), now=desk.now())
    flash(gettext("Taken back.") if done == "withdrawn" else gettext("Declined."))
    return _to("retention.proposal", number=number)


def _holds(form: Filled, seen: str = "") -> Response:
    """`seen`: the hold that whoever sends the form once more has seen, by when it was made."""
    after = request.args.get("after", "")[:200]
    found, place = retention.holds_page(after)
    return desk.page("retention/holds.html", form.status, holds=found, place=place, form=form, seen=seen)


def _proposals(form: Filled) -> Response:
    found = retention.proposals(now=desk.now())
    return desk.page("retention/proposals.html", form.status, proposals=found, form=form, words=retention_words)


def _hold_form(person: str = "", law: str = "", until: str = "") -> Filled:
    return Filled(
        (
            _person(person),
            Asked(
                "law",
                gettext("Law"),
                "text",
                gettext("Act and article, like: Tax Code art. 49. Nobody’s name."),
                values=(law,),
            ),
            Asked("until", gettext("The last day"), "date", values=(until,)),
        )
    )


def _proposal_form(person: str = "", ground: str = "", reason: str = "") -> Filled:
    grounds = [(word, gettext(registers.tables.WORDS[word])) for word in registers.DESTRUCTION]
    hint = gettext("The order, act or case. It stays for ever, so nobody’s name.")
    return Filled(
        (
            _person(person),
            Asked("ground", gettext("Ground"), "choice", values=(ground,), options=grounds),
            Asked("reason", gettext("Reason"), "text", hint, values=(reason,)),
        )
    )


def _person(value: str) -> Asked:
    hint = gettext("The 22 letters by which the person is known here; never a name.")
    return Asked("person", gettext("Person"), "person", hint, values=(value,))


def _refused(form: Filled, problem: Problem) -> Filled:
    """The form again, with what is wrong."""
    if isinstance(problem, vault.PersonUnknown):
        return form.marked({"person": True}, gettext(problem.title))
    return form.marked({}, f"{gettext(problem.title)}. {gettext(problem.detail)}", problem.status)


def _is_id(text: str) -> bool:
    try:
        registers.readers.person(text)
    except ValueError:
        return False
    return True


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _to(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]
