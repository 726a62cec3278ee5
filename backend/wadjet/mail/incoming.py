"""What a message says of itself, as far as that can be known. Pure.

Nothing here is believed: From is what anybody may write, Date is not looked at. Whoever acts on it confirms who asks.
"""

import logging
import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import getaddresses
from hashlib import sha256
from typing import NamedTuple

from ..settings import LANGUAGES, Settings
from . import messages, mime
from .charsets import words
from .markers import Marker, recognise
from .problems import LetterInvalid

_log = logging.getLogger(__name__)
_CRLF, _LF = b"\r\n", b"\n"
_SUBJECT_LETTERS, _NAME_LETTERS, _ADDRESS_LETTERS = 500, 200, 1_000
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LANGUAGE_LETTERS = 5_000
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_OWN_ID = re.compile(r"<[\w-]{22}@([^@>]+)>", re.ASCII)
_ROBOT = re.compile(
    r"(mailer-daemon|postmaster|(no|do[._-]?not)[._-]?reply|bounces?|autoreply)([+._-].*)?", re.IGNORECASE
)
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "message/global-delivery-status"})
_KAZAKH = frozenset("әғқңөұүһі")
_KAZAKH_WORDS = re.compile(r"\b(сәлем|салем|дербес|жеке|керек|жана|және|деректер\w*|болады|емес|маган|рахмет)\b")


@dataclass(frozen=True)
class Incoming:
    """A message as its handler gets it. Its repr tells nothing of a person.

    id           ours: 22 characters of base64url
    message_id   the header's; where that is missing or bad, a digest of the bytes
    received_at  the mailbox's own time, aware UTC; taken_at: when it was taken
    sender       the address in From, "" when there is none that can be written to; name: what stands beside it
    text         what was written, up to 20,000 letters; history below an answer stays
    is_automatic a program wrote it, or we did: it is never answered
    marker       what its subject asks for, in the policy's own words
    attachments  the media types of what was attached; it stays in the mailbox
    gap          why not all of it was read: `too-large`, `cut`, `broken`, else ""
    """

    id: str
    message_id: str = field(repr=False)
    received_at: datetime
    taken_at: datetime
    sender: str = field(repr=False)
    name: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    language: str
    is_automatic: bool
    marker: Marker | None
    attachments: tuple[str, ...] = ()
    gap: str = ""


class Read(NamedTuple):
    """A message that was read.

    is_own     one of our letters, come back by a loop or a copy; is_report: a server tells how a letter of ours fared
    """

    incoming: Incoming
    is_own: bool
    is_report: bool


def read(
    raw: bytes, own_id: str, *, received_at: datetime, now: datetime, settings: Settings, is_head: bool = False
) -> Read:
    """Whatever can be read of a message; it refuses none. `is_head`: the rest was too large to be had."""
    digest = f"sha256-{sha256(raw.replace(_CRLF, _LF)).hexdigest()}"
    blank = Incoming(own_id, digest, received_at, now, "", "", "", "", LANGUAGES[0], True, None, gap="broken")
    try:
        message = mime.read(raw)
        return _judge(_said(blank, message, settings, is_head=is_head), message, settings)
    except Exception as error:  # noqa: BLE001 - there is nothing that may not be in a letter, and none may be lost
        _log.error("a message could not be read: %s", type(error).__name__)
        return Read(blank, is_own=False, is_report=False)


def _said(blank: Incoming, message: mime.Message, settings: Settings, *, is_head: bool) -> Incoming:
    head = message.head
    sender, name = _sender(head)
    subject = _line(head.words("subject"))
    marker = recognise(subject, rectify=settings.rectify_subjects, withdraw=settings.withdraw_subjects)
    return replace(
        blank,
        message_id=_message_id(head) or blank.message_id,
        sender=sender,
        name=name,
        subject=subject[:_SUBJECT_LETTERS],
        text="" if is_head else message.text,
        language=language(subject if is_head else f"{subject}\n{message.text}"),
        is_automatic=_is_automatic(head, sender, message.media_types),
        marker=marker,
        attachments=() if is_head else message.attachments,
        gap="too-large" if is_head else message.gap,
    )


