"""The vault's verbs on people. What each needs around it is said in the door's docstring."""

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from .. import clock, database, ledger
from . import blind_index, models, naming, person_keys
from .models import FIELDS, Lookups
from .person_keys import Sealer
from .problems import CardChanged, PersonBlocked, PersonDestroyed, PersonUnknown, ReasonUnfit, SealBroken, VaultLocked

_TABLE = "person"
_MOVING = "moving"  # why a person's look-ups are to be compared with the card
_MOST_REASON = 200
_rectified: list[Callable[[str, datetime, Collection[str], str], None]] = []
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, repr=False)
class Card:
    """What identifies and reaches a person (policy 6). Never shown by `repr`, which would end up in logs."""

    last_name: str
    first_name: str
    patronymic: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class State:
    """What may be told of a person without opening anything. Times as `clock.stamp` writes them."""

    person: str
    created_on: str
    blocked_at: str | None
    block_reason: str | None


def index(kind: str, value: str) -> bytes:
    """A blind index, 32 bytes, for a room's own look-ups; the same value of another kind has another.

    Raises VaultLocked.
    """
    return blind_index.index(person_keys.index_key(), kind, value)


def expect(card: Card, *, number: str = "", now: datetime) -> str:
    """The id of the person who sent this card: the known one, or a new one, whose key is durable from here on.

    number  a telephone's, which a room is about to hold of them: they are found by it too, whatever the card says,
            until `forget_number`

    The same person only where e-mail and every name agree; a telephone says nothing, and nobody is known by likeness.
    Who is blocked is told apart here already: another wait for the disk in `take_in` would tell whoever counts time.
    """
    found = _lookups(card)
    known = person_keys.known(found)
    is_blocked = database.vault.read(lambda: (row := models.find(known)) is not None and row.blocked_at is not None)
    found = found._replace(identity=None) if is_blocked else found
    return person_keys.admit(found, now, number=_number(number) if number else None)


def forget_number(person: str, number: str) -> None:
    """No room holds this number of them any more; what the card says still finds them. Inside `vault.write`."""
    database.person_keys.write(partial(models.delete_number, _number(number), person))


def take_in(card: Card, *, now: datetime, expected: str | None = None) -> str:
    """Find or make the person of a card; answers the id.

    expected  what `expect` answered before the transaction, so that nothing in it waits for another disk
    A known person's card stays as it is: anybody can type another's name. It is sealed, written and noted all the same:
    the time it takes tells nobody who is here. Beside a blocked person, whose data may not grow, a second one is made.
    Raises VaultLocked. Source: policy 3.1.a, 9.1; 94-V art. 1(3).
    """
    found = _lookups(card)
    person = expected or person_keys.admit(found, now)
    row = models.find(person)
    if row and row.blocked_at:
        person = person_keys.admit(found._replace(identity=None), now)
    elif not person_keys.has_key(person):  # destroyed since
        person = person_keys.admit(found, now)
    sealed, day, known = _sealed(person_keys.unlock(person), card), clock.local_date(now), models.find(person)
    if known:
        models.change(person, known.sealed)  # as it was
    else:
        models.insert(person, day.isoformat(), sealed)
    # The day alone: the minute would join the person to a receipt of that minute in the other database.
    _note(*(("accumulate", "known") if known else ("collect", "taken-in")), person, clock.start_of(day))
    return person


def unlock(person: str, *, even_blocked: bool = False) -> Sealer:
    """A person's key, to seal and open several fields with.

    Raises PersonUnknown, PersonDestroyed, PersonBlocked (unless told otherwise), VaultLocked.
    """
    _row(person, even_blocked=even_blocked)
    return person_keys.unlock(person)


def unlock_all(people: Collection[str]) -> dict[str, Sealer]:
    """The keys of several people, 500 at most, in one question; blocked ones too, those destroyed left out.

    For lists, which show nothing of a person. Raises PersonUnknown, VaultLocked.
    """
    found = person_keys.unlock_all(people)
    for person in people:
        if person not in found:
            with suppress(PersonDestroyed):
                person_keys.refuse(person)
    return found


def seal(person: str, table: str, field: str, text: str, *, even_blocked: bool = False) -> bytes:
    """What to store in that field of that table: it opens nowhere else. Raises as `unlock` does."""
    return unlock(person, even_blocked=even_blocked).seal(table, field, text)


def open_sealed(person: str, table: str, field: str, sealed: bytes, *, even_blocked: bool = False) -> str:
    """The text again. Raises as `unlock` does, and SealBroken."""
    return unlock(person, even_blocked=even_blocked).open(table, field, sealed)


