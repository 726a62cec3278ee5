"""What the registers lack: what was never entered, or does not go together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .. import clock, database, vault
from . import catalogue, inventory, models

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written
# Above it an operator of restricted-access data counts as large. Source: 94-V art. 10-1, 25-1; for counsel.
SMALL = 10_000


@dataclass(frozen=True)
class Gap:
    """Something that is missing: a sentence for the catalogues, and what fills the places in it."""

    sentence: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence % self.values


def missing(code: str, *, now: datetime) -> list[Gap]:
    """What a register lacks."""
    register = catalogue.find(code)
    if register.rows is None:
        return [Gap(N_("no room of this release fills it"))]
    look = _LOOKS.get(register.code)
    return list(look(clock.local_date(now).isoformat())) if look else []


def _recipients(today: str) -> Iterator[Gap]:
    standing = database.vault.read(lambda: models.rows("recipient", "until IS NULL OR until > ?", today))
    if not any(row["kind"] == "staff" for row in standing):
        yield Gap(N_("nobody of the staff is entered"))
    if idle := [str(row["id"]) for row in standing if not row["duties_on"]]:
        yield Gap(N_("duties not accepted: %(which)s"), {"which": " ".join(idle)})
    if unknown := [str(row["id"]) for row in standing if row["country"] != "KZ" and not row["country_facts_on"]]:
        yield Gap(N_("nothing known of the country: %(which)s"), {"which": " ".join(unknown)})


def _notices(_today: str) -> Iterator[Gap]:
    def look() -> tuple[int, int]:
        return vault.count(), models.count("notice", "kind = 'start'")

    people, told = database.vault.read(look)
    if people > SMALL and not told:
        yield Gap(
            N_("%(people)s people: a large operator notifies the authorised body of the start of processing (D17)"),
            {"people": f"{people:,}"},
        )


def _acts(_today: str) -> Iterator[Gap]:
    if bare := database.vault.read(lambda: models.count("act", "backups_until IS NULL AND act = 'depersonalise'")):
        yield Gap(N_("acts without the day the last backup goes: %(count)s"), {"count": bare})


def _versions(_today: str) -> Iterator[Gap]:
    if bare := [str(row["version"]) for row in catalogue.find("R11").read() if not row["approver"]]:
        yield Gap(N_("versions without an approval: %(which)s"), {"which": " ".join(bare)})


def _systems(_today: str) -> Iterator[Gap]:
    if bare := [row["name"] for row in inventory.systems() if not row["until"] and not row["place"]]:
        yield Gap(N_("nobody has said where it stands: %(which)s"), {"which": " ".join(bare)})
    if abroad := [row["name"] for row in inventory.systems() if not row["until"] and row["country"] not in ("", "KZ")]:
        yield Gap(N_("not in Kazakhstan (art. 12(2)): %(which)s"), {"which": " ".join(abroad)})


def _measures(_today: str) -> Iterator[Gap]:
    standing = database.vault.read(lambda: inventory.measures(inventory.measures_version()))
    if bare := [kind for kind in inventory.MEASURES if kind not in {row["kind"] for row in standing}]:
        yield Gap(N_("none of this kind: %(which)s"), {"which": " ".join(bare)})


_LOOKS: dict[str, Callable[[str], Iterator[Gap]]] = {
    "R9": _acts,
    "R11": _versions,
    "R12": _recipients,
    "notices": _notices,
    "systems": _systems,
    "measures": _measures,
}
