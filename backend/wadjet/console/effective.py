"""The settings as they are in force, each with where it comes from; of a secret only whether it is there. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ..settings import WORDED, Operator, Settings, Site

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

_SECRETS = frozenset({"imap_password", "vault_key", "vault_key_command"})  # a command may name one
_IN_ADDRESS = re.compile(r"(://[^:/@\s]*):.*@")
_IN_QUERY = re.compile(r"(password=)[^&\s]+")
HIDDEN = "•••"

GROUPS: Mapping[str, tuple[str, ...]] = {
    N_("Addresses"): ("base_url", "privacy_url", "hosts", "sites", "security_contact"),
    N_("Mail"): (
        "mail_url",
        "mail_from",
        "mail_to",
        "imap_url",
        "imap_password",
        "maildir_in",
        "rectify_subjects",
        "withdraw_subjects",
        "confirm_contact",
    ),
    N_("Storage"): (
        "home",
        "receipts_database",
        "vault_database",
        "person_keys",
        "vault_key",
        "vault_key_command",
    ),
    N_("Terms"): ("receipts_years", "request_days", "stale_days", "calendar"),
    N_("Server"): (),  # whatever is in no other
}
_LINES = {  # what is to be written under [operator]
    "bin": 'bin = "123456789012"',
    "email": 'email = "privacy@example.kz"',
    "phone": 'phone = "+7 …"',
    "website": 'website = "https://example.kz"',
    "authority_url": 'authority_url = "https://www.gov.kz/…"',
}


@dataclass(frozen=True)
class Line:
    """A setting. `source`: wadjet.toml, WADJET_*, or "" for the default; `value` "": empty; `is_hidden`: a secret."""

    name: str
    value: str
    source: str
    is_hidden: bool = False


def groups(settings: Settings, sources: Mapping[str, str]) -> Iterator[tuple[str, list[Line]]]:
    """Every setting but the operator's facts, by what it is about."""
    named = {name for names in GROUPS.values() for name in names} | {"operator"}
    others = tuple(each.name for each in fields(Settings) if each.name not in named)
    for title, names in GROUPS.items():
        yield title, [_line(name, getattr(settings, name), sources) for name in names or others]


def operator(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """The operator's facts: name, value, and for one that is missing the line to write."""
    for each in fields(Operator):
        value = getattr(settings.operator, each.name)
        lacking = f'{each.name} = {{ kk = "…", ru = "…", en = "…" }}' if each.name in WORDED else _LINES[each.name]
        yield each.name, _text(value), "" if value else lacking


def masked(text: str) -> str:
    """An address without its password."""
    return _IN_QUERY.sub(rf"\1{HIDDEN}", _IN_ADDRESS.sub(rf"\1:{HIDDEN}@", text))


def _line(name: str, value: Any, sources: Mapping[str, str]) -> Line:
    source = "WADJET_HOME" if name == "home" else sources.get(name, "")
    if name in _SECRETS:
        return Line(name, HIDDEN if value else "", source, is_hidden=True)
    text = _text(value)
    return Line(name, masked(text), source, is_hidden=masked(text) != text)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Site):
        return " ".join(value.origins)
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_text(each)}" for name, each in value.items())
    if isinstance(value, tuple | frozenset):
        return ", ".join(sorted(map(str, value)))
    if hasattr(value, "days_off"):
        return "; ".join(f"{each.name}: {_text(days)}" for each in fields(value) if (days := getattr(value, each.name)))
    return str(value)
