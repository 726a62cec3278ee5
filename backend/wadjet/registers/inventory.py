"""What there is: data systems, protective measures, services of third parties, approvals of the policy.

Source: policy 2.4, 3.1.c, 8.0, 8.5; 94-V art. 22, 25(2)(1), (1-1).
"""

import heapq
from collections.abc import Iterator
from datetime import date, datetime

from .. import __version__, clock, database, ledger
from . import models
from .entries import enter, find, note, record
from .models import Row
from .problems import EntryInvalid, EntryMoved

MEASURES = ("legal", "organisational", "technical")
_OURS = {  # the stores of this release; what only the operator knows of them is entered under the same name
    "receipts": "decisions, receipts, policy versions, journal; no person",
    "vault": "people and what they wrote, sealed; registers, journal",
    "person_keys": "a key for each person, look-ups, tombstones",
}


def add_system(
    name: str,
    *,
    place: str,
    owner: str,
    holds: str = "",
    software: str = "",
    country: str = "KZ",
    since: date | None = None,
    by: str,
    now: datetime,
) -> int:
    """Enter a data system; one of ours by its name, with what only the operator knows. Raises EntryInvalid."""
    if name not in _OURS and not (holds and software):
        raise EntryInvalid("Say what it holds and by what software.", errors=["holds", "software"])

    def check() -> None:
        if models.count("data_system", "name = ? AND until IS NULL", name):
            raise EntryInvalid("A system of that name is in it: note its end first.", errors=["name"])

    day = (since or clock.local_date(now)).isoformat()
    values = {"name": name, "place": place, "owner": owner, "country": country, "since": day}
    return enter("data_system", "systems", by=by, now=now, check=check, holds=holds, software=software, **values)


def systems() -> Iterator[Row]:
    """Every data system: those we run, then the others; of ours `place` "" where nobody has said it."""
    entered = database.vault.read(lambda: models.rows("data_system"))
    standing = {row["name"]: row for row in entered if not row["until"]}
    for store in database.STORES:
        row = standing.get(store.name, {})
        software = f"Wadjet Consent {__version__}, {store.kind}"
        blank = dict.fromkeys(("id", "place", "country", "owner", "since", "until", "by_whom"), "")
        yield {**blank, **row, "name": store.name, "holds": _OURS[store.name], "software": software}
    yield from (row for row in entered if row["name"] not in _OURS or row["until"])


def add_measure(kind: str, measure: str, *, evidence: str, approver: str, by: str, now: datetime) -> int:
    """Add a protective measure: the list has one version more. Answers its number. Source: policy 3.1.c, 8.0."""

    def write() -> int:
        version = measures_version() + 1
        values = {"kind": kind, "measure": measure, "evidence": evidence, "approver": approver}
        number = models.insert("measure", at=clock.stamp(now), by_whom=by, from_version=version, **values)
        record("measures", number, "entered", by=by, now=now, version=version)
        return number

    return database.vault.write(write)


def end_measure(number: int, *, by: str, now: datetime) -> None:
    """It is no measure any more: the list has one version more. Raises EntryUnknown, EntryMoved."""

    def write() -> None:
        find("measure", number)
        version = measures_version() + 1
        changes = {"to_version": version, "ended_at": clock.stamp(now)}
        if not models.change("measure", number, changes, still_empty="to_version"):
            raise EntryMoved("It ended before.")
        record("measures", number, "ended", by=by, now=now, version=version)

    database.vault.write(write)


def measures(version: int | None = None) -> list[Row]:
    """The list as it was in a version; None: every measure there ever was. Inside `vault.read` or `write`."""
    if version is None:
        return models.rows("measure")
    return models.rows("measure", "from_version <= ? AND (to_version IS NULL OR to_version > ?)", version, version)


def measures_version() -> int:
    """The version of the list; 0: there is none. Inside `vault.read` or `write`."""
    newest = "SELECT coalesce(max(from_version), 0), coalesce(max(to_version), 0) FROM measure"
    return max(map(int, database.vault.execute(newest).fetchone()))


def add_service(
    name: str,
    *,
    purpose: str,
    data: str,
    policy_url: str,
    country: str,
    since: date | None = None,
    by: str,
    now: datetime,
) -> int:
    """Enter a service of a third party that visitors meet, with the address of its own policy. Source: policy 8.5."""
    day = (since or clock.local_date(now)).isoformat()
    values: Row = {"name": name, "purpose": purpose, "data": data, "country": country, "policy_url": policy_url}
    return enter("service", "services", by=by, now=now, since=day, **values)


def end(register: str, number: int, until: date, *, by: str, now: datetime) -> None:
    """A system or a service is used no more. Raises EntryUnknown, EntryMoved."""
    table = {"systems": "data_system", "services": "service"}[register]
    note(table, register, number, {"until": until.isoformat()}, still_empty="until", by=by, now=now)


def approve(version: int, *, approver: str, on: date, by: str, now: datetime) -> int:
    """A policy version was approved: by whom, by which order, when. Raises EntryInvalid. Source: 94-V art. 25(2)(1)."""

    def check() -> None:
        if models.count("approval", "version = ?", version):
            raise EntryInvalid("Its approval is noted already.", errors=["version"])

    values = {"version": version, "approver": approver, "approved_on": on.isoformat()}
    return enter("approval", "R11", by=by, now=now, check=check, **values)


def journal() -> Iterator[Row]:
    """R10: the journals of both databases, one after the other, in the order they were written."""
    for store in (database.receipts, database.vault):
        for row in ledger.listing(store):
            yield {"database": store.name, **row}


def journal_page(after: str, limit: int) -> tuple[list[Row], str]:
    """The newest rows of both journals in the order of their times; `after`: the last seq seen of each, "12,7"."""
    stores, seen = (database.receipts, database.vault), after.split(",")
    places = [int(each) if each.isascii() and each.isdigit() and len(each) < 19 else None for each in seen]
    places = places if len(places) == len(stores) else [None, None]
    books = [
        [{"database": store.name, **row} for row in ledger.newest(store, limit + 1, before=place)]
        for store, place in zip(stores, places, strict=True)
    ]
    # Each book keeps its own order, also where a clock went back.
    found = list(heapq.merge(*books, key=lambda row: row["at"], reverse=True))
    shown = found[:limit]
    last = [
        str(min((row["seq"] for row in shown if row["database"] == store.name), default=place or ""))
        for store, place in zip(stores, places, strict=True)
    ]
    return shown, ",".join(last) if len(found) > limit else ""


def journal_length() -> int:
    """How many rows R10 has."""
    return sum(map(ledger.length, (database.receipts, database.vault)))
