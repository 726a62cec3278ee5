"""What is due, overdue and new, and one line of health.

Every list shows ten at most and is read by index, so that the page takes as long whatever lies in the home.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, Response

from ... import clock, contact, deadlines, policy, registers, retention, rights
from ...settings import Settings
from .. import desk, health
from ..guard import needs

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

SHOWN = 10
_DAYS = 7  # of retention that are looked ahead
_DATED = ("0", "")  # after those without a day, which the next run looks at
_DUTIES = {  # what waits in a register
    "R3": N_("Tell a person that their data went abroad"),
    "R5": N_("Take down a publication"),
    "R7": N_("Answer the authorised body"),
    "R8": N_("Notify the authorised body of a breach"),
    "recalls": N_("Tell a recipient what became of the data"),
}

blueprint = Blueprint("today", __name__)


@dataclass(frozen=True)
class Item:
    """Something to be done, by a day. `path`: below the console; `code`: what tells it from others of its kind."""

    due_on: str
    title: str
    code: str
    path: str


@dataclass(frozen=True)
class Second:
    """Something that waits for a second person since a time. `path`: below the console."""

    title: str
    code: str
    since: str
    path: str


@dataclass(frozen=True)
class Part:
    """A list of the page; `more`: the path of the list that goes on, "" where nothing does."""

    title: str
    tone: str
    items: list[Item]
    more: str = ""


@blueprint.get("/")
@needs("today:read")
def today() -> Response:
    """What the day asks for, of what the role may see."""
    may, now, settings = desk.who().may, desk.now(), desk.settings()
    day = clock.local_date(now)
    docket = rights.docket(now=now, settings=settings, limit=SHOWN) if may("requests:read") else None
    entries = registers.clocks(SHOWN + 1) if may("registers:read") else []
    waiting = contact.waiting(SHOWN + 1) if may("messages:read") else []
    ahead = _ahead(day) if may("retention:read") else []
    return desk.page(
        "today.html",
        day=day,
        parts=[each for each in _parts(docket, entries, settings, now) if each.items],
        arrived=docket.new if docket else [],
        has_more_arrived=docket is not None and "new" in docket.cut,
        kinds=rights.phrases.KINDS,
        waiting=waiting[:SHOWN],
        has_more_waiting=len(waiting) > SHOWN,
        seconds=(seconds := [*_seconds(now)])[:SHOWN],
        more_seconds=_more_seconds(seconds),
        ahead=ahead[:SHOWN],
        has_more_ahead=len(ahead) > SHOWN,
        signs=[each for each in health.signs(settings, now) if each.remedy] if may("health:read") else None,
    )


def _ahead(day: date) -> list[tuple[str, str]]:
    """(day, message) of what is looked at next, to see whether it must go."""
    until = (day + timedelta(days=_DAYS)).isoformat()
    rows = contact.due_a_look(until, _DATED, SHOWN + 1)
    return [(max(on, day.isoformat()), message) for on, message, _ in rows]


def _more_seconds(seconds: list[Second]) -> str:
    """The path of the list that goes on where what is shown ends; "" where all is shown."""
    return f"{seconds[SHOWN].path.split('/')[0]}/".replace("retention/", "retention/early/") if seconds[SHOWN:] else ""


def _seconds(now: datetime) -> Iterator[Second]:
    """What others have done and whoever looks may approve."""
    who = desk.who()
    if who.may("retention:approve"):
        for each in retention.proposals(but_by=who.handle, limit=SHOWN + 1, now=now):
            title = N_("Destruction before the term")
            yield Second(title, str(each.id), each.proposed_at, f"retention/early/{each.id}/")
    if who.may("policy:approve"):
        for draft in policy.drafts.awaiting(who.handle, SHOWN + 1):
            title = N_("Policy draft")
            yield Second(title, str(draft.id), clock.stamp(draft.moved_at), f"policy/drafts/{draft.id}/approval/")


def _parts(
    docket: rights.Docket | None, entries: list[registers.Waiting], settings: Settings, now: datetime
) -> Iterator[Part]:
    """Requests and entries of registers, by how much they press."""
    today = clock.local_date(now)
    day, horizon = today.isoformat(), deadlines.add_working_days(today, 1, settings).isoformat()
    late, soon, cut = (docket.overdue, docket.due_soon, docket.cut) if docket else ([], [], frozenset())
    pressing = [*_requests(late), *_requests(soon), *_entries(entries)]
    is_more = len(entries) > SHOWN

    def part(title: str, tone: str, items: Iterable[Item], more: str) -> Part:
        listed = sorted(items, key=lambda each: (each.due_on, each.code))
        path = more or ("registers/" if is_more or len(listed) > SHOWN else "")
        return Part(title, tone, listed[:SHOWN], path)

    overdue = "requests/?overdue=1" if "overdue" in cut else ""
    further = "requests/" if "due_soon" in cut else ""
    yield part(N_("Overdue"), "late", (it for it in pressing if it.due_on < day), overdue)
    yield part(N_("Due today"), "soon", (it for it in pressing if it.due_on == day), further)
    yield part(N_("Due soon"), "soon", (it for it in pressing if day < it.due_on <= horizon), further)


def _requests(rows: Iterable[dict[str, str]]) -> Iterator[Item]:
    for row in rows:
        yield Item(row["due_on"], rights.phrases.KINDS[row["kind"]][0], row["id"], f"requests/{row['id']}/")


def _entries(rows: Iterable[registers.Waiting]) -> Iterator[Item]:
    for row in rows:
        yield Item(
            row.due_on,
            _DUTIES[row.register],
            f"{row.register} · {row.number}",
            f"registers/{row.register}/{row.number}/",
        )
