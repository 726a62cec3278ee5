"""What went wrong with the protection of the data, and the notice the authorised body gets of it (R8).

Source: 94-V art. 1(15-1), 25(2)(8); D5: one working day from detection.
"""

from collections.abc import Sequence
from datetime import datetime

from .. import clock, database, deadlines, paper
from ..settings import LANGUAGES, Settings
from . import gate, tables
from .entries import enter, find, note
from .problems import EntryInvalid

KINDS = ("access", "dissemination", "change", "destruction")  # unauthorised or unlawful; art. 1(15-1)
NOTICE_LANGUAGES = ("ru", "kk")


def detect(
    kind: str,
    scope: str,
    *,
    detected_at: datetime,
    fields: Sequence[str] = (),
    people: int | None = None,
    measures: str = "",
    by: str,
    settings: Settings,
    now: datetime,
) -> int:
    """Enter a breach; answers its number. Starts D5.

    kind    a word of KINDS; scope: what happened to what, naming nobody; people: how many, None: not known yet
    fields  codes of what is concerned; measures: what was done at once
    """
    if detected_at > now:
        raise EntryInvalid("It cannot have been detected after now.", errors=["detected_at"])
    if fields and gate.field_lacks(fields):
        raise EntryInvalid(f"Name fields of {', '.join(gate.FIELDS)}.", errors=["fields"])
    return enter(
        "incident",
        "R8",
        by=by,
        now=now,
        kind=kind,
        detected_at=clock.stamp(detected_at),
        scope=scope,
        people=people,
        fields=" ".join(fields),
        measures=measures,
        due_on=deadlines.due_on("D5", detected_at, settings).isoformat(),
        reference="",
        follow_up="",
    )


def notified(number: int, reference: str, *, by: str, now: datetime) -> None:
    """The notice went to the authorised body under this number. Raises EntryUnknown, EntryMoved. Ends D5."""
    changed = {"notified_at": clock.stamp(now), "reference": reference}
    note("incident", "R8", number, changed, still_empty="notified_at", by=by, now=now)


def close(number: int, follow_up: str, *, by: str, now: datetime) -> None:
    """What was learned and changed; the incident is over. Raises EntryUnknown, EntryMoved, EntryInvalid."""

    if not database.vault.read(lambda: find("incident", number))["notified_at"]:
        raise EntryInvalid("Note the notice to the authorised body first.", errors=["reference"])
    changed = {"closed_at": clock.stamp(now), "follow_up": follow_up}
    note("incident", "R8", number, changed, still_empty="closed_at", by=by, now=now)


def notice(number: int, language: str, *, settings: Settings) -> str:
    """The notice's text, to be signed and sent; what is not known is a line to fill. Raises EntryUnknown."""
    row = database.vault.read(lambda: find("incident", number))
    operator = settings.operator

    def said(words: dict[str, str]) -> str:
        return next((words[tag] for tag in (language, *LANGUAGES) if words.get(tag)), "")

    return paper.render(
        "registers/breach-notice.txt",
        language=language,
        incident=row | {"fields": [tables.WORDS[each] for each in row["fields"].split()]},
        detected=clock.parse(row["detected_at"]).astimezone(clock.LOCAL),
        operator=operator,
        name=said(dict(operator.name)),
        address=said(dict(operator.address)),
        responsible=said(dict(operator.responsible)),
        authority=said(dict(operator.authority)),
    )
