"""What is done with the staff's accounts, at the console and on the command line: each act leaves a row in the journal.

`by` names who does it without naming a person: a handle, or how the system knows whoever types the command.
"""

import uuid
from datetime import datetime, timedelta

import peewee
from email_validator import EmailNotValidError, validate_email

from .. import clock, database, ledger, mail
from ..settings import LANGUAGES, Settings
from . import accounts, invitations, letters, models
from .access import ROLES
from .models import Account, Passkey
from .problems import AccountMoved, AccountThere, AccountUnfit, AccountUnknown, InvitationOver, LastResponsible, OneHand

_NAME = 120
APART = timedelta(days=7)  # time for whoever was shut out of their account to notice the letter, or that they are
_LET_IN = frozenset(f"console:account:{event}" for event in ("added", "invited", "enabled", "appointed"))


def hire(
    email: str, name: str, role: str, *, language: str, by: str, settings: Settings, now: datetime
) -> tuple[Account, str]:
    """Somebody new, and the link with which they set their password. Raises AccountUnfit, AccountThere."""
    email, name = address(email), name.strip()
    if not name or len(name) > _NAME or not name.isprintable():
        raise AccountUnfit("Give a name of one line.")
    if role not in ROLES or language not in LANGUAGES:
        raise AccountUnfit("There is no such role or language.")

    def work() -> Account:
        made = accounts.add(email, name, role, language=language, now=now)
        _note("collect", "added", made, by, now, role=role)
        return made

    try:
        account = database.vault.write(work)
    except peewee.IntegrityError as error:
        raise AccountThere("Look for it in the list.") from error
    return account, invitations.link(account, settings=settings, now=now)


def address(text: str) -> str:
    """An e-mail address as accounts have it. Raises AccountUnfit."""
    try:
        found = validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise AccountUnfit("Give an e-mail address like aigerim@example.kz.") from error
    if len(found) > 254:
        raise AccountUnfit("Give an e-mail address like aigerim@example.kz.")
    return found


def find(email: str) -> Account:
    """By their address. Raises AccountUnknown."""
    found = database.vault.read(lambda: models.account_of(email.strip().lower()))
    if found is None:
        raise AccountUnknown("Look at the list.")
    return found


def get(staff: int) -> Account:
    """By their number. Raises AccountUnknown."""
    if (found := models.look(staff)) is None:
        raise AccountUnknown("Look at the list.")
    return found


def disable(staff: int, *, by: str, now: datetime) -> None:
    """They are out at once, wherever they have signed in. Twice is once. Raises AccountUnknown, LastResponsible."""

    def work() -> None:
        account = _hold(staff)
        if account.active:
            models.change(staff, active=False)
            _send_out(account)
            _note("block", "disabled", account, by, now)

    database.vault.write(work)


def enable(staff: int, *, by: str, now: datetime) -> None:
    """They may come in again, with what they had, but for an invitation: that needs a new one. Twice is once.

    Raises AccountUnknown.
    """

    def work() -> None:
        account = _known(staff)
        if models.change(staff, {"active": False}, active=True):
            _note("unblock", "enabled", account, by, now)

    database.vault.write(work)


def appoint(staff: int, role: str, *, was: str = "", by: str, now: datetime) -> bool:
    """Another role; False where they have it. `was`: the one that whoever decides has seen. They sign in anew.

    Raises AccountUnknown, AccountUnfit, AccountMoved, LastResponsible.
    """
    if role not in ROLES:
        raise AccountUnfit("There is no such role or language.")

    def work() -> bool:
        account = _hold(staff, leaves=role != "responsible")
        if was and account.role != was:
            raise AccountMoved("Look at the role that they have now.")
        if account.role == role:
            return False
        if not models.change(staff, {"role": account.role}, role=role):
            raise AccountMoved("Look at the role that they have now.")
        if account.password:  # an invitation stays good
            _send_out(account)
        _note("rectify", "appointed", account, by, now, role=role, was=account.role)
        _tell(account, "role", now)
        return True

    return database.vault.write(work)


def reset(staff: int, *, second_factor: bool = False, by: str, settings: Settings, now: datetime) -> str:
    """A new invitation; the password and every session are over. The second factor stays, unless it is to go too.

    Raises AccountUnknown.
    """
    gone = {"tf_primary_method": None, "tf_totp_secret": None, "mf_recovery_codes": None} if second_factor else {}

    def work() -> Account:
        account = _known(staff)
        models.change(staff, password=None, **gone)
        if second_factor:
            Passkey.delete().where(Passkey.user == staff).execute()
            _tell(account, "cleared", now)
        _send_out(account)
        _note("rectify", "invited", account, by, now, second_factor="cleared" if second_factor else "kept")
        _tell(account, "invited", now)
        return _known(staff)

    return invitations.link(database.vault.write(work), settings=settings, now=now)


