"""Each planted mistake is found, in one line with its remedy."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services import free_port
from tests.vault.people import AIGERIM, BOLAT, take_in
from wadjet import clock, database, keys, vault
from wadjet.settings import load
from wadjet.vault import masters

Plant = Callable[[Path], object]


def setting(line: str) -> Plant:
    """A top-level setting, in place of the one that is there."""

    def plant(home: Path) -> None:
        name = line.partition(" ")[0]
        text = (home / "wadjet.toml").read_text("utf-8")
        (home / "wadjet.toml").write_text(f"{line}\n" + re.sub(rf"(?m)^{name} = .*\n", "", text), "utf-8")

    return plant


def fact(line: str) -> Plant:
    """A fact of the operator's, in place of the one that is there."""

    def plant(home: Path) -> None:
        name = line.partition(" ")[0]
        text = re.sub(rf"(?m)^{name} = .*\n", "", (home / "wadjet.toml").read_text("utf-8"))
        (home / "wadjet.toml").write_text(text.replace("[operator]\n", f"[operator]\n{line}\n"), "utf-8")

    return plant


def without_fact(name: str) -> Plant:
    return lambda home: (home / "wadjet.toml").write_text(
        re.sub(rf"(?m)^{name} = .*\n", "", (home / "wadjet.toml").read_text("utf-8")), "utf-8"
    )


def origins(*urls: str) -> Plant:
    return lambda home: (home / "wadjet.toml").write_text(
        re.sub(
            r"(?m)^origins = .*",
            f"origins = {json.dumps(urls, ensure_ascii=False)}",
            (home / "wadjet.toml").read_text("utf-8"),
        )
    )


def more(text: str) -> Plant:
    return lambda home: (home / "wadjet.toml").write_text((home / "wadjet.toml").read_text("utf-8") + text)


def file(name: str, content: str | bytes) -> Plant:
    data = content.encode() if isinstance(content, str) else content
    return lambda home: (home / name).write_bytes(data)


def removed(name: str) -> Plant:
    def plant(home: Path) -> None:
        path = home / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return plant


def mode(name: str, bits: int) -> Plant:
    return lambda home: (home / name).chmod(bits)


def both(first: Plant, second: Plant) -> Plant:
    def plant(home: Path) -> None:
        first(home)
        second(home)

    return plant


def letter_given_up(home: Path) -> None:
    with sqlite3.connect(home / "vault.sqlite3") as vault:
        vault.execute("INSERT INTO outgoing VALUES ('1', 'note', '2', 'dead', 1, '', 'refused-550', '2026-11-23')")
    vault.close()


def sql(statement: str) -> Plant:
    def plant(home: Path) -> None:
        with sqlite3.connect(home / "receipts.sqlite3") as database:
            database.execute(statement)
        database.close()

    return plant


def key_rows(change: Callable[[list[dict]], object]) -> Plant:
    def plant(home: Path) -> None:
        path = home / "keys" / "receipts.json"
        rows = json.loads(path.read_bytes())["keys"]
        change(rows)
        path.write_text(json.dumps({"keys": rows}))

    return plant


def other_keys(home: Path) -> None:
    shutil.rmtree(home / "keys")
    keys.create(load(home, {}), now=clock.now())


def other_master(home: Path) -> None:
    """Somebody has been in the vault, and the master key was made anew."""
    settings = load(home, {})
    database.open_stores(settings)
    vault.start(settings, now=clock.now())
    take_in(AIGERIM, clock.now())
    database.close_stores()
    (home / "keys" / "vault.json").unlink()
    masters.Masters(settings).create(clock.now())


