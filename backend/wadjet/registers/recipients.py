"""Who may see the data: recipients and staff (R12), and what the authorised body was told of (notices)."""

from datetime import date, datetime

from .. import clock
from . import models
from .entries import enter, find, note
from .models import Row
from .problems import EntryInvalid

HOME = "KZ"
NOTICES = ("cross-border", "start", "stop")  # policy 10.1; 94-V art. 10-1


def register(
    kind: str,
    name: str,
    *,
    scope: str,
    country: str = HOME,
    duties_on: date | None = None,
    duties_evidence: str = "",
    country_facts: str = "",
    since: date | None = None,
    by: str,
    now: datetime,
) -> int:
    """Enter a recipient, named as the policy names it, or somebody of the staff; answers the number.

    scope  what they may see. Of staff the position and personnel number, no name
    Source: 94-V art. 10(1), 11; policy 11.
    """
    if bool(duties_on) != bool(duties_evidence):
        raise EntryInvalid("duties_on and duties_evidence belong together.", errors=["duties_on", "duties_evidence"])
    return enter(
        "recipient",
        "R12",
        by=by,
        now=now,
        kind=kind,
        name=name,
        country=country,
        scope=scope,
        duties_on=_iso(duties_on),
        duties_evidence=duties_evidence,
        country_facts=country_facts,
        country_facts_on=clock.local_date(now).isoformat() if country_facts else None,
        since=_iso(since or clock.local_date(now)),
    )


def accept_duties(number: int, duties_on: date, duties_evidence: str, *, by: str, now: datetime) -> None:
    """They have undertaken to keep the data to themselves and to the law. Source: 94-V art. 10(1), 11."""
    changed = {"duties_on": duties_on.isoformat(), "duties_evidence": duties_evidence}
    note("recipient", "R12", number, changed, still_empty="duties_on", by=by, now=now)


def tell_of_country(number: int, country_facts: str, *, by: str, now: datetime) -> None:
    """What is known of how the recipient's country protects the data. Source: policy 10.2."""
    changed = {"country_facts": country_facts, "country_facts_on": clock.local_date(now).isoformat()}
    note("recipient", "R12", number, changed, still_empty="country_facts_on", by=by, now=now)


def end_access(number: int, until: date, *, by: str, now: datetime) -> None:
    """From that day on nothing is handed to them."""
    note("recipient", "R12", number, {"until": until.isoformat()}, still_empty="until", by=by, now=now)


def notify_authority(
    kind: str, reference: str, *, sent_on: date, recipient: int | None = None, by: str, now: datetime
) -> int:
    """A notice to the authorised body was sent: of a transfer abroad, of the start or the stop of processing.

    One of a transfer abroad is about a recipient whose country something is known of. Source: policy 10.1, 10.2.
    """
    is_abroad = kind == "cross-border"
    if is_abroad != (recipient is not None):
        raise EntryInvalid("A notice of a transfer abroad names its recipient, any other none.", errors=["recipient"])

    def check() -> None:
        row = find("recipient", recipient) if recipient is not None else None
        if row and row["country"] == HOME:
            raise EntryInvalid("That recipient is in Kazakhstan.", errors=["recipient"])
        if row and (not row["country_facts_on"] or row["country_facts_on"] > sent_on.isoformat()):
            raise EntryInvalid(
                "First note in R12 what is known of the recipient's country (clause 10.2).",
                errors=["country_facts"],
            )

    values = {"kind": kind, "recipient": recipient, "reference": reference, "sent_on": sent_on.isoformat()}
    return enter("notice", "notices", by=by, now=now, check=check, **values)


def look_up(number: int) -> Row | None:
    """A recipient, staff not being one; inside `vault.read` or `write`."""
    row = models.find("recipient", number) if 0 < number < 2**31 else None
    return row if row and row["kind"] == "recipient" else None


def lacks(row: Row | None, now: datetime) -> list[tuple[str, str]]:
    """What keeps data from going to a recipient at all, inside `vault.read` or `write`."""
    if row is None:
        return [("recipient-unregistered", "Register the recipient first.")]
    found, today = [], clock.local_date(now).isoformat()
    if not row["since"] <= today or (row["until"] and row["until"] <= today):
        found.append(("access-over", "The recipient's access has ended or not begun."))
    if not row["duties_on"] or row["duties_on"] > today:
        found.append(("duties-not-accepted", "The recipient has not accepted the duties of the law."))
    if row["country"] != HOME:
        if not row["country_facts_on"]:
            found.append(("country-facts-missing", f"Nothing is known of data protection in {row['country']}."))
        if notice_of(row["id"], now) is None:
            found.append(("notice-missing", "The authorised body was not notified of this transfer abroad."))
    return found


def notice_of(recipient: int, now: datetime) -> int | None:
    """The number of the latest notice of transfers abroad to that recipient."""
    today = clock.local_date(now).isoformat()
    sent = models.rows("notice", "kind = 'cross-border' AND recipient = ? AND sent_on <= ?", recipient, today)
    return int(sent[-1]["id"]) if sent else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