def _judge(incoming: Incoming, message: mime.Message, settings: Settings) -> Read:
    """Whether it is one of ours, or tells of one of ours."""
    is_report = message.media_types[:1] == ["multipart/report"] and not _REPORTS.isdisjoint(message.media_types)
    try:
        own = _written(settings.mail_from).lower()
    except LetterInvalid:
        own = ""
    if not own or incoming.sender.lower() != own:
        return Read(incoming, is_own=False, is_report=is_report and not incoming.marker)
    id_of_ours = _OWN_ID.fullmatch(incoming.message_id)
    has_our_id = id_of_ours is not None and id_of_ours[1].lower() == own.rpartition("@")[2]
    is_own = has_our_id or _word(message.head, "auto-submitted") == "auto-generated"
    return Read(replace(incoming, is_automatic=True), is_own, is_report=False)


def language(text: str) -> str:
    """The language that it seems to be in: kk, ru or en; of what a person wrote, not of what they answer to."""
    lines = text[:_LANGUAGE_LETTERS].lower().splitlines()
    own = "\n".join(line for line in lines if not line.startswith(">"))
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in own)
    latin = sum("a" <= letter <= "z" for letter in own)
    kazakh = sum(letter in _KAZAKH for letter in own)
    if 30 * kazakh > cyrillic or (kazakh < cyrillic and len(_KAZAKH_WORDS.findall(own)) > 1):
        return "kk"
    return "ru" if cyrillic and 4 * cyrillic >= latin else "en" if latin else "kk"


def _message_id(head: mime.Head) -> str:
    said = [value.strip() for value in head.all("message-id")]
    return said[0] if len(said) == 1 and _MESSAGE_ID.fullmatch(said[0]) else ""


def _sender(head: mime.Head) -> tuple[str, str]:
    """The address in From and the name beside it; what cannot be written to counts as a name."""
    values = head.all("from")
    try:
        # Encoded words hide no address: they are read after it was found. Brackets nested too deep are no address.
        [(name, address)] = getaddresses([value[:_ADDRESS_LETTERS] for value in values])
        return _written(address), _line(words(name.encode("utf-8", "replace")))[:_NAME_LETTERS]
    except (LetterInvalid, ValueError, RecursionError):
        return "", _line(head.words("from"))[:_NAME_LETTERS]


def _written(address: str) -> str:
    """An address as the contact form would have kept it, its domain in its own letters. Raises LetterInvalid."""
    wired = messages.address(address)
    local, _, domain = wired.rpartition("@")
    try:
        spelled = f"{local}@{domain.encode('ascii').decode('idna').lower()}"
        return spelled if messages.address(spelled).lower() == wired.lower() else wired
    except (UnicodeError, LetterInvalid):
        return wired


def _is_automatic(head: mime.Head, sender: str, media_types: list[str]) -> bool:
    """Source: RFC 3834 2; what else programs are known to put."""
    return (
        _word(head, "auto-submitted") not in ("", "no")
        or _word(head, "precedence") in ("bulk", "junk", "list")
        or any(name in head for name in ("list-id", "x-auto-response-suppress", "x-autoreply", "x-autorespond"))
        or "<>" in map(str.strip, head.all("return-path"))
        or media_types[:1] == ["multipart/report"]
        or bool(_ROBOT.fullmatch(sender.rpartition("@")[0]))
    )


def _word(head: mime.Head, name: str) -> str:
    """The first word of a header, in small letters."""
    return re.split(r"[\s;(]", head.one(name).strip().lower(), maxsplit=1)[0]


def _line(text: str) -> str:
    """One line, without letters that cannot be seen or turn the others around."""
    plain = (" " if letter.isspace() or unicodedata.category(letter) in _UNSEEN else letter for letter in text)
    return " ".join("".join(plain).split())
