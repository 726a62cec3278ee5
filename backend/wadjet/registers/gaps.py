"""What the registers show to be undone: entries that wait, duties that are late, what was never entered."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from .. import clock, database, vault
from . import catalogue, inventory, models
from .models import Row

# Above it an operator of restricted-access data counts as large. Source: 94-V art. 10-1, 25-1; for counsel.
SMALL = 10_000
# What waits in a register: which rows, and the column that holds their last day.
OPEN = {
    "R3": ("transfer", "tell_by IS NOT NULL AND told_on IS NULL", "tell_by"),
    "R5": ("publication", "remove_by IS NOT NULL AND removed_at IS NULL", "remove_by"),
    "R7": ("authority_request", "answered_at IS NULL", "due_on"),
    "R8": ("incident", "notified_at IS NULL", "due_on"),
}


def overview(*, now: datetime) -> Iterator[Row]:
    """Each register: how many rows, how many wait, how many are late, and what is missing, in words."""
    today = clock.local_date(now).isoformat()
    for register in catalogue.shown():
        waiting, late = database.vault.read(partial(_open, register.code, today))
        told = _missing(register, today)
        row = {"register": register.code, "title": register.title, "rows": register.count()}
        yield row | {"open": waiting, "overdue": late, "missing": "; ".join(told)}


def missed(*, now: datetime) -> Iterator[tuple[str, int, str]]:
    """The registers in which a day was missed: code, how many entries, the first of those days."""
    today = clock.local_date(now).isoformat()
    for code, (table, waits, due) in OPEN.items():
        rows = database.vault.read(partial(models.rows, table, f"{waits} AND {due} < ?", today))
        if rows:
            yield code, len(rows), min(row[due] for row in rows)


def _open(code: str, today: str) -> tuple[int, int]:
    if code not in OPEN:
        return 0, 0
    table, waits, due = OPEN[code]
    return models.count(table, waits), models.count(table, f"{waits} AND {due} < ?", today)


def _missing(register: catalogue.Register, today: str) -> list[str]:
    if register.rows is None:
        return ["no room of this release fills it"]
    look = _LOOKS.get(register.code)
    return list(look(today)) if look else []


def _recipients(today: str) -> Iterator[str]:
    standing = database.vault.read(lambda: models.rows("recipient", "until IS NULL OR until > ?", today))
    if not any(row["kind"] == "staff" for row in standing):
        yield "nobody of the staff is entered"
    if idle := [str(row["id"]) for row in standing if not row["duties_on"]]:
        yield f"duties not accepted: {' '.join(idle)}"
    if unknown := [str(row["id"]) for row in standing if row["country"] != "KZ" and not row["country_facts_on"]]:
        yield f"nothing known of the country: {' '.join(unknown)}"


def _notices(_today: str) -> Iterator[str]:
    def look() -> tuple[int, int]:
        return vault.count(), models.count("notice", "kind = 'start'")

    people, told = database.vault.read(look)
    if people > SMALL and not told:
        yield f"{people:,} people: a large operator notifies the authorised body of the start of processing (D17)"


def _publications(_today: str) -> Iterator[str]:
    def look() -> list[str]:
        gone = []
        for row in models.rows("publication", "removed_at IS NULL AND remove_by IS NULL"):
            try:
                vault.state(row["person"])
            except vault.PersonUnknown:
                gone.append(str(row["id"]))
        return gone

    if gone := database.vault.read(look):
        yield f"stands published though the person was destroyed: {' '.join(gone)}"


def _acts(_today: str) -> Iterator[str]:
    if bare := database.vault.read(lambda: models.count("act", "backups_until IS NULL AND act = 'depersonalise'")):
        yield f"acts without the day the last backup goes: {bare}"


def _versions(_today: str) -> Iterator[str]:
    if bare := [str(row["version"]) for row in catalogue.find("R11").read() if not row["approver"]]:
        yield f"versions without an approval: {' '.join(bare)}"


def _systems(_today: str) -> Iterator[str]:
    if bare := [row["name"] for row in inventory.systems() if not row["until"] and not row["place"]]:
        yield f"nobody has said where it stands: {' '.join(bare)}"
    if abroad := [row["name"] for row in inventory.systems() if not row["until"] and row["country"] not in ("", "KZ")]:
        yield f"not in Kazakhstan (art. 12(2)): {' '.join(abroad)}"


def _measures(_today: str) -> Iterator[str]:
    standing = database.vault.read(lambda: inventory.measures(inventory.measures_version()))
    if bare := [kind for kind in inventory.MEASURES if kind not in {row["kind"] for row in standing}]:
        yield f"none of this kind: {' '.join(bare)}"


_LOOKS: dict[str, Callable[[str], Iterator[str]]] = {
    "R5": _publications,
    "R9": _acts,
    "R11": _versions,
    "R12": _recipients,
    "notices": _notices,
    "systems": _systems,
    "measures": _measures,
}