def card(person: str, *, even_blocked: bool = False) -> Card:
    """What is known of a person. Raises as `open` does. The caller leaves the journal's row: what is it read for?"""
    return _open(_row(person, even_blocked=even_blocked), person_keys.unlock(person))


def cards(people: Collection[str]) -> dict[str, Card | None]:
    """What is known of several people, 500 at most, in two questions: None of who is blocked, nothing of who is gone.

    The caller leaves the journal's rows. Raises VaultLocked.
    """
    rows = models.find_all(people) if people else []
    sealers = person_keys.unlock_all([row.id for row in rows if not row.blocked_at])
    return {row.id: _open(row, sealers[row.id]) if row.id in sealers else None for row in rows}


def extract(person: str, *, by: str = "", reason: str = "", now: datetime) -> Card:
    """The same for a member of the operator's staff, on record, with why where they were to say it.

    Raises ReasonUnfit where that names the person. Source: policy 9.1.
    """
    row = _row(person)
    found = _open(row, person_keys.unlock(person))
    if reason:
        check_reason(reason, row, found)
    _note("extract", "read", person, now, by=by, reason=reason)
    return found


def search(*, email: str = "", phone: str = "", limit: int = 20, by: str = "", now: datetime) -> list[State]:
    """`find` for a member of the operator's staff: of each who is found a row of the journal tells it.

    limit  how many are told at most: anybody can write under another's address, as often as they like
    """
    found = find(email=email, phone=phone)[:limit]
    for person in found:
        _note("extract", "found", person, now, by=by)
    return [state(person) for person in found]


def state(person: str) -> State:
    """Whether there is such a person and whether they are blocked. Raises PersonUnknown, PersonDestroyed."""
    row = _row(person, even_blocked=True)
    return State(row.id, row.created_on, row.blocked_at, row.block_reason)


def states(people: Collection[str]) -> dict[str, State]:
    """The same of several people, 500 at most, in one question: nothing of who is gone."""
    return {row[0]: State(*row) for row in models.states(people)} if people else {}


def find(*, email: str = "", phone: str = "") -> list[str]:
    """The ids of the people with this address or number, blocked ones too; several may share one.

    A number finds those whose card has it, then those who gave it in what a room holds. Raises VaultLocked.
    """
    people: list[str] = []
    if email:
        people += database.person_keys.read(partial(models.found_by, "email", index("email", blind_index.email(email))))
    if phone:
        people += database.person_keys.read(partial(models.found_by, "phone", _number(phone)))
        people += database.person_keys.read(partial(models.numbered, _number(phone)))
    there = models.present(people) if people else set()
    return [person for person in dict.fromkeys(people) if person in there]


def find_writer(email: str) -> str:
    """Of whom this address alone is known, because they wrote from it; "" for nobody. Raises VaultLocked."""
    person = person_keys.known(_lookups(Card("", "", email=email)))
    return person if models.present([person]) else ""


def when_rectified(tell: Callable[[str, datetime, Collection[str], str], None]) -> None:
    """A room asks to be told of every card that is corrected: tell(person, at, fields, by), inside that `vault.write`.

    fields  those that were another before
    """
    _rectified.append(tell)


def rectify(person: str, *, now: datetime, **fields: str) -> None:
    """Correct some fields of a card; look-ups follow. Raises as `unlock` does. Source: 94-V art. 13; policy 4.1.b."""
    correct(person, fields, was=None, now=now)


def correct(person: str, fields: Mapping[str, str], *, was: Card | None, by: str = "", now: datetime) -> None:
    """The same for a member of the operator's staff.

    was  the card as they have seen it: where one of these fields is another by now, nothing is written
    Raises CardChanged too.
    """
    if not fields or fields.keys() - set(FIELDS):
        raise TypeError("name the fields of a card that change")
    database.vault.read(partial(_row, person))
    person_keys.index_key()  # known before `agree` needs it, inside a transaction
    # Marked first: whatever is interrupted from here on, `repair` compares the look-ups with the card.
    database.person_keys.write(partial(models.mark, person, _MOVING))
    try:
        database.vault.write(partial(_rectify, person, fields, was, by, now))
    except CardChanged:
        database.person_keys.write(partial(agree, person))
        raise
    database.person_keys.write(partial(agree, person))


