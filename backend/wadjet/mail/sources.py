"""Where mail lies that is to be taken in: a Maildir, or one message on standard input; imap.py: a server's folder.

What is in a mailbox and does not bear our mark is yet to be taken, whoever has read it meanwhile. The mark is set after
the commit; whoever dies between the two finds the message again, and its row.
"""

import contextlib
import errno
import logging
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import BinaryIO

from .. import clock
from .mime import HEAD_BYTES, MOST_BYTES
from .problems import MAILBOX_FAULTS, MailboxUnavailable

POLL_SECONDS = 5.0
QUARANTINE = ".Quarantine"
_MARK = ",wadjet"  # in the part of the name that mail programs leave alone
_EPOCH = re.compile(r"(\d{9,10})\.")
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=5)
_DRAIN_BYTES = 1 << 20
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Waiting:
    """A message that is yet to be taken.

    raw      the message, or its head alone (`is_head`) where all of it is too large
    settle   marks it, `taken` or `quarantined`; harmless when it is gone. Raises MailboxUnavailable
    """

    raw: bytes = field(repr=False)
    is_head: bool
    received_at: datetime
    settle: Callable[[str], None]


def unavailable(fault: str) -> MailboxUnavailable:
    """The refusal for a word of MAILBOX_FAULTS."""
    what, remedy = MAILBOX_FAULTS[fault]
    return MailboxUnavailable(f"{what}: {remedy}", fault=fault)


def sane(moment: datetime | None, now: datetime) -> datetime:
    """A mailbox's own time, where it can be one; a deadline counts from it, so it is never in the future."""
    return min(moment, now) if moment and _BEGINNING <= moment <= now + _AHEAD else now


class Stream:
    """One raw message, as a mail server pipes it into a program."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def waiting(self) -> Iterator[Waiting]:
        """That message; none where nothing came."""
        raw = self._stream.read(MOST_BYTES + 1)
        is_head = len(raw) > MOST_BYTES
        while self._stream.read(_DRAIN_BYTES):  # whoever writes is not to hear that nobody reads
            pass
        if raw:
            yield Waiting(raw[:HEAD_BYTES] if is_head else raw, is_head, clock.now(), lambda _: None)


class Maildir:
    """A folder of files. What was taken lies in `cur/` with our mark in its name and counts as seen."""

    def __init__(self, folder: Path, *, is_again: bool = False) -> None:
        """`is_again`: what is marked or was put aside is looked at too."""
        self._folder = folder
        self._is_again = is_again

    def __enter__(self) -> "Maildir":
        if not (self._folder / "new").is_dir() and not (self._folder / "cur").is_dir():
            raise unavailable("folder-unknown")
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def waiting(self) -> Iterator[Waiting]:
        """What has no mark yet, the oldest first."""
        folders = [self._folder, self._folder / QUARANTINE] if self._is_again else [self._folder]
        files = (path for folder in folders for part in ("new", "cur") for path in _received(folder / part))
        found = [path for path in files if self._is_again or not _stem(path).endswith(_MARK)]
        for path in sorted(found, key=lambda path: path.name):
            try:
                yield self._read(path)
            except FileNotFoundError:  # somebody moved or removed it meanwhile
                continue
            except OSError as error:  # it stays where it is, and keeps none of the others
                _log.error("a file in the mailbox cannot be read: %s", type(error).__name__)

    def wait(self, ended: Event) -> None:
        """Until there may be something new."""
        ended.wait(POLL_SECONDS)

    def _read(self, path: Path) -> Waiting:
        # Not through a link, nor from a pipe that never ends.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
            is_head = about.st_size > MOST_BYTES
            raw = file.read(HEAD_BYTES if is_head else MOST_BYTES)
        now = clock.now()
        epoch = _EPOCH.match(path.name)
        named = _moment(int(epoch[1])) if epoch else None
        is_named_well = named is not None and _BEGINNING <= named <= now + _AHEAD
        delivered = named if is_named_well else _moment(about.st_mtime)
        return Waiting(raw, is_head, sane(delivered, now), lambda state: self._settle(path, state))

    def _settle(self, path: Path, state: str) -> None:
        flags = path.name.partition(":2,")[2]
        folder = self._folder if state == "taken" else self._folder / QUARANTINE
        if state == "taken" and path.parents[1].name == QUARANTINE:
            flags = flags.replace("F", "")
        seen = "".join(sorted({*flags, "S" if state == "taken" else "F"}))
        name = _stem(path).removesuffix(_MARK) + (_MARK if state == "taken" else "")
        try:
            for part in ("tmp", "new", "cur"):
                (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                path.rename(folder / "cur" / f"{name}:2,{seen}")
        except OSError as error:
            raise unavailable("unmarkable") from error


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):  # some file systems keep years that calendars do not have
        return None


def _stem(path: Path) -> str:
    """A message's name without its flags."""
    return path.name.partition(":2,")[0]


def _received(folder: Path) -> Iterator[Path]:
    """Every message there but drafts."""
    try:
        found = list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise unavailable("folder-unknown") from error
    for path in found:
        if not path.name.startswith(".") and "D" not in path.name.partition(":2,")[2]:
            yield path
