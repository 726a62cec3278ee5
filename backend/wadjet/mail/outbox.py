"""The letters that wait. A row names what a letter is about; the letter itself is composed when it is sent.

A row is claimed by compare-and-swap on (state, next_at), for the time of a lease, so any number of workers may look at
the same rows. Whoever claims and dies leaves a lease that ends; the letter then goes once more under the same
Message-ID. So a letter is sent at least once, and twice only where nobody could tell that it had been sent.

Times are whole hours where they can be: to the second they would tell which receipt was given by whom (policy 5.3).
"""

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from .. import clock, database, ledger
from ..problems import Unavailable
from ..settings import Settings
from . import messages, transports
from .messages import Letter
from .problems import LetterInvalid

LEASE = timedelta(minutes=10)  # longer than a round and the slowest delivery after it
GIVE_UP = timedelta(days=5)  # Source: RFC 5321 4.5.4.1
_WAIT = timedelta(minutes=30)  # until what may not be made yet is looked at again
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(days=1)
_ROUND_ROWS, _ROUND_SECONDS = 500, 60.0
_PAGE_ROWS = 1000


class NotYet(Exception):
    """What a composer raises where the letter may not be made for now, for as long as that lasts."""


Compose = Callable[[str, Settings, datetime], Letter | None]
_COMPOSERS: dict[str, Compose] = {}
_log = logging.getLogger(__name__)


class Row(NamedTuple):
    """A letter to be sent.

    kind      which of the registered messages; about: the id of what it is about
    state     `queued`, `sending`, `sent`, `dead`: given up, or `dropped`: put aside by the staff after that
    next_at   when it is to be looked at again; while it is sent, the end of the lease; "" for never
    error     why it has not been sent, a code
    """

    id: str
    kind: str
    about: str
    state: str
    attempts: int
    next_at: str
    error: str
    created_at: str


@dataclass(frozen=True)
class Round:
    """What came of sending what was due.

    dropped    there was nothing to send any more; delayed: to be tried again; dead: given up
    fault      why nothing can be sent, a word of FAULTS; "" when all is well
    has_more   whether something due was left
    """

    sent: int = 0
    dropped: int = 0
    delayed: int = 0
    dead: int = 0
    fault: str = ""
    has_more: bool = False


