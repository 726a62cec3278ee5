"""A request comes in, by whichever way, and its clock runs from then on.

What was said is sealed under the key of whoever wrote: somebody of whom only the address is known. Whose data it is
about is found afterwards, by the address (`proof.match`): so a stranger's request and a known person's take the same
steps, and the answer tells nobody who is known here.
"""

import hmac
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from .. import clock, database, deadlines, jose, keys, ledger, mail, vault
from ..settings import Settings
from . import models
from .kinds import KINDS
from .models import Row

TABLE = "rights_request"
_MATCH = "rights-match"  # work for the one who sends letters: whose data is it about?


@dataclass(frozen=True, repr=False)
class Said:
    """What somebody asked, in their words. Never shown by `repr`, which would end up in logs.

    email     the address given or written from; "" where there was none (paper, telephone)
    fields    what is to be corrected, by the card's fields; purposes: what is withdrawn, none named: all
    receipt   the number of a receipt, if they have one; representative: who asks for another, by which authority
    notes     what staff should know: attachments that were left alone, a message too large to be read
    """

    email: str = ""
    text: str = ""
    subject: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    purposes: tuple[str, ...] = ()
    receipt: str = ""
    representative: str = ""
    notes: str = ""


def open_request(
    kind: str,
    said: Said,
    *,
    channel: str,
    language: str,
    received_at: datetime,
    settings: Settings,
    now: datetime,
    is_automatic: bool = False,
    once: str = "",
) -> str:
    """Take a request in, durably; answers its id.

    received_at   when the clock began: for a letter the mailbox's own time, never what the letter says
    is_automatic  a program wrote it: nobody is answered
    once          known to the sender alone: the same again, for the same kind, is the same request. Never told by the
                  address or the words: anybody can type another's, and would be answered with the other's number
    Raises VaultLocked, Unavailable. Source: 94-V art. 24, 25(2)(6)–(9); policy 3.2.a, 8.3, 8.4.b, 12.1.
    """
    request_id = _id(kind, once, settings) if once else ""
    if request_id and database.vault.read(lambda: models.find(request_id)):
        return request_id
    expected = vault.expect(_card(said), now=now)  # durable before the transaction waits for it

    def store() -> str:
        return open_inside(
            kind,
            said,
            channel=channel,
            language=language,
            received_at=received_at,
            settings=settings,
            now=now,
            is_automatic=is_automatic,
            expected=expected,
            request_id=request_id,
        )

    return database.vault.write(store)


def open_inside(
    kind: str,
    said: Said,
    *,
    channel: str,
    language: str,
    received_at: datetime,
    settings: Settings,
    now: datetime,
    is_automatic: bool = False,
    expected: str | None = None,
    request_id: str = "",
) -> str:
    """The same inside `vault.write`, for whoever has rows of their own that stand or fall with it."""
    person = vault.take_in(_card(said), now=now, expected=expected)
    sealer = vault.unlock(person, even_blocked=True)
    sealed = sealer.seal(TABLE, "said", json.dumps(asdict(said), ensure_ascii=False))
    if request_id and models.find(request_id):
        return request_id
    deadline = KINDS[kind].deadline
    row = Row(
        id=request_id or vault.new_id(),
        person=person,
        kind=kind,
        state="new",
        channel=channel,
        received_at=clock.stamp(received_at),
        deadline=deadline,
        due_on=deadlines.due_on(deadline, received_at, settings).isoformat(),
        language=language,
        is_automatic=int(is_automatic),
        taken_by="",
        ground="",
        ended_at="",
        told="",
        said=sealed,
        answer=None,
    )
    models.insert(row)
    ledger.append(
        "collect", "rights:request:received", about=row.id, at=now, store=database.vault, kind=kind, channel=channel
    )
    mail.enqueue(_MATCH, row.id, now=now)
    return row.id


def words(row: Row, sealer: vault.Sealer | None = None) -> Said | None:
    """What was asked; None once it is gone. Inside `vault.read` or `write`. `sealer`: the writer's, if at hand."""
    if row.said is None:
        return None
    try:
        read = json.loads((sealer or vault.unlock(row.person, even_blocked=True)).open(TABLE, "said", row.said))
    except vault.PersonUnknown:
        return None
    return Said(**read | {"purposes": tuple(read["purposes"])})


def _id(kind: str, once: str, settings: Settings) -> str:
    """As hard to guess as `vault.new_id` for whoever does not know what it is made of."""
    said = json.dumps([kind, once]).encode()
    made = hmac.digest(keys.ring(settings).page_secret, b"request:" + said, "sha256")[:16]
    made = bytes([made[0] & 0x7F]) + made[1:]  # none in front that a command line would take for an option
    return jose.b64url(made)


def _card(said: Said) -> vault.Card:
    return vault.Card("", "", email=said.email)
