"""How a letter leaves: by SMTP, or into a Maildir.

What goes wrong before the letter is offered is no letter's fault and stops all of them: `RelayFault`. What goes wrong
after that is this letter's: `Refused`. Errors carry codes alone, for what servers say repeats addresses.
"""

import contextlib
import mailbox
import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

from ..settings import Settings, is_loopback

TIMEOUT_SECONDS = 30.0  # for each answer
_PORTS = {"smtps": 465, "smtp": 587}  # RFC 8314 3.3, RFC 6409 3.1
_PERMANENT = 500
_TOO_LARGE = 552  # told at MAIL already, where the server knows sizes (RFC 1870 6.1)


class RelayFault(Exception):
    """No letter can be sent at the moment. `code`: a word of FAULTS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(Exception):
    """This letter was not taken, or nobody knows whether it was."""

    def __init__(self, code: str, *, is_permanent: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.is_permanent = is_permanent


class Smtp:
    """A mail server, spoken to over one connection for as long as that holds."""

    def __init__(self, url: str, own_name: str, timeout_seconds: float) -> None:
        """`own_name`: what we greet with; looking it up could take minutes."""
        self._parts = urlsplit(url)
        self._own_name = own_name
        self._timeout = timeout_seconds
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> "Smtp":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            self._drop()

    def deliver(self, sender: str, recipient: str, raw: bytes) -> None:
        """Return once the server has taken it. Raises RelayFault, Refused."""
        connection = self._connected()
        try:
            connection.sendmail(sender, [recipient], raw)
        except smtplib.SMTPSenderRefused as refusal:
            raise _sender_refused(refusal.smtp_code) from None
        except smtplib.SMTPRecipientsRefused as refusal:
            [(code, _)] = refusal.recipients.values()
            raise _refused(code) from None
        except smtplib.SMTPResponseException as refusal:
            raise _refused(refusal.smtp_code) from None
        except (OSError, smtplib.SMTPException):
            self._drop()
            raise Refused("connection-lost") from None

    def probe(self) -> None:
        """Raises RelayFault when nothing could be sent now."""
        self._connected()

    def _connect(self) -> None:
        """Greet and log in. Raises RelayFault."""
        with _faults_of_the_relay():
            self._connection = self._greeted()
            if self._parts.scheme == "smtp" and not is_loopback(self._parts.hostname or ""):
                self._connection.ehlo_or_helo_if_needed()
                if not self._connection.has_extn("starttls"):
                    raise RelayFault("tls-not-offered")
                self._connection.starttls(context=ssl.create_default_context())
            if self._parts.username is not None:
                self._connection.login(unquote(self._parts.username), unquote(self._parts.password or ""))

    def _connected(self) -> smtplib.SMTP:
        """A connection that answers; one that fell silent between two letters is made anew."""
        if self._connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if self._connection.noop()[0] == 250:
                    return self._connection
            self._drop()
        try:
            self._connect()
        except RelayFault:
            self._drop()
            raise
        assert self._connection is not None
        return self._connection

    def _greeted(self) -> smtplib.SMTP:
        host, port = self._parts.hostname or "", self._parts.port or _PORTS[self._parts.scheme]
        if self._parts.scheme == "smtps":
            tls = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, self._own_name, timeout=self._timeout, context=tls)
        return smtplib.SMTP(host, port, self._own_name, timeout=self._timeout)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Maildir:
    """A folder of files: each is written in `tmp/`, synced, then moved to `new/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> "Maildir":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def deliver(self, _sender: str, _recipient: str, raw: bytes) -> None:
        """Return once it is on disk. Raises RelayFault."""
        try:
            for name in ("tmp", "new", "cur"):
                (self._folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            mailbox.Maildir(self._folder).add(raw.replace(b"\r\n", b"\n"))
            new = os.open(self._folder / "new", os.O_RDONLY)
            try:
                os.fsync(new)
            finally:
                os.close(new)
        except OSError as error:
            raise RelayFault("unwritable") from error

    def probe(self) -> None:
        """Raises RelayFault when nothing could be written now; makes nothing."""
        where = (self._folder / "tmp", self._folder, *self._folder.parents)
        if not os.access(next(filter(Path.exists, where)), os.W_OK | os.X_OK):
            raise RelayFault("unwritable")


Transport = Smtp | Maildir


def transport(settings: Settings, timeout_seconds: float = TIMEOUT_SECONDS) -> Transport:
    """What `mail_url` names; it connects when there is something to send. `timeout_seconds`: for each answer."""
    if settings.mail_url.startswith("maildir:"):
        return Maildir(settings.home / settings.mail_url.removeprefix("maildir:"))
    return Smtp(settings.mail_url, _own_name(settings), timeout_seconds)


def _own_name(settings: Settings) -> str:
    """Source: RFC 5321 4.1.3, 4.1.4."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    try:
        found = ip_address(host)
    except ValueError:
        return host
    return f"[{host}]" if found.version == 4 else f"[IPv6:{host}]"


@contextmanager
def _faults_of_the_relay() -> Iterator[None]:
    try:
        yield
    except ssl.SSLError as error:
        raise RelayFault("tls-failed") from error
    except smtplib.SMTPNotSupportedError as error:  # it takes no login at all
        raise RelayFault("login-refused") from error
    except smtplib.SMTPAuthenticationError as refusal:
        raise RelayFault("login-refused" if refusal.smtp_code >= _PERMANENT else "unreachable") from None
    except (OSError, smtplib.SMTPException) as error:
        raise RelayFault("unreachable") from error


def _refused(code: int) -> Refused:
    return Refused(f"refused-{code}", is_permanent=code >= _PERMANENT)


def _sender_refused(code: int) -> Exception:
    """The sender is the same in every letter, so a refusal of it is no letter's fault; but it may be too large."""
    return RelayFault("sender-refused") if code >= _PERMANENT and code != _TOO_LARGE else _refused(code)
