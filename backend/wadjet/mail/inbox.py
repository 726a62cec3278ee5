"""Mail in: every message is handed over once, and what cannot be handed over keeps nothing else.

A message is known by its Message-ID and the address in From, kept as a keyed digest, for both may name a person: two
senders' same id hides nothing of either. Its row and whatever the handler makes of it are one transaction; only then
the message is marked in its mailbox. Killed before the commit, there is nothing; killed after it, the row says so to
whoever finds the message again. A row says on which day its message was last met: as long as it lies unmarked in a
mailbox that takes no marks, its row stays.

What our own code fails on three times is put aside: it stays in the mailbox, and its row is what `wadjet doctor` sees.
Storage that does not answer is no message's fault, and stops the run.
"""

import hmac
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256

from .. import clock, database, keys, ledger
from ..problems import Problem
from ..settings import Settings
from . import incoming
from .incoming import Incoming
from .problems import MailboxUnavailable
from .sources import Waiting, unavailable

MOST_FAILURES = 3
_NOBODYS_FAULT = 503  # storage that does not answer, a vault that is locked

Receive = Callable[[Incoming, Settings], None]
_RECEIVERS: list[Receive] = []
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """What came of looking into a mailbox.

    taken     handed over; duplicates: had been before; own: our letters, and what servers report of them
    failed    to be tried again; quarantined: given up, they stay in the mailbox
    """

    taken: int = 0
    duplicates: int = 0
    own: int = 0
    failed: int = 0
    quarantined: int = 0


_FIND = "SELECT state, failures FROM incoming WHERE digest = ?"
_INSERT = "INSERT INTO incoming (id, digest, state, failures, error, received_at, met_on) VALUES (?, ?, ?, ?, ?, ?, ?)"
_MEET = "UPDATE incoming SET met_on = ? WHERE digest = ? AND met_on < ?"
_FAIL = "UPDATE incoming SET state = ?, failures = ?, error = ? WHERE digest = ?"
_FORGIVE = "DELETE FROM incoming WHERE digest = ? AND state IN ('failed', 'quarantined')"
_MET_BEFORE = "FROM incoming WHERE state IN ('taken', 'noted') AND met_on < ?"
_COUNT = "SELECT state, count(*) FROM incoming WHERE state IN ('failed', 'quarantined') GROUP BY state"


def receives(handler: Receive) -> Receive:
    """Decorate the function that every message is handed to, in the transaction that notes it as taken.

    It runs inside `database.vault.write` and touches only the database. What it raises undoes all of it: a Problem
    with status 503 is nobody's fault and stops the run, anything else counts against the message. One function is
    registered at a time.
    """
    _RECEIVERS[:] = [handler]
    return handler


def is_received() -> bool:
    """Whether anybody makes requests of mail."""
    return bool(_RECEIVERS)


def troubles() -> dict[str, int]:
    """How many messages failed so far, and how many were quarantined."""
    return dict(database.vault.read(lambda: database.vault.execute(_COUNT).fetchall()))


def met_before(day: date) -> int:
    """How many messages were taken and last met in their mailbox before a local day."""
    statement = f"SELECT count(*) {_MET_BEFORE}"
    counted: int = database.vault.read(lambda: database.vault.execute(statement, day.isoformat()).fetchone()[0])
    return counted


def forget_met(before: date) -> int:
    """Know those no more: one that came again would be taken again. Inside `database.vault.write`; how many went."""
    return int(database.vault.execute(f"DELETE {_MET_BEFORE}", before.isoformat()).rowcount)


def ingest(waiting: Iterator[Waiting], settings: Settings, *, is_over: Callable[[], bool] = lambda: False) -> Taken:
    """Take what waits; a message that fails does not keep the others.

    is_over  asked between two messages: whether to leave the rest to another run
    Raises Unavailable, MailboxUnavailable, KeysUnusable, and what a handler raises that is nobody's fault.
    """
    if not is_received():
        raise unavailable("nobody-receives")
    done: Counter[str] = Counter()
    unmarked: MailboxUnavailable | None = None
    for each in waiting:
        outcome = take(each, settings)
        done[outcome] += 1
        try:
            if outcome != "failed":
                each.settle("quarantined" if outcome == "quarantined" else "taken")
        except MailboxUnavailable as problem:
            if problem.evidence["fault"] != "unmarkable":
                raise
            unmarked = problem  # its row says that it was taken; the others are not to wait
        if is_over():
            break
    if unmarked:
        raise unmarked
    return Taken(**done)


def take(waiting: Waiting, settings: Settings) -> str:
    """One message: `taken`, `duplicates`, `own`, `failed` or `quarantined`; the commit is done. Raises as `ingest`."""
    now = clock.now()
    read = incoming.read(
        waiting.raw,
        secrets.token_urlsafe(16),
        received_at=waiting.received_at,
        now=now,
        settings=settings,
        is_head=waiting.is_head,
    )
    known_by = _known_by(read.incoming, settings)
    bytes_of = _digest("bytes", sha256(waiting.raw).digest(), settings)
    try:
        return database.vault.write(partial(_hand_over, read, known_by, bytes_of, settings))
    except Problem as problem:
        if problem.status == _NOBODYS_FAULT:
            raise
        error = problem.slug
    except Exception as failure:  # noqa: BLE001 - one message must not keep the others
        error = type(failure).__name__
    _log.error("a message was not taken: %s", error)
    return database.vault.write(partial(_note_failure, read.incoming, bytes_of, error))


def _known_by(message: Incoming, settings: Settings) -> tuple[bytes, bytes]:
    """What it is known by; and what releases knew it by that looked at the id alone, whose rows go after their term."""
    id, sender = message.message_id.encode(), message.sender.casefold().encode()
    return _digest("message of", id + b"\0" + sender, settings), _digest("message", id, settings)


def _hand_over(read: incoming.Read, known_by: tuple[bytes, bytes], bytes_of: bytes, settings: Settings) -> str:
    message = read.incoming
    today = clock.local_date(message.taken_at).isoformat()
    for digest in known_by:
        if database.vault.execute(_FIND, digest).fetchone():
            database.vault.execute(_MEET, today, digest, today)
            return "duplicates"
    at = clock.stamp(message.received_at)
    database.vault.execute(_FORGIVE, bytes_of)
    is_handed = not (read.is_own or read.is_report)
    state = "taken" if is_handed else "noted"
    database.vault.execute(_INSERT, message.id, known_by[0], state, 0, "", at, today)
    if is_handed:
        ledger.append("collect", "mail:message:taken", about=message.id, at=message.taken_at, store=database.vault)
        _RECEIVERS[0](message, settings)
    return "taken" if is_handed else "own"


def _note_failure(message: Incoming, bytes_of: bytes, error: str) -> str:
    found = database.vault.execute(_FIND, bytes_of).fetchone()
    failures = found[1] + 1 if found else 1
    state = "quarantined" if failures >= MOST_FAILURES else "failed"
    if found:
        database.vault.execute(_FAIL, state, failures, error[:40], bytes_of)
    else:
        at, today = clock.stamp(message.received_at), clock.local_date(message.taken_at).isoformat()
        database.vault.execute(_INSERT, message.id, bytes_of, state, failures, error[:40], at, today)
    return state


def _digest(kind: str, value: bytes, settings: Settings) -> bytes:
    """What a message is known by to whoever has the key, and to nobody else."""
    return hmac.digest(keys.ring(settings).page_secret, f"incoming {kind}:".encode() + value, "sha256")