def send_out(staff: int, *, by: str, now: datetime) -> None:
    """End every session of somebody; an invitation that they have not taken yet stays good. Raises AccountUnknown."""

    def work() -> None:
        account = _known(staff)
        if account.password:
            _send_out(account)
        _note("block", "sent-out", account, by, now)

    database.vault.write(work)


def take_invitation(token: str, hashed: str, *, settings: Settings, now: datetime) -> Account:
    """Set the password that was chosen: of two who take it at the same moment, one does. Raises InvitationOver."""
    account = invitations.read(token, settings=settings, now=now)
    here = {"fs_uniquifier": account.fs_uniquifier, "active": True}

    def work() -> None:
        if not models.change(account.id, here, password=hashed, fs_uniquifier=uuid.uuid4().hex):
            raise InvitationOver("Ask the responsible person of your organisation for a new one.")
        models.end_sessions(account.id)
        _note("record", "joined", account, account.handle, now)

    database.vault.write(work)
    return account


def change_password(account: Account, hashed: str, *, kept: str, now: datetime) -> str:
    """Their own new password; sessions but the one that is `kept` are over. Returns the account's new uniquifier."""
    here = {"fs_uniquifier": account.fs_uniquifier}
    new = uuid.uuid4().hex

    def work() -> None:
        if not models.change(account.id, here, password=hashed, fs_uniquifier=new):
            raise AccountMoved("Sign in once more.")
        models.end_others(account.id, kept)
        _note("rectify", "password-changed", account, account.handle, now)
        _tell(account, "password", now)

    database.vault.write(work)
    return new


def note_own(account: Account, what: str, *, kept: str, now: datetime) -> None:
    """They changed something of their second factor: the journal and a letter tell; sessions but the one that is `kept`
    are over. Inside `vault.write`.
    """
    models.end_others(account.id, kept)
    _note("rectify", f"{what}-changed" if what in ("factor", "codes") else what, account, account.handle, now)
    _tell(account, what, now)


def check_apart(one: str, other: str, *, since: datetime) -> None:
    """Whether two handles stand for two people: who holds the link to another's account can be both, and so can who
    let in whoever let them in, or let in both.

    since  when the first of the two acted. Raises OneHand.
    """
    before = clock.stamp(since - APART)
    behind = _behind(one, before) & _behind(other, before)
    if any(each.startswith("staff-") or each in (one, other) for each in behind):  # who types commands needs no account
        raise OneHand(
            "Who let one of you in within the week before may stand behind both. Let a third person do it, or wait."
        )


def _behind(handle: str, before: str) -> set[str]:
    """Who may come in as somebody: they, whoever let them in since then, and whoever had let those in."""
    found, asked = {handle}, {handle}
    while asked:
        rows = ledger.history(asked, database.vault)
        asked = {row["by"] for row in rows if row["event"] in _LET_IN and row["at"] >= before} - found
        found |= asked
    return found


def _hold(staff: int, *, leaves: bool = True) -> Account:
    """An account about to leave its place, or to stay: somebody responsible has to remain, and in the place of one who
    can come in another who can. Raises LastResponsible.
    """
    responsible = models.hold_responsible()
    account = _known(staff)
    can = responsible.pop(staff, None)
    if leaves and can is not None and not (any(responsible.values()) if can else responsible):
        raise LastResponsible("Appoint another responsible person first.")
    return account


def _known(staff: int) -> Account:
    if (found := models.account(staff)) is None:
        raise AccountUnknown("Look at the list.")
    return found


def _send_out(account: Account) -> None:
    """Every session is over, and every cookie and invitation worth nothing."""
    models.change(account.id, fs_uniquifier=uuid.uuid4().hex)
    models.end_sessions(account.id)


def _note(act: str, event: str, account: Account, by: str, now: datetime, **facts: str) -> None:
    ledger.append(act, f"console:account:{event}", about=account.handle, at=now, store=database.vault, by=by, **facts)


def _tell(account: Account, what: str, now: datetime) -> None:
    mail.enqueue(letters.CHANGED, letters.about(account.id, what), now=now)
