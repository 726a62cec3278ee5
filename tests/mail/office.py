"""A real mail server in the process, which takes letters or misbehaves as it is told; and certificates for it."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.services import free_port

TAKE = "250 taken"
CUT = "cut"  # the connection ends without an answer
STALL = "stall"  # none comes
KEEP_AND_CUT = "keep and cut"  # the letter is kept, and nobody is told so
STALL_SECONDS = 2.0
FARAWAY = "0x7f000001"  # loopback by a name that does not say so: where TLS is required


class Office:
    """`answer(stage)` says what it does at MAIL, RCPT and DATA: a line of SMTP's, or one of the words above."""

    def __init__(self, *, port: int = 0, **options: Any) -> None:
        self.port = port or free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.answer: Callable[[str], str] = lambda _: TAKE
        self.greeted: str | None = ""
        self.lines: set[SMTP] = set()
        self.stages: list[str] = []
        self.raw: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self._controller = Controller(
            _Clerk(self), "127.0.0.1", self.port, server_hostname="mail.example.kz", **options
        )

    def __enter__(self) -> "Office":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def letters(self) -> list[EmailMessage]:
        """What was taken, as a mail program reads it."""
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    @property
    def abouts(self) -> list[str]:
        return [letter["Subject"].removeprefix("About ") for letter in self.letters]

    def hang_up(self) -> None:
        """Cut every connection."""
        for line in self.lines:
            self._controller.loop.call_soon_threadsafe(_cut, line)

    def keep(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.envelopes.append((str(envelope.mail_from), envelope.rcpt_tos))


class _Clerk:
    """The hooks that aiosmtpd calls."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]) -> str:  # noqa: N802
        self._office.greeted = session.host_name
        self._office.lines.add(server)
        envelope.mail_from = address
        return await self._answer("MAIL", server, envelope)

    async def handle_RCPT(self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", server, envelope)

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        return await self._answer("DATA", server, envelope)

    async def _answer(self, stage: str, server: SMTP, envelope: Envelope) -> str:
        said = self._office.answer(stage)
        self._office.stages.append(stage)
        if stage == "DATA" and said in (TAKE, KEEP_AND_CUT):
            self._office.keep(envelope)
        if said == STALL:
            await asyncio.sleep(STALL_SECONDS)
        if said in (CUT, KEEP_AND_CUT):
            _cut(server)
        return TAKE if said in (CUT, KEEP_AND_CUT, STALL) else said


def _cut(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()


def over_tls(folder: Path) -> ssl.SSLContext:
    """The server's side, with the certificate that `certify` made."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


def admits(user: str, password: str) -> Callable[..., AuthResult]:
    """Takes this login and no other."""

    def check(_: SMTP, __: Session, ___: Envelope, ____: str, said: LoginPassword) -> AuthResult:
        return AuthResult(success=said == LoginPassword(user.encode(), password.encode()), handled=False)

    return check


def certify(folder: Path) -> None:
    """authority.pem, and server.pem with server.key, which it signed, for loopback."""
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of the tests")])
    server = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A mail server of the tests")])
    names = [x509.DNSName("localhost"), x509.DNSName(FARAWAY), x509.IPAddress(ip_address("127.0.0.1"))]
    signs = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = {}
    for file, subject, key, extensions in (
        ("authority.pem", authority, authority_key, [x509.BasicConstraints(ca=True, path_length=0), signs]),
        ("server.pem", server, server_key, [x509.SubjectAlternativeName(names)]),
    ):
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(authority, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
        for extension in (
            *extensions,
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()),
        ):
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        made[file] = builder.sign(authority_key, SHA256()).public_bytes(Encoding.PEM)
        (folder / file).write_bytes(made[file])
    key_pem = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.key").write_bytes(key_pem)
