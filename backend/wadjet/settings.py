"""How is it configured? One frozen `Settings`, read once from `wadjet.toml` and `WADJET_*`, then passed.

Nobody else reads the environment. Every mistake is told at once, with its remedy, before anything starts.
"""

import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from . import addresses
from .jose import Unreadable, unb64url
from .problems import SettingsInvalid
from .workdays import Calendar
from .workdays import read as read_calendar

LANGUAGES = ("kk", "ru", "en")  # of the pages, the widget and the mail; in the order a missing one falls back

_HERE = Path(__file__).resolve().parent
# The wheel carries the widget inside the package; a checkout keeps it beside `backend/`.
WIDGET = _HERE / "widget" if (_HERE / "widget").is_dir() else _HERE.parents[1] / "widget"

_GROUPS = ("operator", "calendar")  # tables of wadjet.toml whose members the environment sets one by one
_SITE_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}\Z")


@dataclass(frozen=True)
class Site:
    """A website that embeds the widget. `origins` are scheme + host + port, compared exactly."""

    id: str
    origins: tuple[str, ...]

    @property
    def speaks_http(self) -> bool:
        """Whether the site is also served without TLS, where browsers offer no WebCrypto."""
        return any(origin.startswith("http://") for origin in self.origins)


@dataclass(frozen=True)
class Operator:
    """Who answers for the data (94-V art. 8(4)(1), 25(2)(10)). Words are per language; "" is not stated."""

    name: Mapping[str, str] = field(default_factory=dict)
    bin: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    email: str = ""
    phone: str = ""
    website: str = ""
    responsible: Mapping[str, str] = field(default_factory=dict)  # the responsible person and how to reach them
    authority: Mapping[str, str] = field(default_factory=dict)
    authority_url: str = ""


WORDED = frozenset({"name", "address", "responsible", "authority"})  # the operator's facts given per language


@dataclass(frozen=True)
class Settings:
    """Every setting. `home` is the data folder; a relative database path lies in it."""

    home: Path
    base_url: str = "http://127.0.0.1:8000"  # where this backend is reached
    privacy_url: str = ""  # where people read the policy; default: base_url + /privacy/
    hosts: tuple[str, ...] = ()  # further Host names taken; those of the two URLs always are
    sites: Mapping[str, Site] = field(default_factory=dict)
    operator: Operator = Operator()
    calendar: Calendar = field(default_factory=Calendar)  # moved days; they overrule the table of holidays
    listen: str = "127.0.0.1:8000"  # host:port of `wadjet serve`
    workers: int = 1  # server processes
    threads: int = 20  # requests answered at once by each process
    receipts_database: str = "receipts.sqlite3"  # a file, or postgresql://…
    vault_database: str = "vault.sqlite3"  # people's data, sealed: another file, or another postgresql://… database
    person_keys: str = "person-keys.sqlite3"  # the keys to them: a file, best on mirrored disks, in no backup
    mail_url: str = ""  # smtp://user:password@host, smtps://…, maildir:FOLDER; without it letters wait
    mail_from: str = ""  # the sender's address; default: operator.email
    mail_to: str = ""  # where the operator reads what visitors write; default: operator.email
    imap_url: str = ""  # the mailbox that people write to: imaps://user@host/FOLDER
    imap_password: str = field(default="", repr=False)  # of that user
    maildir_in: str = ""  # such a mailbox as a folder of files
    rectify_subjects: tuple[str, ...] = ()  # further subjects that mean "Updating personal data"
    withdraw_subjects: tuple[str, ...] = ()  # further ones that mean "Withdrawal of consent to the processing …"
    # Locks keys/vault.json: 32 bytes in base64url; several with commas, the newest first.
    vault_key: str = field(default="", repr=False)
    vault_key_command: str = ""  # does the same by a program: CMD wrap, CMD unwrap
    redis_url: str = ""  # shared rate limits for several hosts; without it each process counts
    rate_limit: str = "60 per minute"  # posts from one address; never applied to a withdrawal
    trusted_proxies: int = 0  # how many reverse proxies in front set X-Forwarded-*
    metrics: bool = False  # /metrics answers everybody who reaches it; keep it behind the proxy
    security_contact: str = ""  # mailto: or https: for /.well-known/security.txt; default: operator.email
    access_log: bool = False  # a line for each answer: method, route, status, milliseconds; nothing of a person
    confirm_contact: bool = False  # a message counts only once its writer has pressed the button that a letter leads to
    receipts_years: int = 3  # how long a receipt is kept as proof after its consent ended
    request_days: int = 365  # how long the words of a person's request are kept after it ended, and mail is known again
    stale_days: int = 365  # after how long without a word people are asked whether their data are still right
    incomplete: bool = False  # publish policies that lack what the law asks, visibly marked (the demo)

    def site(self, site_id: str | None) -> Site | None:
        """The site of that id; without an id the only one there is."""
        if site_id is None:
            return next(iter(self.sites.values())) if len(self.sites) == 1 else None
        return self.sites.get(site_id)

    @cached_property
    def own_origins(self) -> frozenset[str]:
        """The origins of our own pages."""
        return frozenset({origin_of(self.base_url), origin_of(self.privacy_url)})

    @cached_property
    def origins(self) -> frozenset[str]:
        """Every origin that may post: our own pages' and all sites'."""
        return self.own_origins.union(*(site.origins for site in self.sites.values()))