def block(person: str, *, reason: str, by: str = "", now: datetime) -> bool:
    """Halt everything that is done with a person's data; blocking twice keeps the first, and answers False.

    Source: policy 2.2.
    """
    row = _row(person, even_blocked=True)
    check_reason(reason, row)
    if row.blocked_at:
        return False
    models.mark_blocked(person, clock.stamp(now), reason)
    _note("block", "blocked", person, now, by=by, reason=reason)
    return True


def unblock(person: str, *, reason: str, by: str = "", now: datetime) -> bool:
    """End it; whether there was one. Source: policy 2.2."""
    row = _row(person, even_blocked=True)
    check_reason(reason, row)
    if not row.blocked_at:
        return False
    models.mark_blocked(person, None, None)
    _note("unblock", "unblocked", person, now, by=by, reason=reason)
    return True


def check_words(person: str, text: str) -> None:
    """Whether a text may stand in clear beside a person's id. Raises ReasonUnfit when it names them."""
    if text:
        check_reason(text, models.find(person))


def count() -> int:
    """How many people there are."""
    return models.count_people()


def agree(person: str) -> None:
    """Let a person be found by what the card says, inside `person_keys.write`; it reads the vault."""
    row, key = database.vault.read(partial(models.find, person)), models.find_key(person)
    if row is None or key is None:
        return
    found = _lookups(_open(row, person_keys.unlock_row(key)))
    taken = found.identity and set(models.found_by("identity", found.identity)) - {person}
    models.move(person, found._replace(identity=None) if taken else found)


def check_line(person: str, text: str) -> None:
    """Raises ReasonUnfit when a text that stays for ever is not one short line, or names this person."""
    check_reason(text, models.find(person))


def check_reason(reason: str, row: models.Person | None, named: Card | None = None) -> None:
    """Raises ReasonUnfit when it is not one short line, or names the person. `named`: their card, if at hand."""
    if not reason.strip() or len(reason) > _MOST_REASON or _CONTROL.search(reason):
        raise ReasonUnfit(f"Give one line of at most {_MOST_REASON} letters.")
    if row and not named:
        # A card that does not open any more keeps nobody from destroying it.
        with suppress(PersonUnknown, SealBroken, VaultLocked):
            named = _open(row, person_keys.unlock(row.id))
    own = f"{named.last_name} {named.first_name} {named.patronymic}" if named else ""
    if "@" in reason or (named and naming.names(reason, own, named.phone)):
        raise ReasonUnfit("It stays in the journal for ever, so it must not name the person: write a case number.")


def _rectify(person: str, fields: Mapping[str, str], was: Card | None, by: str, now: datetime) -> None:
    row, sealer = _row(person), person_keys.unlock(person)
    known = _open(row, sealer)
    if was and any(getattr(was, name) != getattr(known, name) for name in fields):
        raise CardChanged("Look at it again: somebody else has corrected it.")
    models.change(person, _sealed(sealer, replace(known, **fields)))
    _note("rectify", "rectified", person, now, by=by, fields=" ".join(sorted(fields)))
    if known.phone and fields.get("phone", known.phone) != known.phone:
        forget_number(person, known.phone)  # what was wrong finds nobody, though a message of theirs still says it
    if changed := [name for name, value in fields.items() if value != getattr(known, name)]:
        for tell in _rectified:
            tell(person, now, changed, by)


def _row(person: str, *, even_blocked: bool = False) -> models.Person:
    row = models.find(person)
    if row is None:
        person_keys.refuse(person)
    if row.blocked_at and not even_blocked:
        raise PersonBlocked("Unblock them first, or leave their data alone.")
    return row


def _lookups(card: Card) -> Lookups:
    """A card without a name is that of somebody who only wrote from an address: known by it, but not found by it."""
    names = (card.last_name, card.first_name, card.patronymic)
    return Lookups(
        index("identity", blind_index.identity(card.email, *names)) if card.email else None,
        index("email", blind_index.email(card.email)) if card.email and any(names) else None,
        _number(card.phone) if card.phone else None,
    )


def _number(text: str) -> bytes:
    return index("phone", blind_index.phone(text))


def _sealed(sealer: Sealer, card: Card) -> list[bytes]:
    return [sealer.seal(_TABLE, name, getattr(card, name)) for name in FIELDS]


def _open(row: models.Person, sealer: Sealer) -> Card:
    return Card(*(sealer.open(_TABLE, name, sealed) for name, sealed in zip(FIELDS, row.sealed, strict=True)))


def _note(act: str, done: str, person: str, at: datetime, **facts: str) -> None:
    known = {name: fact for name, fact in facts.items() if fact}
    ledger.append(act, f"vault:person:{done}", about=person, at=at, store=database.vault, **known)
