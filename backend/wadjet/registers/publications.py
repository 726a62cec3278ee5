"""The one way in which anything of a person's is published, and what the person has forbidden (R5).

Publication has a consent of its own, given apart, for one field and one place, and withdrawn apart. What the person
forbids or ties to conditions is kept to; only a state or public interest that a law names goes before it, with its
reason on record. Source: policy 2.9, 2.12, 8.6; 94-V art. 7(3), 15, 24(1)(6).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .. import clock, database, deadlines, vault
from ..settings import Settings
from . import gate, grounds, models
from .entries import find, note, record
from .grounds import CONSENT
from .problems import EntryInvalid, EntryMoved, PublicationRefused
from .suspension import is_suspended

METHODS = ("web_checkbox", "email_otp", "sms_otp", "eds", "paper", "private_service", "state_service", "email")
INTERESTS = ("state", "public")
_ENDED = "It has ended already, or never was."


@dataclass(frozen=True)
class Override:
    """Why a prohibition does not stand in the way: whose `interest`, and the law that says so."""

    interest: str
    reason: str


@dataclass(frozen=True)
class Prohibition:
    """What a person forbids about a field that may be published; `condition` "": altogether."""

    number: int
    field: str
    condition: str
    since: str


def allow(
    person: str, fields: Sequence[str], place: str, *, method: str, evidence: str, by: str, now: datetime
) -> list[int]:
    """The person has consented to publication, by itself: an entry for each field.

    place   where, as `publish` will name it; method: a word of METHODS; evidence: where the consent itself is kept
    Raises EntryInvalid, PersonUnknown, PersonBlocked, ReasonUnfit. Source: 94-V art. 7(3), 8(4)(6); law.md 2.2.
    """
    good = {"place": bool(place.strip()), "method": method in METHODS, "evidence": bool(evidence.strip())}
    wrong = ["fields"] * bool(gate.field_lacks(fields)) + [name for name, is_good in good.items() if not is_good]
    if wrong:
        raise EntryInvalid(f"Mend {', '.join(wrong)}; a method is one of {', '.join(METHODS)}.", errors=wrong)

    def write() -> list[int]:
        vault.unlock(person)
        for text in (place, evidence):
            vault.check_words(person, text)
        values = {"person": person, "place": place, "method": method, "evidence": evidence}
        numbers = []
        for field in fields:
            number = models.insert("dissemination_consent", at=clock.stamp(now), by_whom=by, field=field, **values)
            record("consents", number, "given", by=by, now=now, field=field, method=method)
            numbers.append(number)
        return numbers

    return database.vault.write(write)


def end_consent(number: int, *, by: str, settings: Settings, now: datetime) -> None:
    """The person withdraws a consent to publication; what stands published under it is to go. Starts D9."""
    due = deadlines.due_on("D9", now, settings)

    def write() -> None:
        row = models.find("dissemination_consent", number)
        if row is None or not _close(row, due, by=by, now=now):
            raise EntryMoved(_ENDED)

    database.vault.write(write)


def end_consents(person: str, *, until: datetime | None = None, by: str, settings: Settings, now: datetime) -> None:
    """The person withdraws every consent to publication, but those given after `until`; twice is once. Starts D9."""
    due = deadlines.due_on("D9", now, settings)

    def write() -> None:
        for row in _standing(person):
            if until is None or row["at"] <= clock.stamp(until):
                _close(row, due, by=by, now=now)

    database.vault.write(write)


def end_all(person: str, *, by: str, now: datetime) -> None:
    """The person is destroyed: nothing of theirs may stay published. Inside `vault.write`. Starts D9."""
    due = deadlines.due_on("D9", now)
    for row in _standing(person):
        _close(row, due, by=by, now=now)
    for row in models.rows("publication", "person = ? AND removed_at IS NULL", person):
        models.change("publication", row["id"], {"remove_by": due.isoformat()}, still_empty="remove_by")


def prohibit(person: str, field: str, condition: str = "", *, by: str, settings: Settings, now: datetime) -> int:
    """The person forbids the publication of a field, or ties it to a condition; answers the number. Starts D9.

    It is taken from somebody who is blocked too. Raises PersonUnknown, EntryInvalid. Source: policy 8.6.
    """
    if gate.field_lacks([field]):
        raise EntryInvalid(f"Name a field of {', '.join(gate.FIELDS)}.", errors=["field"])
    due = deadlines.due_on("D9", now, settings)

    def write() -> int:
        sealer = vault.unlock(person, even_blocked=True)
        sealed = sealer.seal("prohibition", "condition", condition) if condition else None
        values = {"person": person, "field": field, "condition": sealed}
        number = models.insert("prohibition", at=clock.stamp(now), by_whom=by, **values)
        record("prohibitions", number, "made", by=by, now=now, field=field, kind="condition" if condition else "ban")
        _take_down(person, field, due)
        return number

    return database.vault.write(write)


def end_prohibition(number: int, *, by: str, now: datetime) -> None:
    """The person allows again what they had forbidden."""

    def write() -> None:
        if not models.change("prohibition", number, {"ended_at": clock.stamp(now)}, still_empty="ended_at"):
            raise EntryMoved(_ENDED)
        record("prohibitions", number, "ended", by=by, now=now)

    database.vault.write(write)


def prohibitions(person: str) -> list[Prohibition]:
    """What stands forbidden of a person's data, inside `vault.read` or `write`."""
    found = []
    for row in models.rows("prohibition", "person = ? AND ended_at IS NULL", person):
        found.append(Prohibition(row["id"], row["field"], condition_of(row), row["at"]))
    return found