def home_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder that `WADJET_HOME` names, else the present one."""
    return Path(environ.get("WADJET_HOME") or ".")


def load(home: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. `home`: default `WADJET_HOME`, else the present folder.

    Raises SettingsInvalid naming every mistake.
    """
    home = (home or home_folder(environ)).resolve()
    mistakes: list[str] = []
    filed, given = _from_file(home / "wadjet.toml", mistakes), _from_environment(environ, mistakes)
    values = filed | given
    for group in _GROUPS:
        if group in given and isinstance(filed.get(group), dict):
            values[group] = filed[group] | given[group]
    known = {item.name: item for item in fields(Settings)}
    for name in sorted(values.keys() - known.keys() | ({"home"} & values.keys())):
        mistakes.append(f"{name}: no such setting; README lists them all")
    read: dict[str, Any] = {}
    for name in values.keys() & known.keys() - {"home"}:
        reader = _READERS.get(name) or _READERS[known[name].type]
        try:
            read[name] = reader(values[name])
        except (ValueError, TypeError, AttributeError) as error:
            mistakes.append(f"{name}: {error}")
    if not values:
        mistakes.append(f"{home} holds no wadjet.toml: run `wadjet init` there, or set WADJET_HOME")
    if mistakes:
        raise SettingsInvalid("; ".join(mistakes), mistakes=mistakes)
    return complete(Settings(home=home, **read))


def sources(home: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Where the settings that are given come from, by name: `wadjet.toml` or `WADJET_*`; any other is as by default."""
    filed, given = _from_file(home / "wadjet.toml", []), _from_environment(environ, [])
    return dict.fromkeys(filed, "wadjet.toml") | dict.fromkeys(given, "WADJET_*")


def complete(settings: Settings) -> Settings:
    """The same settings with what follows from others filled in."""
    base = settings.base_url.rstrip("/")
    privacy = settings.privacy_url.rstrip("/") + "/" if settings.privacy_url else base + "/privacy/"
    hosts = {host for host in (urlsplit(base).hostname, urlsplit(privacy).hostname) if host}
    if any(map(is_loopback, hosts)):
        hosts |= {"127.0.0.1", "localhost", "::1"}
    return replace(
        settings,
        base_url=base,
        privacy_url=privacy,
        hosts=tuple(sorted(hosts | set(settings.hosts))),
        mail_from=settings.mail_from or settings.operator.email,
        mail_to=settings.mail_to or settings.operator.email,
    )


def is_loopback(host: str) -> bool:
    """Whether a host's name says that it is this machine."""
    return bool(re.fullmatch(r"localhost|127\.[\d.]+|::1", host))


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, as browsers write them in Origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _from_file(path: Path, mistakes: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))  # some editors put a byte order mark
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        mistakes.append(f"{path}: {error}")
        return {"base_url": "http://127.0.0.1"}


def _from_environment(environ: Mapping[str, str], mistakes: list[str]) -> dict[str, Any]:
    """`WADJET_BASE_URL` → base_url; `WADJET_REDIS_URL_FILE` names a file that holds the value."""
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        name = variable.removeprefix("WADJET_").lower()
        if name == variable.lower() or name == "home" or not text:
            continue
        if name.endswith("_file"):
            name = name.removesuffix("_file")
            try:
                text = Path(text).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                mistakes.append(f"{variable}: {error}")
                continue
        group, _, member = name.partition("_")
        if group in _GROUPS and member:
            values.setdefault(group, {})[member] = text
        else:
            values[name] = text
    return values


def _url(value: Any) -> str:
    parts = urlsplit(addresses.text(value))
    try:
        port = parts.port
    except ValueError:
        port = 0
    odd = parts.query or parts.fragment or parts.username is not None or port == 0 or not value.isascii()
    if parts.scheme not in ("http", "https") or not parts.hostname or odd or re.search(r"\s", value):
        raise ValueError(
            f"{value!r} is not an http(s) address; write it like https://wadjet.kz (xn--… for other letters)"
        )
    if parts.netloc != parts.netloc.lower() or port == {"http": 80, "https": 443}[parts.scheme]:
        raise ValueError(f"{value!r}: write the host in small letters and without its default port, as browsers do")
    return str(value)


def _origin(value: Any) -> str:
    if origin_of(_url(value)) != value:
        raise ValueError(f"{value!r} is not an origin; write scheme and host only, like https://wadjet.kz")
    return str(value)


def _hosts(value: Any) -> tuple[str, ...]:
    hosts = tuple(addresses.text(host).strip().lower() for host in _listed(value))
    for host in hosts:
        if not re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:]*:[0-9a-f:.]*", host):
            raise ValueError(f"{host!r} is not a host; write the name alone, without scheme and port")
    return hosts


