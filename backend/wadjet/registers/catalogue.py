"""Which registers there are, and their rows, flat, in the order they were entered."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from . import inventory
from . import rows as ours
from .models import Row
from .problems import RegisterUnknown
from .rows import Page, Shelf, number_of

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written


@dataclass(frozen=True)
class Register:
    """A register: its code, its title, its rows. `rows` is None while no room of this release fills it.

    tally    how many there are; page: the newest of them (`shown_by`); opened: the same with what is sealed
    find     one by its number, where they have any
    waiting  of those that wait: how many, how many are late, the next day by which one is due (`shown_by`)
    """

    code: str
    title: str
    rows: Callable[[], Iterable[Row]] | None = None
    tally: Callable[[], int] | None = None
    page: Callable[[str, int], Page] | None = None
    opened: Callable[[str, int], Page] | None = None
    find: Callable[[int], Row | None] | None = None
    waiting: Callable[[str, int], tuple[int, int, str]] | None = None

    @property
    def columns(self) -> list[str]:
        """What each of its rows has, in order."""
        return _COLUMNS.get(self.code, "").split()

    def read(self) -> Iterator[Row]:
        """Its rows."""
        if self.rows is not None:
            yield from self.rows()

    def count(self) -> int:
        """How many rows it has."""
        return self.tally() if self.tally else sum(1 for _ in self.read())

    def newest(self, after: str = "", limit: int = 50, *, is_opening: bool = False) -> Page:
        """A page, the newest row first, and what asks for the next one; `after`: what the page before it said."""
        if turn := (self.opened if is_opening else None) or self.page:
            return turn(after, limit)
        start = number_of(after) or 0  # these are few
        found = list(self.read())[::-1]
        return found[start : start + limit], str(start + limit) if len(found) > start + limit else ""


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
    "recalls": N_("What recipients are to be told"),
    "consents": N_("Consents to publication"),
    "prohibitions": N_("What subjects have forbidden to publish"),
    "notices": N_("Notices to the authorised body"),
    "systems": N_("Data systems"),
    "measures": N_("Protective measures"),
    "services": N_("Services of third parties"),
}
_COLUMNS = {  # what every row has, and a file without rows for its heading
    "R1": "receipt recorded_at event site version digest text language allowed refused proof status sha256",
    "R2": "receipt purpose since term ends_on ended_at end_reason",
    "R3": "id at person recipient country fields purpose basis citation consent network tell_by told_on by",
    "R4": "id at person recipient country fields purpose basis citation consent country_facts_on notice by",
    "R5": "id person fields place basis citation consents conditions override remove_by removed_at removal at by",
    "R6": "id kind channel received_at deadline due_on state ended_at ground by proof",
    "R7": "id number authority asks received_at due_on answered_at answer attachments at by",
    "R8": "id kind detected_at scope people fields measures due_on notified_at reference follow_up closed_at at by",
    "R9": "id act object ground citation method backups_until at by",
    "R10": "database seq at act event by about facts",
    "R11": "version digest languages published_at effective_on material approved_on approver data",
    "R12": "id kind name country scope duties_on duties_evidence country_facts country_facts_on since until at by",
    "consents": "id person field place method evidence ended_at at by",
    "prohibitions": "id person field condition at ended_at by",
    "recalls": "id person recipient kind transfers fields due_on passed_on at by",
    "notices": "id kind recipient reference sent_on at by",
    "systems": "id name holds place country software owner since until by",
    "measures": "id kind measure evidence approver from_version to_version ended_at at by",
    "services": "id name purpose data country policy_url since until at by",
    "statistics": "month language messages",
}
_registers: dict[str, Register] = {code: Register(code, title) for code, title in _TITLES.items()}


def shown_by(
    code: str,
    title: str,
    rows: Callable[[], Iterable[Row]],
    *,
    count: Callable[[], int] | None = None,
    page: Callable[[str, int], Page] | None = None,
    waiting: Callable[[str, int], tuple[int, int, str]] | None = None,
) -> None:
    """A room tells that it fills a register.

    title  "" keeps the one it has
    rows   answers flat rows, each with the same columns: text, whole numbers, booleans, None; times as `clock.stamp`
           writes them, days as ISO dates; of people ids and codes of fields. It reads by itself, outside transactions
    count  how many, where that is quicker than reading them all
    page   page(after, limit): the newest rows and the place of the next ones, found by an index; where they may be many
    waiting  waiting(today, most): how many rows wait, how many of them are late, both counted to `most`, and the first
           day by which one is due, "" without any
    """
    _registers[code] = Register(code, title or _registers[code].title, rows, count, page, waiting=waiting)


def shown() -> list[Register]:
    """Every register, R1 first."""
    return list(_registers.values())


def find(code: str) -> Register:
    """A register by its code, capitals or not. Raises RegisterUnknown."""
    known = {each.casefold(): register for each, register in _registers.items()}
    if code.casefold() not in known:
        raise RegisterUnknown(f"They are {', '.join(_registers)}.")
    return known[code.casefold()]


def _kept(code: str, shelf: Shelf) -> None:
    opened = partial(shelf.page, is_opening=True)
    _registers[code] = Register(code, _TITLES[code], shelf.rows, page=shelf.page, opened=opened, find=shelf.find)


_SHELVES = {
    "R3": ours.transfers(abroad=False),
    "R4": ours.transfers(abroad=True),
    "R5": ours.plain("publication"),
    "R7": ours.authority_requests(),
    "R8": ours.plain("incident"),
    "R9": ours.plain("act"),
    "R12": ours.plain("recipient"),
    "recalls": ours.named("recall"),
    "consents": ours.plain("dissemination_consent"),
    "prohibitions": ours.prohibitions(),
    "notices": ours.named("notice", "kind", "recipient", "reference", "sent_on"),
    "measures": ours.plain("measure"),
    "services": ours.plain("service"),
}
for _code, _shelf in _SHELVES.items():
    _kept(_code, _shelf)
shown_by("R10", "", inventory.journal, count=inventory.journal_length, page=inventory.journal_page)
shown_by("R11", "", ours.versions)
shown_by("systems", "", ours.systems)
