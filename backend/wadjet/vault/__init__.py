"""Who are the people?

Tables: `person` in the vault's database; `person_key`, `number`, `index_key`, `destroyed_person` in the file of the
people's keys. Every field is sealed under its person's own key, with its place bound in; the keys are wrapped by the
master key of `keys/vault.json`. Look-ups are keyed digests and lie beside the keys, not beside the data: so a copy of
the vault says not even who was in it. What was destroyed opens for nobody, whatever else they hold
(docs/decisions/007).

Whoever holds the vault's database alone learns how many people there are, since which day, who is blocked and how long
their texts are; whoever holds the keys' file too, nothing more without the master key. Writing there, they can remove
and swap rows; a swapped field does not open.

- inside `vault.write`: `take_in`, `block`, `unblock`, `extract`, `search`, `forget_number`
- inside `vault.read` or `write`: `unlock`, `seal`, `open`, `card`, `cards`, `state`, `states`, `find`,
  `find_writer`, `held`, `kept`, `count`, `check_free`, `check_line`, `check_words`
- outside any transaction, for they have their own: `expect`, `rectify`, `correct`, `destroy`, `destroy_all`,
  `destroy_unkept`, `everybody`, `rotate`, `create`, `repair`, `start`, `examine`
- anywhere: `index`, `mailbox`, `new_id`, `phone`, `unlock_all`; at import: `held_by`, `kept_by`, `when_destroyed`,
  `when_rectified`

Clauses: policy 2.2, 2.14, 3.2.f, 5.3, 8.7, 9.1; 94-V art. 1(3), 1(6), 12(2), 13, 18, 22.
"""

from contextlib import suppress
from datetime import datetime

from ..settings import Settings
from . import person_keys
from .blind_index import mailbox, phone
from .destruction import (
    Kept,
    check_free,
    destroy,
    destroy_all,
    destroy_unkept,
    held,
    held_by,
    kept,
    kept_by,
    repair,
    when_destroyed,
)
from .health import Health, examine, master_locks
from .models import everybody
from .person_keys import Sealer, new_id, rotate
from .problems import (
    CardChanged,
    PersonBlocked,
    PersonDestroyed,
    PersonHeld,
    PersonUnknown,
    ReasonUnfit,
    SealBroken,
    VaultLocked,
)
from .service import (
    Card,
    State,
    block,
    card,
    cards,
    check_line,
    check_words,
    correct,
    count,
    expect,
    extract,
    find,
    find_writer,
    forget_number,
    index,
    rectify,
    seal,
    search,
    state,
    states,
    take_in,
    unblock,
    unlock,
    unlock_all,
    when_rectified,
)
from .service import open_sealed as open

__all__ = [
    "Card",
    "CardChanged",
    "Health",
    "Kept",
    "PersonBlocked",
    "PersonDestroyed",
    "PersonHeld",
    "PersonUnknown",
    "ReasonUnfit",
    "SealBroken",
    "Sealer",
    "State",
    "VaultLocked",
    "block",
    "card",
    "cards",
    "check_free",
    "check_line",
    "check_words",
    "correct",
    "count",
    "create",
    "destroy",
    "destroy_all",
    "destroy_unkept",
    "everybody",
    "examine",
    "expect",
    "extract",
    "find",
    "find_writer",
    "forget_number",
    "held",
    "held_by",
    "index",
    "kept",
    "kept_by",
    "mailbox",
    "master_locks",
    "new_id",
    "open",
    "phone",
    "rectify",
    "repair",
    "rotate",
    "seal",
    "search",
    "start",
    "state",
    "states",
    "take_in",
    "unblock",
    "unlock",
    "unlock_all",
    "when_destroyed",
    "when_rectified",
]


def create(settings: Settings, *, now: datetime) -> None:
    """Give a home whose stores are open its master key, unless it has one. Raises VaultLocked."""
    person_keys.bind(settings)
    person_keys.create(now)


def start(settings: Settings, *, now: datetime) -> None:
    """Open the vault of a home whose stores are open, and finish what was interrupted, before anything is served.

    A locked vault stops nobody here: it is told where it is needed. Raises Unavailable.
    """
    with suppress(VaultLocked, OSError):  # where keys/ may not be written either
        create(settings, now=now)
    repair(now=now)
