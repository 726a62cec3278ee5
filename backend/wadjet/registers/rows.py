"""The registers' own rows, flat: all of them, the newest of them a page at a time, one of them.

A page is found by its index alone, however many rows there are. What only a person's key opens (which receipt a
transfer rests on, the words of a prohibition) is not in a page: it is opened for an export, the receipt also for one
entry.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from .. import clock, database, policy, vault
from . import inventory, models, publications
from .models import Row

Shape = Callable[[Sequence[Row], bool], list[Row]]
_SHUT = "(blocked)"
Page = tuple[list[Row], str]  # rows, the newest first, and what asks for the next ones, "" where there are none


@dataclass(frozen=True)
class Shelf:
    """A register that is a table of ours.

    shape  makes flat rows, inside `vault.read`; told whether what is sealed is opened
    where  which of the table's rows, where not all
    is_opened  whether one entry is shown with what is sealed: a person's own words are not
    """

    table: str
    shape: Shape
    where: str = "1 = 1"
    is_opened: bool = True

    def rows(self) -> Iterator[Row]:
        """All, the oldest first; reads by itself."""
        last = 0
        while page := database.vault.read(partial(models.after, self.table, last, self.where)):
            yield from database.vault.read(partial(self.shape, page, True))
            last = page[-1]["id"]

    def page(self, after: str, limit: int, *, is_opening: bool = False) -> Page:
        """The newest; reads by itself."""

        def read() -> Page:
            found = models.before(self.table, number_of(after), limit + 1, self.where)
            place = str(found[limit - 1]["id"]) if len(found) > limit else ""
            return self.shape(found[:limit], is_opening), place

        return database.vault.read(read)

    def find(self, number: int) -> Row | None:
        """One, with what is sealed; reads by itself."""

        def read() -> Row | None:
            row = models.find(self.table, number) if 0 < number < 2**31 else None
            return self.shape([row], self.is_opened)[0] if row else None

        return database.vault.read(read)


def number_of(after: str) -> int | None:
    """A place as a page names it; None: the beginning."""
    return int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None


def plain(table: str, *columns: str) -> Shelf:
    """Number, then some columns, else all, then when and by whom it was entered."""
    told = columns or tuple(models.TABLES[table].split())

    def shape(rows: Sequence[Row], _: bool) -> list[Row]:
        return [
            {"id": row["id"], **{name: row[name] for name in told}, "at": row["at"], "by": row["by_whom"]}
            for row in rows
        ]

    return Shelf(table, shape)


def transfers(*, abroad: bool) -> Shelf:
    """R3, or of its entries those that left the country."""

    def shape(rows: Sequence[Row], is_opening: bool) -> list[Row]:
        names = _named("recipient", "name", (row["recipient"] for row in rows))
        references = _named("notice", "reference", (row["notice"] for row in rows)) if abroad else {}
        found = []
        for row in rows:
            told = {name: row[name] for name in ("id", "at", "person")}
            told |= {"recipient": names.get(row["recipient"], ""), "country": row["country"]}
            told |= {name: row[name] for name in ("fields", "purpose", "basis", "citation")}
            told |= {"consent": _receipt(row)} if is_opening else {}
            if abroad:
                told |= {"country_facts_on": row["country_facts_on"], "notice": references.get(row["notice"], "")}
            else:
                told |= {"network": bool(row["network"]), "tell_by": row["tell_by"], "told_on": row["told_on"]}
            found.append(told | {"by": row["by_whom"]})
        return found

    return Shelf("transfer", shape, "country <> 'KZ'" if abroad else "1 = 1")


def _receipt(row: Row) -> str:
    """The receipt that a transfer rests on; "" where its person was destroyed."""
    if row["consent"] is not None:
        with suppress(vault.PersonUnknown):
            return vault.open(row["person"], "transfer", "consent", bytes(row["consent"]), even_blocked=True)
    return ""


def prohibitions() -> Shelf:
    """What people forbade; in a page `conditional` tells whether there is a condition.

    The words of whoever is blocked are read by nobody: in their place stands that they are.
    """

    def shape(rows: Sequence[Row], is_opening: bool) -> list[Row]:
        found, states = [], vault.states({row["person"] for row in rows})
        for row in rows:
            is_shut = row["condition"] is not None and states[row["person"]].blocked_at is not None
            condition = {"condition": _SHUT if is_shut else publications.condition_of(row)} if is_opening else {}
            told = {name: row[name] for name in ("id", "person", "field")} | condition
            told |= {} if is_opening else {"conditional": row["condition"] is not None}
            found.append(told | {"at": row["at"], "ended_at": row["ended_at"], "by": row["by_whom"]})
        return found

    return Shelf("prohibition", shape, is_opened=False)


def authority_requests() -> Shelf:
    """R7, with the names and digests of what was answered."""
    shelf = plain("authority_request")

    def shape(rows: Sequence[Row], is_opening: bool) -> list[Row]:
        found = shelf.shape(rows, is_opening)
        for row in found:
            files = json.loads(row["attachments"])
            row["attachments"] = " ".join(f"{each['name']} sha256:{each['sha256']}" for each in files)
        return found

    return Shelf(shelf.table, shape)


def named(table: str, *columns: str) -> Shelf:
    """The same as `plain`, with the recipient's name for their number."""
    shelf = plain(table, *columns)

    def shape(rows: Sequence[Row], is_opening: bool) -> list[Row]:
        names = _named("recipient", "name", (row["recipient"] for row in rows))
        return [row | {"recipient": names.get(row["recipient"], "")} for row in shelf.shape(rows, is_opening)]

    return Shelf(shelf.table, shape)


def versions() -> Iterator[Row]:
    """R11: every published version with its approval and the data that its purposes name."""
    approvals = {row["version"]: row for row in models.listing("approval")}
    for version in policy.versions():
        approval = approvals.get(version.number, {})
        data = (f"{each.key}: {policy.pick(each.data, 'ru')}" for each in version.purposes)
        yield {
            "version": version.number,
            "digest": version.digest,
            "languages": " ".join(version.languages),
            "published_at": clock.stamp(version.published_at),
            "effective_on": None if policy.replacement(version) else version.effective_on.isoformat(),
            "material": version.material,
            "approved_on": approval.get("approved_on"),
            "approver": approval.get("approver", ""),
            "data": "; ".join(data),
        }


def systems() -> Iterator[Row]:
    for row in inventory.systems():
        names = ("id", "name", "holds", "place", "country", "software", "owner", "since", "until")
        yield {name: row[name] for name in names} | {"by": row["by_whom"]}


def _named(table: str, column: str, numbers: Iterator[int | None]) -> dict[int, str]:
    """What some entries are called, by number."""
    wanted = sorted({number for number in numbers if number is not None})
    marks = ", ".join("?" * len(wanted))
    return {row["id"]: row[column] for row in models.rows(table, f"id IN ({marks})", *wanted)} if wanted else {}
