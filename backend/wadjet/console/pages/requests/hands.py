"""Who does not destroy alone: whoever's own word it rests on that this person demands it. By the journal."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from flask_babel import gettext

from .... import clock, database, ledger, rights
from ....rights import ERASING, MOVES
from ... import desk, service
from ...problems import OneHand

Row = dict[str, Any]  # as `ledger.history` has it
_PROVEN = "rights:request:proven"
_SORTED = ("rights:request:received", "rights:request:taken")  # each says what a request asks for
_CORRECTED = "vault:person:rectified"


def hindrance(outline: rights.Outline) -> str:
    """Why whoever looks may not destroy what a request asks for; "" where they may, or nothing is to be destroyed."""
    if outline.row.kind not in ERASING or outline.row.state not in MOVES["fulfil"][0]:
        return ""
    try:
        check(outline)
    except OneHand as one:
        return str(gettext(one.detail))
    return ""


def check(outline: rights.Outline) -> None:
    """Refuse whoever noted, on paper's word, whose demand it is; who found that what came as something else demands
    it; who put in, within the week before it came, the address at which it was proven. And whoever is one with them.

    Raises OneHand.
    """
    noted, found, corrected = _noted(outline), _found(outline), _corrected(outline)
    if _is_own(noted):
        raise OneHand("You noted whose demand this is; let somebody else carry it out.")
    if _is_own(found):
        raise OneHand("You found that it asks for this; let somebody else carry it out.")
    if _is_own(corrected):
        raise OneHand("You corrected the e-mail address lately; let somebody else carry it out.")
    for row in (*noted, *found, *corrected):
        service.check_apart(desk.by(), row["by"], since=clock.parse(row["at"]))


def _is_own(rows: Iterable[Row]) -> bool:
    return any(row["by"] == desk.by() for row in rows)


def _noted(outline: rights.Outline) -> list[Row]:
    is_on_paper = any(each.proof == "staff" for each in outline.people)
    return [row for row in outline.history if is_on_paper and row["event"] == _PROVEN]


def _found(outline: rights.Outline) -> list[Row]:
    """What the person has proven to have sent does not say that it is to destroy."""
    rows = [row for row in outline.history if row["event"] in _SORTED]
    return [row for was, row in pairwise(rows) if row["kind"] in ERASING and was["kind"] not in ERASING]


def _corrected(outline: rights.Outline) -> list[Row]:
    """Whoever can write to a card can have the letter with the button come to themselves."""
    since = clock.stamp(clock.parse(outline.row.received_at) - service.APART)
    rows = ledger.history([each.person for each in outline.people], database.vault)
    return [row for row in rows if row["event"] == _CORRECTED and "email" in row["fields"] and row["at"] >= since]
