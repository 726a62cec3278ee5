"""The registers in a line each: what waits, what is late, what came last. As quick whatever is stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from .. import clock, database
from . import catalogue
from .catalogue import Register
from .clocks import OPEN
from .gaps import missing
from .models import Row

MOST = 99  # counted no further
_ALL = 10**9
_LAST = {  # the registers that are a table: their newest row is the last by number
    "R3": "transfer",
    "R5": "publication",
    "R7": "authority_request",
    "R8": "incident",
    "R9": "act",
    "R12": "recipient",
    "recalls": "recall",
    "consents": "dissemination_consent",
    "prohibitions": "prohibition",
    "notices": "notice",
    "measures": "measure",
    "services": "service",
}
_DATED = ("at", "recorded_at", "received_at", "published_at", "since")


@dataclass(frozen=True)
class Glance:
    """A register in a line. waiting, late: counted to one above the most asked for.

    next_on  the first day by which one that waits is due
    last_at  when the newest entry was made, as `clock.stamp` writes it or a day; "" for none, as of next_on
    """

    code: str
    title: str
    waiting: int
    late: int
    next_on: str
    last_at: str


def glance(*, most: int = MOST, now: datetime) -> list[Glance]:
    """Every register, R1 first."""
    today = clock.local_date(now).isoformat()
    waits, last = database.vault.read(partial(_look, today, most))
    found = []
    for each in catalogue.shown():
        if each.waiting:
            waits[each.code] = each.waiting(today, most + 1)
        if each.code not in last:
            last[each.code] = last["R1"] if each.code == "R2" else _newest(each)
        found.append(Glance(each.code, each.title, *waits.get(each.code, (0, 0, "")), last[each.code]))
    return found


def overview(*, now: datetime) -> Iterator[Row]:
    """The same counted to the end, with how many rows there are and what is missing, in words."""
    for each in glance(most=_ALL, now=now):
        told = "; ".join(map(str, missing(each.code, now=now)))
        row = {"register": each.code, "title": each.title, "rows": catalogue.find(each.code).count()}
        yield row | {"open": each.waiting, "overdue": each.late, "missing": told}


def _look(today: str, most: int) -> tuple[dict[str, tuple[int, int, str]], dict[str, str]]:
    """What our own tables tell, in one question; inside `vault.read`."""
    asked = [*_questions(most)]
    values = [value for _, wanted in asked for value in (today if each == "today" else each for each in wanted)]
    row = database.vault.execute(f"SELECT {', '.join(each for each, _ in asked)}", *values).fetchone()
    told = iter(row)
    waits = {code: (next(told), next(told), next(told) or "") for code in OPEN}
    return waits, {code: next(told) or "" for code in (*_LAST, "R4")}


def _questions(most: int) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Scalar questions in the order in which `_look` reads their answers, each with what fills its places."""
    for table, waits, due in OPEN.values():
        some = f"SELECT 1 FROM {table} WHERE {waits}"  # noqa: S608
        yield f"(SELECT count(*) FROM ({some} LIMIT ?) AS few)", (most + 1,)  # noqa: S608
        yield f"(SELECT count(*) FROM ({some} AND {due} < ? LIMIT ?) AS late)", ("today", most + 1)  # noqa: S608
        yield f"(SELECT min({due}) FROM {table} WHERE {waits})", ()  # noqa: S608
    for table in _LAST.values():
        yield f"(SELECT at FROM {table} ORDER BY id DESC LIMIT 1)", ()  # noqa: S608
    yield "(SELECT at FROM transfer WHERE country <> 'KZ' ORDER BY id DESC LIMIT 1)", ()


def _newest(register: Register) -> str:
    rows, _ = register.newest(limit=1)
    return next((row[name] for row in rows for name in _DATED if row.get(name)), "")
