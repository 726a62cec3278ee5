"""What `wadjet serve` runs beside the requests: in each process a thread that sends what is due, in one of them one for
each mailbox that takes in what came."""

import fcntl
import logging
import os
from collections.abc import Callable, Iterable
from threading import Event, Thread

from .. import clock
from ..problems import Problem
from ..settings import Settings
from . import imap, inbox
from .imap import Imap
from .outbox import send_due
from .problems import MailboxUnavailable
from .sources import Maildir

LOOK_SECONDS = 1.0
_PAUSE_SECONDS = 4.0  # while nothing can be sent: others too would rather be left alone
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0  # while a mailbox cannot be read
_LOCK = ".inbox"
_log = logging.getLogger(__name__)


def work(settings: Settings, ended: Event) -> None:
    """Send what is due and take in what came, until `ended` is set; what is under way then is finished."""
    companion = Thread(target=_take_in, args=(settings, ended), name="inbox", daemon=True)
    companion.start()
    _send(settings, ended)
    companion.join()


def mailboxes(
    settings: Settings, timeout_seconds: float = imap.TIMEOUT_SECONDS
) -> dict[str, Callable[[], Imap | Maildir]]:
    """What the settings name, by their names, to be opened anew after each failure."""
    found: dict[str, Callable[[], Imap | Maildir]] = {}
    if settings.imap_url:
        found["imap_url"] = lambda: Imap(settings.imap_url, settings.imap_password, timeout_seconds=timeout_seconds)
    if settings.maildir_in:
        found["maildir_in"] = lambda: Maildir(settings.home / settings.maildir_in)
    return found


def mailbox_faults(settings: Settings, *, timeout_seconds: float) -> list[tuple[str, str]]:
    """The settings whose mailbox could not be read now, each with a word of MAILBOX_FAULTS; nothing is taken."""
    found = []
    for setting, open_mailbox in mailboxes(settings, timeout_seconds).items():
        try:
            with open_mailbox():
                pass
        except MailboxUnavailable as problem:
            found.append((setting, str(problem.evidence["fault"])))
    return found


def watch(
    open_mailbox: Callable[[], Imap | Maildir],
    settings: Settings,
    ended: Event,
    *,
    tell: Callable[[inbox.Taken], None] = lambda _: None,
) -> None:
    """Take in what comes, soon after it came, until `ended` is set; a mailbox that is away is tried for ever."""
    said, pause = "", _FIRST_PAUSE
    while not ended.is_set():
        try:
            with open_mailbox() as mailbox:
                while not ended.is_set():
                    done = inbox.ingest(mailbox.waiting(), settings, is_over=ended.is_set)
                    if said:
                        _log.warning("mail is taken in again")
                    said, pause = "", _FIRST_PAUSE
                    if done != inbox.Taken():
                        tell(done)
                    mailbox.wait(ended)
        except Problem as problem:
            fault = problem.evidence.get("fault", problem.slug)
        except Exception as error:  # noqa: BLE001 - the thread must outlive whatever it meets
            fault = type(error).__name__
        else:
            return
        if fault != said:
            _log.warning("mail is not taken in: %s", fault)
            said = fault
        ended.wait(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _take_in(settings: Settings, ended: Event) -> None:
    """Watch every mailbox, in one process of a home: others wait until that one is gone."""
    found = mailboxes(settings)
    if not found:
        return
    if not inbox.is_received():
        _log.warning("mail is not taken in: nobody-receives")
        return
    lock = os.open(settings.home / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not ended.is_set():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                ended.wait(_PAUSE_SECONDS)
                continue
            _all(Thread(target=watch, args=(each, settings, ended), daemon=True) for each in found.values())
    finally:
        os.close(lock)


def _all(threads: Iterable[Thread]) -> None:
    running = list(threads)
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def _send(settings: Settings, ended: Event) -> None:
    said = ""
    while settings.mail_url and not ended.is_set():
        try:
            done = send_due(settings, clock.now(), is_over=ended.is_set)
            fault, has_more = done.fault, done.has_more
        except Problem as problem:
            fault, has_more = problem.slug, False
        except Exception as error:  # noqa: BLE001 - the thread must outlive whatever it meets
            fault, has_more = type(error).__name__, False
        if fault != said:
            _log.warning("mail waits: %s", fault) if fault else _log.warning("mail goes out again")
            said = fault
        if fault or not has_more:
            ended.wait(_PAUSE_SECONDS if fault else LOOK_SECONDS)
