"""Which registers there are, and their rows, flat, in the order they were entered."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from .. import clock, database, policy, vault
from . import inventory, models, publications
from .models import Row
from .problems import RegisterUnknown

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written


@dataclass(frozen=True)
class Register:
    """A register: its code, its title, its rows. `rows` is None while no room of this release fills it."""

    code: str
    title: str
    rows: Callable[[], Iterable[Row]] | None = None
    tally: Callable[[], int] | None = None

    def read(self) -> Iterator[Row]:
        """Its rows."""
        if self.rows is not None:
            yield from self.rows()

    def count(self) -> int:
        """How many rows it has."""
        return self.tally() if self.tally else sum(1 for _ in self.read())


# Source: law.md 4; policy 2.4, 3.1.c, 8.5, 8.6, 10.1.
_TITLES = {
    "R1": N_("Consents and their receipts"),
    "R2": N_("Terms of consents"),
    "R3": N_("Transfers to third parties"),
    "R4": N_("Transfers abroad"),
    "R5": N_("Publications"),
    "R6": N_("Requests of data subjects"),
    "R7": N_("Requests of the authorised body"),
    "R8": N_("Breaches of data security"),
    "R9": N_("Acts of destruction and depersonalisation"),
    "R10": N_("Journal of processing"),
    "R11": N_("Policy versions and lists of personal data"),
    "R12": N_("Recipients and staff with access"),
    "consents": N_("Consents to publication"),
    "prohibitions": N_("What subjects have forbidden to publish"),
    "notices": N_("Notices to the authorised body"),
    "systems": N_("Data systems"),
    "measures": N_("Protective measures"),
    "services": N_("Services of third parties"),
}
_registers: dict[str, Register] = {code: Register(code, title) for code, title in _TITLES.items()}


def shown_by(
    code: str, title: str, rows: Callable[[], Iterable[Row]], *, count: Callable[[], int] | None = None
) -> None:
    """A room tells that it fills a register.

    title  "" keeps the one it has
    rows   answers flat rows, each with the same columns: text, whole numbers, booleans, None; times as `clock.stamp`
           writes them, days as ISO dates; of people ids and codes of fields. It reads by itself, outside transactions
    count  how many, where that is quicker than reading them all
    """
    _registers[code] = Register(code, title or _registers[code].title, rows, count)


def shown() -> list[Register]:
    """Every register, R1 first."""
    return list(_registers.values())


def find(code: str) -> Register:
    """A register by its code, capitals or not. Raises RegisterUnknown."""
    known = {each.casefold(): register for each, register in _registers.items()}
    if code.casefold() not in known:
        raise RegisterUnknown(f"They are {', '.join(_registers)}.")
    return known[code.casefold()]


def _plain(table: str, *columns: str) -> Callable[[], Iterator[Row]]:
    """The rows of a table: number, then `columns`, then when and by whom it was entered."""

    def rows() -> Iterator[Row]:
        for row in models.listing(table):
            yield {"id": row["id"], **{name: row[name] for name in columns}, "at": row["at"], "by": row["by_whom"]}

    return rows


def _transfers(*, abroad: bool) -> Iterator[Row]:
    names = {row["id"]: row["name"] for row in models.listing("recipient")}
    references = {row["id"]: row["reference"] for row in models.listing("notice")}
    for row in models.listing("transfer"):
        if abroad and row["country"] == "KZ":
            continue
        told = {name: row[name] for name in ("id", "at", "person")}
        told |= {"recipient": names.get(row["recipient"], ""), "country": row["country"]}
        told |= {name: row[name] for name in ("fields", "purpose", "basis", "citation")}
        told |= {"consent": database.vault.read(partial(_receipt, row))}
        if abroad:
            told |= {"country_facts_on": row["country_facts_on"], "notice": references.get(row["notice"], "")}
        else:
            told |= {"network": bool(row["network"]), "tell_by": row["tell_by"], "told_on": row["told_on"]}
        yield told | {"by": row["by_whom"]}


def _receipt(row: Row) -> str:
    """The receipt that a transfer rests on; "" where its person was destroyed."""
    if row["consent"] is not None:
        with suppress(vault.PersonUnknown):
            return vault.open(row["person"], "transfer", "consent", bytes(row["consent"]), even_blocked=True)
    return ""


def _prohibitions() -> Iterator[Row]:
    for row in models.listing("prohibition"):
        condition = database.vault.read(partial(publications.condition_of, row))
        told = {"id": row["id"], "person": row["person"], "field": row["field"], "condition": condition}
        yield told | {"at": row["at"], "ended_at": row["ended_at"], "by": row["by_whom"]}


def _requests() -> Iterator[Row]:
    columns = "number authority asks received_at due_on answered_at answer attachments"
    for row in _plain("authority_request", *columns.split())():
        files = json.loads(row["attachments"])
        yield row | {"attachments": " ".join(f"{each['name']} sha256:{each['sha256']}" for each in files)}


def _versions() -> Iterator[Row]:
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
            "effective_on": version.effective_on.isoformat(),
            "material": version.material,
            "approved_on": approval.get("approved_on"),
            "approver": approval.get("approver", ""),
            "data": "; ".join(data),
        }


def _notices() -> Iterator[Row]:
    names = {row["id"]: row["name"] for row in models.listing("recipient")}
    for row in _plain("notice", "kind", "recipient", "reference", "sent_on")():
        yield row | {"recipient": names.get(row["recipient"], "")}


def _systems() -> Iterator[Row]:
    for row in inventory.systems():
        names = ("id", "name", "holds", "place", "country", "software", "owner", "since", "until")
        yield {name: row[name] for name in names} | {"by": row["by_whom"]}


def _measures() -> Iterator[Row]:
    columns = ("kind", "measure", "evidence", "approver", "from_version", "to_version", "ended_at")
    yield from _plain("measure", *columns)()


_OURS = {
    "R3": lambda: _transfers(abroad=False),
    "R4": lambda: _transfers(abroad=True),
    "R5": _plain("publication", *models.TABLES["publication"].split()),
    "R7": _requests,
    "R8": _plain("incident", *models.TABLES["incident"].split()),
    "R9": _plain("act", *models.TABLES["act"].split()),
    "R10": inventory.journal,
    "R11": _versions,
    "R12": _plain("recipient", *models.TABLES["recipient"].split()),
    "consents": _plain("dissemination_consent", *models.TABLES["dissemination_consent"].split()),
    "prohibitions": _prohibitions,
    "notices": _notices,
    "systems": _systems,
    "measures": _measures,
    "services": _plain("service", *models.TABLES["service"].split()),
}
for _code, _rows in _OURS.items():
    shown_by(_code, "", _rows, count=inventory.journal_length if _code == "R10" else None)
