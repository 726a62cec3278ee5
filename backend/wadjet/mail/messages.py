"""A letter, from words to the bytes on the wire.

What a person typed may stand in a letter's head: a name, an address to reply to. Nothing of it becomes a line of its
own there. Control characters are refused, and encoded words too: mail programs decode those once more, and Python
3.11.7 makes a header of what `=?utf-8?q?=0D=0ABcc:…?=` hides. What was written is read again before it goes.
"""

import functools
import gettext
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import format_datetime, quote
from pathlib import Path

from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from .. import clock
from ..settings import LANGUAGES, WIDGET, Settings
from .problems import LetterInvalid

_TEMPLATES = WIDGET / "templates" / "mail"
_CATALOGUES = Path(__file__).resolve().parents[1] / "translations"
_FORM = policy.SMTP.clone(cte_type="7bit")
_MOST_BYTES = 998  # of a line. Source: RFC 5322 2.1.1
_FOLD_AT = 75  # Source: RFC 2047 2
_ENCODED_WORD = re.compile(r"=\?[^?]*\?[^?]*\?[^?]*\?=")  # looser than RFC 2047, as readers are
_UNSAFE = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, surrogates, separators of lines and paragraphs
_FURTHER = frozenset({"List-Unsubscribe", "List-Unsubscribe-Post"})  # RFC 2369, RFC 8058
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.IGNORECASE)


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter. `media_type`: like application/jose."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What is to be sent to whom; always as text and as HTML.

    to, reply_to  an address alone; name: of whom it goes to
    headers       further ones: List-Unsubscribe, List-Unsubscribe-Post
    """

    to: str
    subject: str
    text: str
    html: str
    language: str
    name: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def render(name: str, language: str, /, *, folder: Path = _TEMPLATES, **values: object) -> tuple[str, str, str]:
    """Subject, text and HTML of a message: the three templates in `folder`/`name`.

    language  one without a catalogue falls back: kk, ru, en
    values    what the templates name; the layouts need `settings`
    """
    tongue = language if language in LANGUAGES else LANGUAGES[0]
    templates = _environment(tongue, folder)
    subject, text, html = (
        templates.get_template(f"{name}/{part}").render(values, language=tongue)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return subject.strip(), text.strip() + "\n", html


def is_plain_line(text: str) -> bool:
    """Whether it may stand in a letter's head: one line, no control characters, no encoded word."""
    return not any(unicodedata.category(letter) in _UNSAFE for letter in text) and not _ENCODED_WORD.search(text)


def address(text: str) -> str:
    """An address as it goes on the wire, its domain in ASCII. Raises LetterInvalid. Source: RFC 5321 4.1.2, 4.5.3.1."""
    local, _, domain = _line(text).rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)) or len(local) > 64 or len(local + domain) > 253:
        raise LetterInvalid("An address in it is not one that mail can be sent to.")
    return f"{local}@{domain}"


def write(letter: Letter, letter_id: str, settings: Settings, *, now: datetime) -> bytes:
    """The message as sent, lines ended by CRLF. Its Message-ID is made of `letter_id`, so that it stays the same.

    Raises LetterInvalid.
    """
    sender, to = address(settings.mail_from), address(letter.to)
    message = EmailMessage(policy=_FORM)
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for each in letter.attachments:
        kind, _, subtype = _line(each.media_type).partition("/")
        message.add_attachment(each.content, maintype=kind, subtype=subtype, filename=_line(each.name))
    head = {
        "Date": format_datetime(now.astimezone(clock.LOCAL)),
        "Message-ID": f"<{letter_id}@{sender.rpartition('@')[2]}>",
        "From": _mailbox("From", pick(settings.operator.name, letter.language), sender),
        "To": _mailbox("To", letter.name, to),
        **({"Reply-To": address(letter.reply_to)} if letter.reply_to else {}),
        "Subject": _words("Subject", letter.subject),
        "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's program answers it
        "Content-Language": _line(letter.language),
        **_further(letter.headers),
    }
    # By hand: Python's own folding alters long names, makes encoded words too long for RFC 2047, and encodes addresses.
    raw = "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode() + message.as_bytes()
    _check(raw, [*head, *message.keys()], {"From": sender, "To": to})
    return raw


def pick(words: Mapping[str, str], language: str) -> str:
    """The operator's words for a reader of `language`, else those of another; "" where there are none."""
    return next((words[tag] for tag in (language, *LANGUAGES) if words.get(tag)), "")


def _line(text: str) -> str:
    if not is_plain_line(text):
        raise LetterInvalid("What is to stand in its head holds control characters or an encoded word.")
    return text


def _words(name: str, text: str) -> str:
    """Text as the value of a header, in encoded words where it needs them."""
    if _line(text).isascii() and len(name) + len(text) < _FOLD_AT:
        return text
    return Header(text, "utf-8", _FOLD_AT, header_name=name).encode(linesep="\r\n")


def _mailbox(header: str, name: str, where: str) -> str:
    """An address with the name of whose it is."""
    if not name:
        return where
    said = _words(header, name)
    if said == name:
        said = f'"{quote(name)}"'
    return f"{said}\r\n <{where}>"


def _further(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in headers.items():
        if name not in _FURTHER or not _line(value).isascii():
            raise LetterInvalid("It has a header that is not to be there, or one that is not ASCII.")
    return headers


def _check(raw: bytes, names: list[str], meant: Mapping[str, str]) -> None:
    """Read it as its receiver will: the headers that were meant and no others, the addresses that were meant."""
    read = BytesHeaderParser(policy=policy.default).parsebytes(raw)
    found = {name: ",".join(each.addr_spec for each in read[name].addresses) for name in meant}
    if read.keys() != names or found != meant or any(len(line) > _MOST_BYTES for line in raw.split(b"\r\n")):
        raise LetterInvalid("It would be read otherwise than it was meant.")


@functools.cache
def _environment(language: str, folder: Path) -> Environment:
    made = Environment(
        loader=FileSystemLoader([folder, _TEMPLATES]),
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words: gettext.NullTranslations = Translations.load(str(_CATALOGUES), [language])
    made.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    made.globals["pick"] = pick
    return made
