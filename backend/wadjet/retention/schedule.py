"""When must it go? Pure: what is known of a record, and the day, to the verdict.

Days are local days of Kazakhstan. `on` is the first day on which a record may not be kept any more; the run of that day
destroys it, at the latest the one of the next working day (D13). The day on which a consent is withdrawn, an enquiry
settled or a term over is the last: due is the day after. A term counts from the day of consent.
Source: policy 5.6, 5.7, 8.4, 8.8, 8.9; 94-V art. 12(2), 18.
"""

from dataclasses import dataclass
from datetime import date, timedelta

UNCONFIRMED_DAYS = 30  # a message whose writer never said that it is theirs may be anybody's
LETTER_DAYS = 30  # a letter's row after the letter
NEEDS_THE_WORDS = "feedback"  # the purpose that is achieved when an enquiry is settled
NEEDS_LITTLE = "marketing"  # the purpose for which first name and address will do (policy 6)


@dataclass(frozen=True)
class Ground:
    """Why something goes. `article`: what of the law, `clause`: what of the policy says so.

    act  the reason in the words of art. 18, as the register of acts has it
    """

    code: str
    act: str
    article: str
    clause: str

    @property
    def citation(self) -> str:
        """In figures alone: it is written beside a destroyed person for ever and must be nobody's name."""
        return f"{self.clause}; 94-V: {self.article}"


GROUNDS = {
    ground.code: ground
    for ground in (
        Ground("purpose-achieved", "retention-over", "12(2), 18", "8.9"),
        Ground("term-over", "retention-over", "12(2), 18", "8.4, 8.9"),
        Ground("withdrawn", "withdrawn", "8(7), 18", "8.4.b, 8.9"),
        Ground("not-confirmed", "no-consent", "18", "3.1.a, 8.9"),
        Ground("request-over", "retention-over", "12(2), 18", "5.7, 8.8"),
        Ground("nothing-kept", "retention-over", "12(2), 18", "8.8"),
        Ground("letter-over", "retention-over", "12(2)", "5.7"),
        Ground("arrival-over", "retention-over", "12(2)", "5.7"),
        Ground("stale", "", "13", "4.2.b, 5.6"),
        Ground("proof-over", "retention-over", "12(2), 18", "5.7, 8.8"),
    )
}


@dataclass(frozen=True)
class Purpose:
    """A purpose that was consented to. `days`: its term; ended_on: when it was withdrawn, None while it stands."""

    key: str
    days: int
    ended_on: date | None = None


@dataclass(frozen=True)
class Message:
    """What decides about a message. closed_on: when the enquiry was settled."""

    given_on: date
    purposes: tuple[Purpose, ...]
    closed_on: date | None = None
    is_confirmed: bool = True
    is_reduced: bool = False


@dataclass(frozen=True)
class Due:
    """It must go: `destroy`, or `delete` of it what is needed no more. `until`: when what is left is due itself."""

    act: str
    ground: str
    on: date
    until: date | None = None


@dataclass(frozen=True)
class Kept:
    """It stays until it is to be looked at again on that day; `purposes`: those that stand."""

    until: date
    purposes: tuple[str, ...]


@dataclass(frozen=True)
class Hold:
    """A law keeps what is known of a person, through that day."""

    law: str
    until: date


def message(it: Message, today: date) -> Due | Kept:
    """What becomes of a message: of its purposes the last one decides, and the news need little of it."""
    ends = [(purpose, *_end(it, purpose)) for purpose in it.purposes]
    on, ground = max(((end, why) for _, end, why in ends), default=(it.given_on, "term-over"))
    if not it.is_confirmed:
        on, ground = min((on, ground), (_after(it.given_on, UNCONFIRMED_DAYS), "not-confirmed"))
    if on <= today:
        return Due("destroy", ground, on)
    needing = [(end, why) for purpose, end, why in ends if purpose.key != NEEDS_LITTLE]
    words_on, words_ground = max(needing, default=(it.given_on, "term-over"))
    if words_on <= today and not it.is_reduced:
        return Due("delete", words_ground, words_on, until=on)
    purposes = tuple(purpose.key for purpose, end, _ in ends if end > today and not _is_over(it, purpose))
    return Kept(on if it.is_reduced else min(on, words_on), purposes)


def _is_over(it: Message, purpose: Purpose) -> bool:
    """Whether a purpose counts no more although its day is not over: it was withdrawn, or achieved."""
    return purpose.ended_on is not None or (it.closed_on is not None and purpose.key == NEEDS_THE_WORDS)


def _end(it: Message, purpose: Purpose) -> tuple[date, str]:
    """The day on which a purpose counts no more, and why: whatever came first."""
    ends = [(_after(it.given_on, purpose.days), "term-over")]
    if purpose.ended_on:
        ends.append((_after(purpose.ended_on), "withdrawn"))
    if it.closed_on and purpose.key == NEEDS_THE_WORDS:
        ends.append((_after(it.closed_on), "purpose-achieved"))
    return min(ends)


def _after(day: date, days: int = 0) -> date:
    """The day after that many days are over."""
    return day + timedelta(days=days + 1)


def words(ended_on: date, days: int, today: date) -> Due | None:
    """What becomes of what was said in a request that ended; `days`: the setting."""
    on = _after(ended_on, days)
    return Due("destroy", "request-over", on) if on <= today else None


def proof_ends_before(years: int, today: date) -> date:
    """Receipts go whose consent had its last day before this one; a year is 365 days, never more than a calendar's."""
    return today - timedelta(days=365 * years)


def letters_before(today: date) -> date:
    """The rows of letters go that were due before this day."""
    return today - timedelta(days=LETTER_DAYS)


def arrivals_before(days: int, today: date) -> date:
    """Of messages that were last met before this day it is not known any more that they came; `days`: the setting."""
    return today - timedelta(days=days)


def suspension(*, is_blocked: bool, hold: Hold | None, request: str = "", today: date) -> str:
    """Why nothing of a person may be destroyed, "" where it may.

    request  which of theirs waits for what is held. Source: 94-V art. 1(3), 8(7), 24(1)(1); policy 2.2, 4.1.a.
    """
    if is_blocked:
        return "blocked"
    if hold and hold.until >= today:
        return f"held until {hold.until.isoformat()}: {hold.law}"
    return f"awaited: request {request}" if request else ""


def is_stale(heard_on: date, asked_on: date | None, days: int, today: date) -> bool:
    """Whether somebody is to be asked if what is known of them is still right: once, until they are heard of again."""
    return heard_on + timedelta(days=days) <= today and (asked_on is None or asked_on < heard_on)