# The names in these statements are our own columns', never anybody's input.
_COLUMNS = ", ".join(Row._fields)
_INSERT = f"INSERT INTO outgoing ({_COLUMNS}) VALUES (?, ?, ?, 'queued', 0, ?, '', ?)"  # noqa: S608
_DUE = f"""
SELECT {_COLUMNS} FROM outgoing WHERE state IN ('queued', 'sending') AND next_at <= ? ORDER BY next_at LIMIT ?"""  # noqa: S608
_CLAIM = "UPDATE outgoing SET state = 'sending', next_at = ? WHERE id = ? AND state = ? AND next_at = ?"
_FINISH = """
UPDATE outgoing SET state = ?, attempts = ?, next_at = ?, error = ?
WHERE id = ? AND state = 'sending' AND next_at = ?"""
_POSTPONE = """
UPDATE outgoing SET state = 'queued', next_at = ?, created_at = ? WHERE id = ? AND state = 'sending' AND next_at = ?"""
_DROP = "DELETE FROM outgoing WHERE id = ? AND state = 'sending' AND next_at = ?"
_FORGET = "DELETE FROM outgoing WHERE about = ?"
_COUNT_SENT = "SELECT count(*) FROM outgoing WHERE state = 'sent' AND created_at < ?"
_COUNT_DROPPED = "SELECT count(*) FROM outgoing WHERE state = 'dropped' AND state <> 'sent' AND created_at < ?"
_FORGET_SENT = "DELETE FROM outgoing WHERE state = 'sent' AND created_at < ?"
_FORGET_DROPPED = "DELETE FROM outgoing WHERE state = 'dropped' AND state <> 'sent' AND created_at < ?"
_REVIVE = "UPDATE outgoing SET state = 'queued', attempts = 0, next_at = ?, created_at = ? WHERE state = 'dead'"
_PUT_ASIDE = "UPDATE outgoing SET state = 'dropped' WHERE state = 'dead' AND state <> 'sent'"
# As the index has it, so that SQLite takes it.
_LEFT = f"""
SELECT {_COLUMNS} FROM outgoing WHERE state = ? AND state <> 'sent' ORDER BY created_at, id LIMIT ?"""  # noqa: S608
_AMISS = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM outgoing WHERE state = 'dead' AND state <> 'sent' LIMIT ?) AS dead),
       (SELECT count(*) FROM incoming WHERE state = 'quarantined' AND state IN ('failed', 'quarantined'))"""
_COUNT = "SELECT state, count(*) FROM outgoing GROUP BY state"
_PAGE = f"SELECT {_COLUMNS} FROM outgoing WHERE (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?"  # noqa: S608


def composes(kind: str) -> Callable[[Compose], Compose]:
    """Decorate the function that makes the letters of this kind: `about`, settings and the time in, the letter out.

    It is called outside any transaction, in a thread of ours, and may be called more than once for one letter.
    None: there is nothing to send any more; the row goes. It raises NotYet where the letter has to wait.
    """

    def register(function: Compose) -> Compose:
        _COMPOSERS[kind] = function
        return function

    return register


def enqueue(kind: str, about: str, *, now: datetime) -> None:
    """Have a letter sent soon; call it inside `database.vault.write`, with the rows it tells of."""
    hour = _hour(now)
    database.vault.execute(_INSERT, secrets.token_urlsafe(16), kind, about, hour, hour)


def is_known(kind: str, about: str) -> bool:
    """Whether there is such a letter, sent or not; inside `vault.read` or `write`."""
    return (
        database.vault.execute("SELECT 1 FROM outgoing WHERE about = ? AND kind = ?", about, kind).fetchone()
        is not None
    )


def waiting(kind: str, about: Collection[str]) -> set[str]:
    """About which of these, 500 at most, such a letter has not gone yet; inside `vault.read` or `write`."""
    marks = ", ".join("?" * len(about))
    statement = f"SELECT about FROM outgoing WHERE kind = ? AND state IN ('queued', 'sending') AND about IN ({marks})"  # noqa: S608
    return {row[0] for row in database.vault.execute(statement, kind, *about).fetchall()} if about else set()


def forget(about: str) -> None:
    """Leave no row of what is destroyed; call it inside `database.vault.write`."""
    database.vault.execute(_FORGET, about)


def over_before(moment: datetime) -> int:
    """How many rows there are of letters that were due before a time and were sent or put aside."""

    def work() -> int:
        execute, before = database.vault.execute, clock.stamp(moment)
        return sum(int(execute(each, before).fetchone()[0]) for each in (_COUNT_SENT, _COUNT_DROPPED))

    return database.vault.read(work)


def forget_over(before: datetime) -> int:
    """Leave no row of those; call it inside `database.vault.write`. Answers how many went."""
    execute, at = database.vault.execute, clock.stamp(before)
    return sum(int(execute(each, at).rowcount) for each in (_FORGET_SENT, _FORGET_DROPPED))


def revive(now: datetime, *, by: str = "") -> int:
    """Have every letter that was given up tried again, as if it were new; answers how many there were.

    by  who of the staff wants it; on the machine itself whoever it is needs no name
    """
    hour = _hour(now)
    return _decide("revived", _REVIVE, hour, hour, by=by, now=now)


def put_aside(now: datetime, *, by: str = "") -> int:
    """Have no letter that was given up tried or told of any more; answers how many there were. `by`: as above."""
    return _decide("put-aside", _PUT_ASIDE, by=by, now=now)


def _decide(what: str, statement: str, *values: str, by: str, now: datetime) -> int:
    """What becomes of the letters that were given up."""

    def work() -> int:
        count = int(database.vault.execute(statement, *values).rowcount)
        if count and by:
            event = f"mail:letters:{what}"
            ledger.append("use", event, about="", at=now, store=database.vault, by=by, letters=count)
        return count

    return database.vault.write(work)


def left(state: str, limit: int) -> list[Row]:
    """Some of the letters in a state other than `sent`, the oldest first; few rows are read, however many there are."""
    rows = database.vault.read(lambda: database.vault.execute(_LEFT, state, limit).fetchall())
    return [Row(*values) for values in rows]


def amiss(most: int) -> tuple[int, int]:
    """How many letters were given up, so many at most, and how many messages lie aside unread; in one question."""
    row = database.vault.read(lambda: database.vault.execute(_AMISS, most).fetchone())
    return int(row[0]), int(row[1])


def counts() -> dict[str, int]:
    """How many rows are in each state."""
    return dict(database.vault.read(lambda: database.vault.execute(_COUNT).fetchall()))


def listing() -> Iterator[Row]:
    """Every row, the oldest first; read a page at a time."""
    place = ("", "")
    while page := database.vault.read(
        partial(lambda after: list(database.vault.execute(_PAGE, *after, _PAGE_ROWS).fetchall()), place)
    ):
        rows = [Row(*values) for values in page]
        yield from rows
        place = (rows[-1].created_at, rows[-1].id)


def send_due(settings: Settings, now: datetime, *, is_over: Callable[[], bool] = lambda: False) -> Round:
    """Send what is due, for a minute at most; a letter that cannot be sent does not keep the others.

    is_over  asked between two letters: whether to leave the rest to another round
    Raises Unavailable.
    """
    due = database.vault.read(lambda: database.vault.execute(_DUE, clock.stamp(now), _ROUND_ROWS).fetchall())
    if not due or (missing := _missing(settings)):
        return Round(fault=missing if due else "")
    done: Counter[str] = Counter()
    until = time.monotonic() + _ROUND_SECONDS
    has_more = len(due) == _ROUND_ROWS
    with transports.transport(settings) as transport:
        for row in (Row(*values) for values in due):
            if is_over() or time.monotonic() > until:
                has_more = True
                break
            if (claimed := _claim(row, now)) is None:
                continue
            try:
                done[_send(claimed, transport, settings, now)] += 1
            except transports.RelayFault as fault_of_all:
                _finish(claimed, "queued", claimed.attempts, clock.stamp(now), fault_of_all.code)
                return _round(done, fault_of_all.code, has_more=True)
    return _round(done, "", has_more=has_more)


def fault(settings: Settings, *, timeout_seconds: float) -> str:
    """Why nothing could be sent now, a word of FAULTS, else ""; nothing is sent or made."""
    if missing := _missing(settings):
        return missing
    try:
        with transports.transport(settings, timeout_seconds) as transport:
            transport.probe()
    except transports.RelayFault as found:
        return found.code
    return ""


def _round(done: Counter[str], fault: str, *, has_more: bool) -> Round:
    return Round(done["sent"], done["dropped"], done["delayed"], done["dead"], fault, has_more)


def _missing(settings: Settings) -> str:
    if not settings.mail_url:
        return "not-configured"
    try:
        messages.address(settings.mail_from)
    except LetterInvalid:
        return "sender-missing"
    return ""


def _claim(row: Row, now: datetime) -> Row | None:
    """The row as ours until its lease ends; None when somebody else was quicker."""
    lease = clock.stamp(now + LEASE)

    def claim() -> int:
        return int(database.vault.execute(_CLAIM, lease, row.id, row.state, row.next_at).rowcount)

    return row._replace(state="sending", next_at=lease) if database.vault.write(claim) else None


def _send(row: Row, transport: transports.Transport, settings: Settings, now: datetime) -> str:
    """Compose, deliver, and write down what came of it: `sent`, `dropped`, `delayed` or `dead`. Raises RelayFault."""
    try:
        letter = _compose(row, settings, now)
        if letter is None:
            database.vault.write(lambda: database.vault.execute(_DROP, row.id, row.next_at))
            return "dropped"
        raw = messages.write(letter, row.id, settings, now=now)
        transport.deliver(messages.address(settings.mail_from), messages.address(letter.to), raw)
    except NotYet:
        return _postpone(row, now)
    except LetterInvalid:
        return _give_up(row, "letter-invalid", now)
    except transports.Refused as refusal:
        return _give_up(row, refusal.code, now) if refusal.is_permanent else _delay(row, refusal.code, now)
    except (transports.RelayFault, Unavailable):
        raise
    except Exception as error:  # noqa: BLE001 - one letter that cannot be made must not keep the others
        _log.error("letter %s (%s) is not composed: %s", row.id, row.kind, type(error).__name__)
        return _delay(row, "not-composed", now)
    database.vault.write(partial(_record_sent, row, now))
    return "sent"


def _compose(row: Row, settings: Settings, now: datetime) -> Letter | None:
    if row.kind not in _COMPOSERS:
        raise transports.Refused("kind-unknown")  # to this process; another may be of a later release
    return _COMPOSERS[row.kind](row.about, settings, now)


def _record_sent(row: Row, now: datetime) -> None:
    if _finish_inside(row, "sent", row.attempts + 1, "", ""):
        at = clock.parse(_hour(now))
        ledger.append("use", "mail:letter:sent", about=row.about, at=at, store=database.vault, kind=row.kind)


def _postpone(row: Row, now: datetime) -> str:
    """It is as if the letter came later: no time of its tries passes."""
    values = clock.stamp(now + _WAIT), _hour(now), row.id, row.next_at
    database.vault.write(lambda: database.vault.execute(_POSTPONE, *values))
    return "delayed"


def _delay(row: Row, error: str, now: datetime) -> str:
    if now - clock.parse(row.created_at) > GIVE_UP:
        return _give_up(row, error, now)
    pause = min(_FIRST_PAUSE * 2**row.attempts, _LONGEST_PAUSE)
    _finish(row, "queued", row.attempts + 1, clock.stamp(now + pause), error)
    return "delayed"


def _give_up(row: Row, error: str, now: datetime) -> str:
    database.vault.write(partial(_record_dead, row, error, now))
    return "dead"


def _record_dead(row: Row, error: str, now: datetime) -> None:
    if _finish_inside(row, "dead", row.attempts + 1, "", error):
        at = clock.parse(_hour(now))
        ledger.append(
            "use", "mail:letter:failed", about=row.about, at=at, store=database.vault, kind=row.kind, error=error
        )


def _finish(row: Row, state: str, attempts: int, next_at: str, error: str) -> None:
    database.vault.write(partial(_finish_inside, row, state, attempts, next_at, error))


def _finish_inside(row: Row, *changes: Any) -> bool:
    """Whether it still was ours: a lease may have ended, a person been destroyed."""
    return bool(database.vault.execute(_FINISH, *changes, row.id, row.next_at).rowcount)


def _hour(moment: datetime) -> str:
    return clock.stamp(moment.replace(minute=0, second=0, microsecond=0))
