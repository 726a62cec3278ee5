"""Founding a home: settings, keys, tables, and the starter policy to edit. What is there stays as it is."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from .. import keys, policy, vault
from ..settings import Settings, load
from ..shell import open_home

_TEMPLATE = Path(__file__).with_name("wadjet.toml")
# The facts of the operator; one that is not known yet stands there as an example, commented out.
_EXAMPLES = {
    "name": 'LLP "Example"',
    "bin": "123456789012",
    "address": "1 Abay Avenue, Almaty, 050000",
    "email": "privacy@example.kz",
    "phone": "+7 727 000 00 00",
    "website": "https://example.kz",
    "responsible": "A. Person, privacy@example.kz",
}


# The first operator: what is known of it without asking. Its BIN is not.
WADJET: Mapping[str, str | Mapping[str, str]] = {
    "name": {"kk": "«Wadjet» ЖШС", "ru": "ТОО «Wadjet»", "en": 'LLP "Wadjet"'},
    "email": "info@wadjet.kz",
    "website": "https://wadjet.kz",
}


@dataclass(frozen=True)
class Facts:
    """What a new home is told; the rest is edited in `wadjet.toml`."""

    site: str = "wadjet.kz"
    origins: tuple[str, ...] = ()  # default: https://<site>
    base_url: str = "http://127.0.0.1:8000"
    privacy_url: str = ""
    listen: str = ""  # default: base_url's own host and port where it is this machine's, else 127.0.0.1:8000
    mail_url: str = ""
    operator: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)


def found(home: Path, facts: Facts, *, now: datetime) -> Iterator[tuple[str, bool]]:
    """Make what is missing in `home`; yields (what, whether it was made) after each step.

    Nothing is made when `facts` would not do: raises SettingsInvalid before the first step.
    """
    text = _settings_text(facts)
    _check(text)
    empty = not home.exists() or not any(home.iterdir())
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if empty:
        home.chmod(0o700)
    yield "wadjet.toml", _write_new(home / "wadjet.toml", text)
    settings = load(home)
    had_keys = (home / "keys" / "receipts.json").exists()
    keys.create(settings, now=now)
    yield "keys/", not had_keys
    where = settings.receipts_database
    has_tables = (home / where).exists() or "://" in where
    open_home(home)
    vault.create(settings, now=now)
    yield "receipts" if "://" in where else where, not has_tables
    had_policy = (home / "policy").exists()
    if not had_policy:
        _copy_starter(settings)
    yield "policy/", not had_policy


def _settings_text(facts: Facts) -> str:
    """The commented `wadjet.toml` of these facts."""
    origins = facts.origins or (f"https://{facts.site}",)
    base = urlsplit(facts.base_url)
    listen = facts.listen or (base.netloc if base.hostname in ("127.0.0.1", "::1") and base.port else "127.0.0.1:8000")
    behind_proxy = base.scheme == "https"  # we speak no TLS: something in front does
    return Template(_TEMPLATE.read_text("utf-8")).substitute(
        base_url=_toml(facts.base_url),
        privacy_url="privacy_url = " + _toml(facts.privacy_url)
        if facts.privacy_url
        else '# privacy_url = "https://example.kz/privacy/"',
        listen=_toml(listen),
        mail_url="mail_url = " + _toml(facts.mail_url)
        if facts.mail_url
        else '# mail_url = "smtp://user:password@mail.example.kz"',
        trusted_proxies=int(behind_proxy),
        operator="\n".join(_operator_lines(facts.operator)),
        site=_toml(facts.site),
        origins=f"[{', '.join(map(_toml, origins))}]",
    )


def _operator_lines(operator: Mapping[str, str | Mapping[str, str]]) -> Iterator[str]:
    for name, example in _EXAMPLES.items():
        value = operator.get(name)
        yield f"{name} = {_toml(value)}" if value else f"# {name} = {_toml(example)}"


def _toml(value: str | Mapping[str, str]) -> str:
    """A TOML value. JSON's strings are TOML's, but for DEL, which JSON leaves bare."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "{" + ", ".join(f"{language} = {_toml(text)}" for language, text in value.items()) + "}"


def _check(text: str) -> None:
    """Read the settings where they harm nobody. Raises SettingsInvalid."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "wadjet.toml").write_text(text, "utf-8")
        load(Path(folder), environ={})


def _write_new(path: Path, text: str) -> bool:
    """Write a file that is not there yet, whole or not at all; whether it was written."""
    if path.exists():
        return False
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.rename(path)
    return True


def _copy_starter(settings: Settings) -> None:
    """A bundle to edit. Copied aside first: half a bundle would pass for the operator's own."""
    draft = settings.home / "policy.new"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(policy.STARTER, draft)
    draft.rename(settings.home / "policy")