def _listed(value: Any) -> list[Any]:
    """A list, or text with commas, as the environment has it."""
    if not isinstance(value, str | list):
        raise ValueError("must be a list")
    return value.split(",") if isinstance(value, str) else value


def _subjects(value: Any) -> tuple[str, ...]:
    return tuple(subject.strip() for each in _listed(value) if (subject := addresses.text(each)).strip())


def _sites(value: Any) -> dict[str, Site]:
    """From TOML `[sites."wadjet.kz"] origins = […]`, or text `wadjet.kz=https://wadjet.kz,https://…;…`."""
    if isinstance(value, str):
        pairs = (item.partition("=") for item in value.split(";") if item.strip())
        value = {name.strip(): {"origins": origins} for name, _, origins in pairs}
    if not isinstance(value, dict):
        raise ValueError('write [sites."wadjet.kz"] and under it origins = ["https://wadjet.kz"]')
    sites = {}
    for name, facts in value.items():
        if not _SITE_ID.match(name):
            raise ValueError(f"{name!r} cannot name a site; use letters a-z, digits, dots, hyphens")
        if not isinstance(facts, dict) or facts.keys() != {"origins"} or not facts["origins"]:
            raise ValueError(f'{name}: say where it is served: origins = ["https://{name}"]')
        sites[name] = Site(name, tuple(_origin(addresses.text(origin).strip()) for origin in _listed(facts["origins"])))
    return sites


def read_operator(value: Mapping[str, Any]) -> Operator:
    """The operator's facts from TOML; a plain string stands for every language. Raises ValueError."""
    known = {item.name for item in fields(Operator)}
    if not isinstance(value, Mapping):
        raise ValueError("write [operator] and under it name, bin, address …")
    if unknown := sorted(value.keys() - known):
        raise ValueError(f"no such fact: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    facts: dict[str, Any] = {}
    for name, fact in value.items():
        if name in WORDED and isinstance(fact, str):
            fact = dict.fromkeys(LANGUAGES, fact)
        words = fact.values() if isinstance(fact, dict) and name in WORDED else [fact]
        if not all(isinstance(each, str) for each in words) or (name in WORDED and not isinstance(fact, dict)):
            raise ValueError(f"{name} must be text" + (", or text per language" if name in WORDED else ""))
        facts[name] = fact
    if facts.get("bin") and not re.fullmatch(r"[0-9]{12}", facts["bin"]):
        raise ValueError("bin must have 12 digits")
    return Operator(**facts)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}", str(value)):
        raise ValueError("must be a whole number")
    return int(value)


def _count(value: Any) -> int:
    if _whole(value) == 0:
        raise ValueError("must be 1 or more")
    return _whole(value)


def _term(value: Any) -> int:
    if not 1 <= _whole(value) <= 36_500:
        raise ValueError("must be a number from 1 to 36500")
    return _whole(value)


def _truth(value: Any) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise ValueError("must be true or false")
    return str(value).lower() == "true"


def _listen(value: Any) -> str:
    host, _, port = addresses.text(value).rpartition(":")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError(f"{value!r} is not host:port, like 127.0.0.1:8000")
    if host != "localhost":
        ip_address(host.strip("[]"))
    return str(value)


def _file(value: Any) -> str:
    if not re.fullmatch(r"[^:\0]+", addresses.text(value)):
        raise ValueError(f"{value!r} is not the name of a file")
    return str(value)


def _vault_key(value: Any) -> str:
    for key in addresses.text(value).split(",") if value else ():
        try:
            is_key = len(unb64url(key)) == 32
        except Unreadable:
            is_key = False
        if not is_key:  # the value itself is told to nobody
            raise ValueError("must be 32 random bytes in base64url, 43 letters; several with commas, the newest first")
    return str(value)


def _command(value: Any) -> str:
    shlex.split(addresses.text(value))  # raises for a quote that is not closed
    return str(value)


def _rate(value: Any) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,5} per (second|minute|hour|day)", addresses.text(value)):
        raise ValueError(f"{value!r} is not a rate like 60 per minute")
    return str(value)


_READERS: dict[Any, Any] = {
    "base_url": _url,
    "privacy_url": _url,
    "hosts": _hosts,
    "sites": _sites,
    "operator": read_operator,
    "calendar": read_calendar,
    "listen": _listen,
    "workers": _count,
    "threads": _count,
    "receipts_database": addresses.database,
    "vault_database": addresses.database,
    "person_keys": _file,
    "mail_url": addresses.mail_url,
    "mail_from": addresses.mailbox,
    "mail_to": addresses.mailbox,
    "imap_url": addresses.imap_url,
    "maildir_in": _file,
    "rectify_subjects": _subjects,
    "withdraw_subjects": _subjects,
    "vault_key": _vault_key,
    "vault_key_command": _command,
    "receipts_years": _term,
    "request_days": _term,
    "stale_days": _term,
    "redis_url": addresses.redis,
    "rate_limit": _rate,
    "security_contact": addresses.contact,
    str: addresses.text,
    int: _whole,
    bool: _truth,
}