def read_condition(number: int, *, by: str, now: datetime) -> str:
    """The words of a condition for a member of the staff, on record.

    Raises EntryUnknown, PersonBlocked. Source: policy 2.2, 9.1.
    """

    def write() -> str:
        row = find("prohibition", number)
        vault.unlock(row["person"])
        words = condition_of(row)
        record("prohibitions", number, "read", act="extract", by=by, now=now)
        return words

    return database.vault.write(write)


def condition_of(row: models.Row) -> str:
    """The words of a condition, which only the person's key opens; of the blocked too, to keep to it."""
    if row["condition"] is None:
        return ""
    sealed = bytes(row["condition"])
    return vault.open(row["person"], "prohibition", "condition", sealed, even_blocked=True)


def publish(
    person: str,
    fields: Sequence[str],
    place: str,
    *,
    basis: str = CONSENT,
    citation: str = "",
    met: Collection[int] = (),
    override: Override | None = None,
    by: str,
    now: datetime,
) -> int:
    """Enter a publication, before it is made; answers its number. Outside transactions.

    met       numbers of the conditions that this publication keeps to
    override  a state or public interest that goes before what the person forbade; never before a missing consent
    Raises PublicationRefused naming all that is missing; PersonUnknown, ReasonUnfit.
    Source: policy 2.9, 2.12, 8.6; 94-V art. 7(3), 15, 22(1)(5).
    """

    def write() -> int:
        lacks = [*gate.person_lacks(person), *gate.field_lacks(fields), *grounds.lacks(basis, citation)]
        if not place.strip():
            lacks.append(("place-missing", "Say where it is published."))
        consents, more = _consents(person, fields, place) if basis == CONSENT else ([], [])
        lacks += more + _forbidden(person, fields, met, override)
        if lacks:
            raise PublicationRefused(lacks)
        why = f"{override.interest}: {override.reason}" if override else ""
        for text in (place, citation, why):
            vault.check_words(person, text)
        values: dict[str, Any] = {"fields": " ".join(fields), "basis": basis, "citation": citation, "place": place}
        number = models.insert(
            "publication",
            at=clock.stamp(now),
            by_whom=by,
            person=person,
            consents=" ".join(map(str, consents)),
            conditions=" ".join(map(str, sorted(met))),
            override=why,
            removal="",
            **values,
        )
        record("R5", number, "published", act="distribute", by=by, now=now, fields=values["fields"], basis=basis)
        return number

    return database.vault.write(write)


def unpublish(number: int, removal: str, *, by: str, now: datetime) -> None:
    """What was published is gone from there. Raises EntryUnknown, EntryMoved. Ends D9. Source: 94-V art. 6."""
    changed = {"removed_at": clock.stamp(now), "removal": removal}
    note("publication", "R5", number, changed, still_empty="removed_at", by=by, now=now, act="delete")


def _consents(person: str, fields: Sequence[str], place: str) -> tuple[list[int], list[tuple[str, str]]]:
    given = models.rows("dissemination_consent", "person = ? AND place = ? AND ended_at IS NULL", person, place)
    by_field = {row["field"]: row["id"] for row in given if not is_suspended(person, "", row["at"])}
    numbers = sorted({by_field[field] for field in fields if field in by_field})
    without = [field for field in fields if field not in by_field]
    if not without:
        return numbers, []
    return numbers, [("consent-missing", f"No consent of its own to publish there: {', '.join(without)}.")]


def _forbidden(
    person: str, fields: Sequence[str], met: Collection[int], override: Override | None
) -> list[tuple[str, str]]:
    if override:
        if override.interest in INTERESTS and override.reason.strip():
            return []
        return [("override-unfounded", "Name whose interest it is, state or public, and the law that says so.")]
    standing = [each for each in prohibitions(person) if each.field in fields]
    banned = sorted({each.field for each in standing if not each.condition})
    open_ones = [each for each in standing if each.condition and each.number not in met]
    lacks = []
    if banned:
        lacks.append(("forbidden", f"The person has forbidden to publish: {', '.join(banned)}."))
    if open_ones:
        told = "; ".join(f"{each.field} (prohibition {each.number})" for each in open_ones)
        lacks.append(("condition-open", f"Say that the person's conditions are met: {told}."))
    return lacks


def _standing(person: str) -> list[models.Row]:
    return models.rows("dissemination_consent", "person = ? AND ended_at IS NULL", person)


def _close(row: models.Row, due: date, *, by: str, now: datetime) -> bool:
    """A consent to publication ends, inside `vault.write`; whether it stood."""
    if not models.change("dissemination_consent", row["id"], {"ended_at": clock.stamp(now)}, still_empty="ended_at"):
        return False
    record("consents", row["id"], "ended", by=by, now=now)
    _take_down(row["person"], row["field"], due, row["place"])
    return True


def _take_down(person: str, field: str, due: date, place: str | None = None) -> None:
    """Give what stands published of a field its last day. Source: 94-V art. 6; D9."""
    for row in models.rows("publication", "person = ? AND removed_at IS NULL", person):
        if field in row["fields"].split() and place in (None, row["place"]):
            models.change("publication", row["id"], {"remove_by": due.isoformat()}, still_empty="remove_by")
