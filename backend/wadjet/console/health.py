"""What shows at a glance whether all is well: few questions, none that waits for another machine.

What takes longer `wadjet doctor` finds out, when somebody asks for it.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from flask_babel import gettext, ngettext

from .. import backup, clock, database, ledger, mail
from ..settings import Operator, Settings
from . import desk

MOST = 10  # given up letters that are shown
_LOW_BYTES = 512 << 20  # as the doctor has it
_BACKUP = timedelta(days=2)
_WAITING = timedelta(hours=2)  # a row says the whole hour only
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class Sign:
    """One thing that was looked at, and how it stands. `remedy`: what to do; "" where it is well."""

    title: str
    said: str
    remedy: str = ""


def signs(settings: Settings, now: datetime) -> list[Sign]:
    """Mail, journal, backups, disk, the operator's facts."""
    checks = (_mail(settings, now), _journal(now), _backups(settings, now), _disk(settings), _facts(settings))
    return [sign for check in checks for sign in check]


def missing_facts(settings: Settings) -> list[str]:
    """The operator's facts that nobody has stated."""
    return [each.name for each in fields(Operator) if not getattr(settings.operator, each.name)]


def _mail(settings: Settings, now: datetime) -> Iterator[Sign]:
    title, amiss = gettext("Mail"), False
    if not settings.mail_url:
        amiss = True
        said, remedy = gettext("No mail goes out: letters wait."), gettext("Set mail_url in wadjet.toml.")
        yield Sign(title, said, remedy)
    elif (waiting := mail.left("queued", 1)) and now - clock.parse(waiting[0].created_at) > _WAITING:
        amiss = True
        said = gettext("Letters have waited since %(time)s.", time=desk.moment(waiting[0].created_at))
        yield Sign(title, said, gettext("Have everything examined: it tells what the mail server says."))
    count, aside = mail.amiss(MOST + 1)
    if count:
        amiss = True
        said = (
            gettext("More than %(num)d letters were given up.", num=MOST)
            if count > MOST
            else ngettext("%(num)d letter was given up.", "%(num)d letters were given up.", count)
        )
        yield Sign(title, said, gettext("Mend the cause and have them tried again, or put them aside."))
    if aside:
        amiss = True
        said = ngettext("%(num)d message could not be read in.", "%(num)d messages could not be read in.", aside)
        yield Sign(title, said, gettext("Read them in the mailbox itself."))
    if not amiss:
        yield Sign(title, gettext("Letters go out."))


def _journal(now: datetime) -> Iterator[Sign]:
    title, newest = gettext("Journal"), ledger.newest(database.vault, 1)
    if newest and clock.parse(newest[0]["at"]) > now + _AHEAD:
        said = gettext("Its last entry is of the future: %(time)s.", time=desk.moment(newest[0]["at"]))
        yield Sign(title, said, gettext("Set the machine's clock right (NTP)."))
    else:
        yield Sign(title, gettext("Every act is written down."))


def _backups(settings: Settings, now: datetime) -> Iterator[Sign]:
    title, last = gettext("Backups"), backup.last_taken(settings)
    remedy = gettext("Run `wadjet backup` daily, and keep copies on another machine.")
    if last is None:
        yield Sign(title, gettext("None has been taken."), remedy)
    elif now - last > _BACKUP:
        yield Sign(title, gettext("The last one is of %(time)s.", time=desk.moment(last)), remedy)
    else:
        yield Sign(title, gettext("The last one is of %(time)s.", time=desk.moment(last)))


def _disk(settings: Settings) -> Iterator[Sign]:
    free = shutil.disk_usage(settings.home).free
    said = gettext("%(size)s are free.", size=desk.size(free))
    low = free < _LOW_BYTES
    yield Sign(gettext("Disk"), said, gettext("Make room before receipts are refused.") if low else "")


def _facts(settings: Settings) -> Iterator[Sign]:
    title = gettext("Facts of the operator")
    if lacking := missing_facts(settings):
        said = gettext("Not stated: %(names)s.", names=", ".join(lacking))
        yield Sign(title, said, gettext("Add them under [operator] in wadjet.toml, and publish the policy anew."))
    else:
        yield Sign(title, gettext("All that the policy names are stated."))
