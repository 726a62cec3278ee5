"""A folder on a mail server, where mail lies that is to be taken in. Source: RFC 3501, RFC 2177, RFC 6851.

What was taken gets the keyword `Wadjet` and counts as seen. A server that keeps no keywords has it moved into a folder
of that name. Nothing is ever removed: not even `EXPUNGE` is sent, for somebody else may have marked something.
"""

import contextlib
import imaplib
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import islice
from threading import Event
from types import TracebackType
from urllib.parse import unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.utils import encode_folder

from .. import clock
from ..settings import is_loopback
from .mime import HEAD_BYTES, MOST_BYTES
from .sources import Waiting, sane, unavailable

TIMEOUT_SECONDS = 30.0  # for each answer
IDLE_SECONDS = 10.0  # then it is looked at all the same: what comes just before an IDLE begins may be told to nobody
KEYWORD, QUARANTINED = "Wadjet", "WadjetQuarantine"
_PORTS = {"imaps": 993, "imap": 143}
_BATCH = 200
_WHAT = re.compile(rb"UID (\d+)"), re.compile(rb"RFC822\.SIZE (\d+)"), re.compile(rb'INTERNALDATE "([^"]+)"')


class Imap:
    """The folder that a URL names: imaps://user@host/folder. `is_again`: what is marked is looked at too."""

    def __init__(
        self, url: str, password: str, *, is_again: bool = False, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._parts = urlsplit(url)
        self._password = unquote(self._parts.password or "") or password
        self._is_again = is_again
        self._timeout = timeout_seconds
        self._box: BaseMailBox | None = None
        self._keeps_keywords = False

    def __enter__(self) -> "Imap":
        """Raises MailboxUnavailable."""
        with _faults():
            self._box = box = self._connected()
            with _closed_on_error(box):
                self._log_in(box)
                kept = box.client.response("PERMANENTFLAGS")[1]
                box.client.capabilities = tuple(
                    box.client.capability()[1][0].decode("ascii", "replace").upper().split()
                )
        words = b" ".join(each for each in kept if isinstance(each, bytes))
        self._keeps_keywords = rb"\*" in words or all(
            re.search(rb"[ (]" + each.encode() + rb"[ )]", words, re.IGNORECASE) for each in (KEYWORD, QUARANTINED)
        )
        if not self._keeps_keywords and "MOVE" not in box.client.capabilities:
            self._let_go(is_well=True)
            raise unavailable("unmarkable")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._let_go(is_well=kind is None)

    def waiting(self) -> Iterator[Waiting]:
        """What is not marked, in the order it came. Raises MailboxUnavailable."""
        marks = "" if self._is_again else f"UNKEYWORD {KEYWORD} UNKEYWORD {QUARANTINED} "
        with _faults():
            self._open.client.response("EXISTS")  # what is told of from here on came meanwhile
            uids = iter(self._open.uids(f"{marks}UNDRAFT", charset=None))
        while batch := list(islice(uids, _BATCH)):
            with _faults():
                answer = self._open.client.uid("FETCH", ",".join(batch), "(RFC822.SIZE INTERNALDATE)")
            about = dict(filter(None, map(_about, _lines(answer))))
            for uid in batch:
                size, arrived = about.get(uid, (0, None))
                if (found := self._read(uid, size, arrived)) is not None:
                    yield found

    def wait(self, ended: Event) -> None:
        """Until the server says that there is something, or ten seconds have passed. Raises MailboxUnavailable."""
        if "IDLE" not in self._open.client.capabilities:
            ended.wait(IDLE_SECONDS)
            with _faults():
                self._open.client.noop()
            return
        if self._open.client.response("EXISTS")[1][-1]:  # told of between the look and now: not told of again
            return
        until = time.monotonic() + IDLE_SECONDS
        with _faults(), self._open.idle as idle:
            if _is_told(self._open.client):
                return
            while not ended.is_set() and (began := time.monotonic()) < until:
                if idle.poll(timeout=1) or time.monotonic() - began < 0.5:  # silence that is short: it has hung up
                    break

    @property
    def _open(self) -> BaseMailBox:
        assert self._box is not None
        return self._box

    def _connected(self) -> BaseMailBox:
        host = self._parts.hostname or ""
        port = self._parts.port or _PORTS[self._parts.scheme]
        if self._parts.scheme == "imaps":
            return MailBox(host, port, timeout=self._timeout, ssl_context=ssl.create_default_context())
        box = MailBoxUnencrypted(host, port, timeout=self._timeout)
        if not is_loopback(host):
            with _closed_on_error(box):
                if "STARTTLS" not in box.client.capabilities:
                    raise unavailable("tls-not-offered")
                box.client.starttls(ssl.create_default_context())
        return box

    def _log_in(self, box: BaseMailBox) -> None:
        user = unquote(self._parts.username or "")
        log_in = box.login if (user + self._password).isascii() else box.login_utf8
        with _faults("login-refused"):
            log_in(user, self._password, initial_folder=None)
        box.folder.set(unquote(self._parts.path.removeprefix("/")) or "INBOX")

    def _read(self, uid: str, size: int, arrived: datetime | None) -> Waiting | None:
        """The message, unless it is gone."""
        is_head = size > MOST_BYTES
        what = f"BODY.PEEK[HEADER]<0.{HEAD_BYTES}>" if is_head else f"BODY.PEEK[]<0.{MOST_BYTES}>"
        with _faults():
            answer = self._open.client.uid("FETCH", uid, f"({what})")
        raw = next((each[1] for each in answer[1] if isinstance(each, tuple) and b"BODY[" in each[0]), None)
        if raw is None:
            return None
        return Waiting(raw, is_head, sane(arrived, clock.now()), partial(self._settle, uid))

    def _settle(self, uid: str, state: str) -> None:
        is_taken = state == "taken"
        with _faults("unmarkable"):
            if self._keeps_keywords:
                mark = rf"(\Seen {KEYWORD})" if is_taken else rf"(\Flagged {QUARANTINED})"
                _agreed(self._open.client.uid("STORE", uid, "+FLAGS.SILENT", mark))
                if is_taken and self._is_again:  # it may have been put aside before
                    _agreed(self._open.client.uid("STORE", uid, "-FLAGS.SILENT", f"({QUARANTINED})"))
            else:
                folder = KEYWORD if is_taken else QUARANTINED
                if not self._open.folder.exists(folder):
                    self._open.folder.create(folder)
                _agreed(self._open.client.uid("MOVE", uid, encode_folder(folder).decode("ascii")))

    def _let_go(self, *, is_well: bool) -> None:
        if self._box is not None:
            with contextlib.suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
                if is_well:
                    self._box.logout()
            with contextlib.suppress(OSError):
                self._box.client.shutdown()
            self._box = None


@contextmanager
def _closed_on_error(box: BaseMailBox) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            box.client.shutdown()
        raise


@contextmanager
def _faults(otherwise: str = "unreachable") -> Iterator[None]:
    """What goes wrong between us and the server, as MailboxUnavailable; a server's words may repeat addresses."""
    try:
        yield
    except MailboxLoginError as refusal:
        raise unavailable("login-refused") from refusal
    except MailboxFolderSelectError as refusal:
        raise unavailable("folder-unknown") from refusal
    except ssl.SSLCertVerificationError as error:
        raise unavailable("tls-failed") from error
    except (imaplib.IMAP4.abort, OSError) as error:
        raise unavailable("unreachable") from error
    except (imaplib.IMAP4.error, ImapToolsError) as refusal:
        raise unavailable(otherwise) from refusal


def _is_told(client: imaplib.IMAP4) -> bool:
    """Whether a line is there already: one read along with the leave to idle is no news to a poll of the socket."""
    connection = client.socket()
    timeout = connection.gettimeout()
    connection.settimeout(0)
    try:
        return bool(client.readline())
    except OSError:
        return False
    finally:
        connection.settimeout(timeout)


def _agreed(answer: tuple[str, list[object]]) -> None:
    if answer[0] != "OK":
        raise imaplib.IMAP4.error("refused")


def _lines(answer: tuple[str, list[object]]) -> Iterator[bytes]:
    for each in answer[1]:
        if isinstance(each, bytes):
            yield each


def _about(line: bytes) -> tuple[str, tuple[int, datetime | None]] | None:
    """A message's number, size and time of arrival."""
    uid, size, arrived = (found.search(line) for found in _WHAT)
    if uid is None or size is None:
        return None
    try:
        moment = datetime.strptime((arrived[1] if arrived else b"").decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    except ValueError:
        moment = None
    return uid[1].decode(), (int(size[1]), moment)
