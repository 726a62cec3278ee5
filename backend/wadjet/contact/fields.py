"""What the form asks: clause 6's data and the message, nothing else. The page and the element draw from this."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

REGION = "KZ"  # whose way of writing telephone numbers is understood without a country code


@dataclass(frozen=True)
class Field:
    """One question. `longest` counts characters; `kind` is the HTML input's type, or `textarea`."""

    name: str
    longest: int
    kind: str = "text"
    is_required: bool = True
    autocomplete: str = "off"


# Source: policy 6.0. In the order in which names are written in Kazakhstan.
FIELDS = (
    Field("last_name", 100, autocomplete="family-name"),
    Field("first_name", 100, autocomplete="given-name"),
    Field("patronymic", 100, is_required=False, autocomplete="additional-name"),
    Field("phone", 40, kind="tel", is_required=False, autocomplete="tel"),
    Field("email", 254, kind="email", autocomplete="email"),
    Field("message", 3000, kind="textarea"),
)
NAMES = ("last_name", "first_name", "patronymic")
_NOT_IN_NAMES = re.compile(r"[\d<>{}\[\]\\/|@#$%^&*=+~\"!?:;_]")
# Two invisible letters belong to the spelling of Arabic and Indic scripts: between letters of these they stay.
_JOINED = "[\u0600-\u18af]"
_IDLE_JOINER = re.compile(f"(?<!{_JOINED})[\u200c\u200d]|[\u200c\u200d](?!{_JOINED})")


class Wrong(ValueError):
    """A value that cannot be taken. Its text is one of the codes in `web.asking.sentences`."""


def clean(field: Field, value: Any) -> str | None:
    """The value as it is kept: NFC, trimmed; a telephone number as E.164; None where nothing was given.

    Raises Wrong: `not-text`, `missing`, `too-long`, `control-characters`, `name`, `phone`, `email`.
    """
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise Wrong("not-text")
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
    if field.kind != "textarea":
        text = " ".join(text.split())
    if not text:
        if field.is_required:
            raise Wrong("missing")
        return None
    if len(text) > field.longest:
        raise Wrong("too-long")
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") and letter not in "\n\t" for letter in text):
        raise Wrong("control-characters")  # what becomes a header or a line of a log must be one
    return _READERS.get(field.name, str)(text)


def _name(text: str) -> str:
    """Without what cannot be seen: it would turn the letters around, or make two names of one that looks the same."""
    seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf" or letter in "\u200c\u200d")
    text = " ".join(_IDLE_JOINER.sub("", seen).split())
    if _NOT_IN_NAMES.search(text) or not any(letter.isalpha() for letter in text):
        raise Wrong("name")
    return text


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException as error:
        raise Wrong("phone") from error
    if not phonenumbers.is_valid_number(number):
        raise Wrong("phone")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _email(text: str) -> str:
    try:  # only what a letter of ours can go to: few mail servers take more than ASCII before the @ (RFC 6531)
        return str(validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized)
    except EmailNotValidError as error:
        raise Wrong("email") from error


_READERS = {**dict.fromkeys(NAMES, _name), "phone": _phone, "email": _email}