def people_without(file: str) -> Plant:
    """Two people, one of them destroyed; then a file of the home is as it was before them."""

    def plant(home: Path) -> None:
        settings = load(home, {})
        database.open_stores(settings)
        vault.start(settings, now=clock.now())
        people = [take_in(card, clock.now()) for card in (AIGERIM, BOLAT)]
        database.close_stores()
        kept = {path: path.read_bytes() for path in home.glob("vault.sqlite3*")}
        database.open_stores(settings)
        vault.start(settings, now=clock.now())
        vault.destroy(people[0], reason="case 17", now=clock.now())
        database.close_stores()
        if file == "vault.sqlite3":
            for path in home.glob("vault.sqlite3*"):
                path.unlink()
            for path, content in kept.items():
                path.write_bytes(content)
        else:
            for path in home.glob("person-keys.sqlite3*"):
                path.unlink()
            database.open_stores(settings)
            database.close_stores()

    return plant


def begin_rotation(home: Path) -> None:
    other_master(home)
    masters.Masters(load(home, {})).add(clock.now())


PLANTED: dict[str, tuple[Plant, str]] = {
    "not TOML": (file("wadjet.toml", "base_url = "), "error: settings: .*wadjet.toml"),
    "unknown setting": (setting('base_ur = "https://wadjet.kz"'), "error: settings: base_ur"),
    "number in words": (setting('workers = "four"'), "error: settings: workers"),
    "BIN with a letter": (fact('bin = "12345678901O"'), "error: settings: operator: bin must have 12 digits"),
    "origin with a path": (origins("https://wadjet.kz/shop"), "error: settings: sites: .*not an origin"),
    "origin of a suffix": (origins("*.wadjet.kz"), "error: settings: sites"),
    "no scheme": (setting('base_url = "wadjet.kz"'), "error: settings: base_url"),
    "listening nowhere": (setting('listen = "8000"'), "error: settings: listen"),
    "no site": (
        lambda home: (home / "wadjet.toml").write_text((home / "wadjet.toml").read_text().partition("[sites.")[0]),
        "error: sites: no website",
    ),
    "origin twice": (more('\n[sites."other.kz"]\norigins = ["https://wadjet.kz"]\n'), "error: sites: .* and to"),
    "origin with its default port": (origins("https://wadjet.kz:443"), "error: settings: sites: .*default port"),
    "origin in Cyrillic": (origins("https://уаджет.kz"), "error: settings: sites: .*xn--"),
    "site without TLS": (origins("https://wadjet.kz", "http://wadjet.kz"), "warning: sites: .*not signed"),
    "backend without TLS": (setting('base_url = "http://wadjet.kz"'), "error: base_url: .*https"),
    "backend on loopback": (setting('base_url = "http://127.0.0.1:8000"'), "warning: base_url: .*cannot reach"),
    "backend in a folder": (setting('base_url = "https://wadjet.kz/consent"'), "error: base_url: .*root"),
    "password in an address": (setting('base_url = "https://a:b@wadjet.kz"'), "error: settings: base_url"),
    "policy elsewhere": (setting('privacy_url = "https://example.com/privacy/"'), "error: privacy_url: .*neither"),
    "policy under another name": (
        setting('privacy_url = "https://wadjet.kz/legal/"'),
        "error: privacy_url: .*/privacy/",
    ),
    "host with its scheme": (setting('hosts = ["https://wadjet.kz"]'), "error: settings: hosts"),
    "host by wildcard": (setting('hosts = ["*"]'), "error: settings: hosts"),
    "proxy not counted": (setting("trusted_proxies = 0"), "error: trusted_proxies: .*= 1"),
    "proxies by the dozen": (setting("trusted_proxies = 12"), "error: trusted_proxies"),
    "listening to the world": (setting('listen = "8.8.8.8:80"'), "warning: listen: .*goes round"),
    "no workers": (setting("workers = 0"), "error: settings: workers"),
    "too many workers": (setting("workers = 1000"), "error: workers"),
    "no threads": (setting("threads = 0"), "error: settings: threads"),
    "limit in prose": (setting('rate_limit = "a few"'), "error: settings: rate_limit: .*60 per minute"),
    "limit of nothing": (setting('rate_limit = "0 per minute"'), "error: settings: rate_limit"),
    "MySQL": (setting('receipts_database = "mysql://db/receipts"'), "error: settings: receipts_database"),
    "PostgreSQL gone": (
        setting(f'receipts_database = "postgresql://127.0.0.1:{free_port()}/x"'),
        "error: receipts_database: .*does not answer",
    ),
    "database elsewhere": (
        setting('receipts_database = "data/receipts.sqlite3"'),
        "error: receipts_database: .*missing",
    ),
    "Redis gone": (setting(f'redis_url = "redis://127.0.0.1:{free_port()}/0"'), "error: redis_url: .*does not answer"),
    "Redis by http": (setting('redis_url = "http://127.0.0.1:6379"'), "error: settings: redis_url"),
    "contact without a scheme": (setting('security_contact = "security"'), "error: settings: security_contact"),
    "nobody to tell": (without_fact("email"), "warning: security_contact"),
    "mail not set up": (setting('mail_url = ""'), "warning: mail_url: .*nothing is sent"),
    "mail server gone": (setting(f'mail_url = "smtp://127.0.0.1:{free_port()}"'), "error: mail_url: .*not answer"),
    "mail that cannot be written": (
        both(setting('mail_url = "maildir:mail"'), file("mail", "a file")),
        "error: mail_url: .*Maildir",
    ),
    "mail without a sender": (both(without_fact("email"), setting('mail_url = "maildir:mail"')), "error: mail_from"),
    "mail for nobody": (
        both(without_fact("email"), setting('mail_url = "maildir:mail"\nmail_from = "a@example.kz"')),
        "warning: mail_to: nobody is told",
    ),
    "mailbox's server gone": (
        setting(f'imap_url = "imap://a@127.0.0.1:{free_port()}"'),
        "error: imap_url: .*not answer",
    ),
    "mailbox that is none": (setting('maildir_in = "inbox"'), "error: maildir_in: there is no such mailbox"),
    "mailbox without a user": (setting('imap_url = "imaps://mail.example.kz"'), "error: settings: imap_url"),
    "mailbox's password open to all": (
        both(more('\nimap_password = "secret"\n'), mode("wadjet.toml", 0o644)),
        "error: wadjet.toml: .*chmod 600",
    ),
    "mail given up": (letter_given_up, "warning: mail: 1 letter was given up"),
    "e-mail without a host": (fact('email = "office"'), "error: operator.email"),
    "website without a scheme": (fact('website = "example.kz"'), "error: operator.website"),
    "name in English alone": (fact('name = {en = "LLP"}'), "warning: operator.name: .*kk and ru"),
    "BIN changed since": (fact('bin = "210987654321"'), "warning: policy: .*BIN"),
    "home open to all": (lambda home: home.chmod(0o755), "error: home: .*chmod 700"),
    "home under a web server": (file("index.html", ""), "error: home: .*web server"),
    "settings with a password open to all": (
        lambda home: (setting('redis_url = "redis://:secret@127.0.0.1:1/0"')(home), mode("wadjet.toml", 0o644)(home)),
        "error: wadjet.toml: .*chmod 600",
    ),
    "no keys": (removed("keys"), "error: keys: .*missing"),
    "no secrets": (removed("keys/offers.json"), "error: keys: .*missing"),
    "keys open to all": (mode("keys/receipts.json", 0o644), "error: keys: .*chmod 600"),
    "keys cut short": (file("keys/receipts.json", '{"keys": ['), "error: keys: .*damaged"),
    "no current key": (
        key_rows(lambda rows: rows[0].update(retired_at="2026-11-01T00:00:00.000Z")),
        "error: keys: .*damaged",
    ),
    "two current keys": (key_rows(lambda rows: rows.append(rows[0])), "error: keys: more than one"),
    "key under another's id": (key_rows(lambda rows: rows[0].update(kid="x")), "error: keys: .*not the one"),
    "halves of two keys": (key_rows(lambda rows: rows[0].update(d="A" * 43)), "error: keys: "),
    "key from the future": (
        key_rows(lambda rows: rows[0].update(created_at="2999-01-01T00:00:00.000Z")),
        "error: clock: .*future",
    ),
    "keys made anew": (other_keys, "error: keys: .*was not signed by a key"),
    "no master key": (removed("keys/vault.json"), "error: keys: .*vault.json is missing"),
    "master key open to all": (mode("keys/vault.json", 0o644), "error: keys: .*people's data.*--vault"),
    "master key cut short": (file("keys/vault.json", '{"keys": ['), "error: vault: .*damaged"),
    "master key made anew": (other_master, "error: vault: .*does not hold the master key"),
    "master key half changed": (begin_rotation, "error: vault: "),
    "master key of a program that is not there": (
        both(
            setting('vault_key_command = "/nonexistent/kms"'),
            lambda home: (home / "keys" / "vault.json").write_text(
                (home / "keys" / "vault.json").read_text().replace('"none"', '"vault_key_command"')
            ),
        ),
        "error: vault: vault_key_command unwrap cannot be run",
    ),
    "lock set, not turned": (setting(f'vault_key = "{"A" * 43}"'), "warning: keys: .*lies under lock none"),
    "two locks": (
        both(setting(f'vault_key = "{"A" * 43}"'), setting('vault_key_command = "cat"')),
        "warning: vault_key: ",
    ),
    "lock too short": (setting('vault_key = "secret"'), "error: settings: vault_key: must be 32 random bytes"),
    "people's keys lost": (people_without("person-keys.sqlite3"), "error: person_keys: 1 people in the vault"),
    "destroyed people back": (people_without("vault.sqlite3"), "error: vault_database: 1 people are in it"),
    "no database": (removed("receipts.sqlite3"), "error: receipts_database: .*missing"),
    "database is a folder": (
        both(removed("receipts.sqlite3"), lambda home: (home / "receipts.sqlite3").mkdir()),
        "error: receipts_database: .*folder",
    ),
    "database damaged": (
        file("receipts.sqlite3", b"SQLite format 3\0" + b"\xff" * 5000),
        "error: receipts_database: .*damaged",
    ),
    "database empty": (file("receipts.sqlite3", b""), "error: receipts_database: .*not up to date"),
    "database of a newer release": (
        sql("INSERT INTO schema_migration (name, applied) VALUES ('0099_later', '2030-01-01')"),
        "error: receipts_database: .*newer release",
    ),
    "policy altered": (
        sql("UPDATE policy_version SET canonical = CAST(replace(CAST(canonical AS TEXT), 'P1Y', 'P9Y') AS BLOB)"),
        "error: policy: .*altered",
    ),
    "policy mangled": (
        sql("UPDATE policy_version SET canonical = CAST('{}' AS BLOB)"),
        "error: policy: .*cannot be read",
    ),
    "policy deleted": (sql("DELETE FROM policy_version"), "error: policy: no policy is in force"),
    "policy only in the future": (
        sql("UPDATE policy_version SET effective_at = '2999-01-01T00:00:00.000Z'"),
        "error: policy: .*2999",
    ),
    "policy incomplete": (sql("UPDATE policy_version SET missing = 'operator.bin'"), "warning: policy: .*operator.bin"),
    "clock behind": (sql("UPDATE policy_version SET published_at = '2999-01-01T00:00:00.000Z'"), "error: clock: .*NTP"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_mistake_is_found(name, good, monkeypatch):
    plant, told = PLANTED[name]
    for variable in ("WADJET_LISTEN", "WADJET_MAIL_URL"):
        if variable.split("_")[1].lower() in name:
            monkeypatch.delenv(variable)
    plant(good.home)

    answer = good("doctor")

    found = [line for line in answer.out.splitlines() if re.match(told, line)]
    assert found, answer.out
    assert all(len(line.split(": ")) >= 4 for line in answer.out.splitlines()), "no remedy"
    assert answer.status == (2 if "error: " in answer.out else 0)
    assert good("doctor", "--json").rows[0].keys() == {"severity", "check", "message", "remedy"}


def test_all_mistakes_in_the_settings_are_told_at_once(good):
    for plant in (setting("workers = -1"), setting('base_url = "ftp://x"'), fact('bin = "1"')):
        plant(good.home)

    assert len(good("doctor").out.splitlines()) == 3
