"""The doctor finds each planted mistake, in one line with its remedy, and has nothing to say of a good home."""

import json
import os
import re
import shutil
import socket
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.house import SMALL
from tests.services import free_port
from tests.vault.people import AIGERIM, BOLAT, take_in
from wadjet import clock, database, doctor, keys, vault
from wadjet.doctor import machine
from wadjet.settings import WIDGET, load
from wadjet.vault import masters

OPERATOR = {
    "name": "LLP Example",
    "bin": "123456789012",
    "address": "Almaty",
    "email": "office@example.kz",
    "phone": "+7 727 000 00 00",
    "responsible": "A. Person",
    "website": "https://example.kz",
}


@pytest.fixture
def good(terminal, monkeypatch):
    """A home as it is in production."""
    monkeypatch.setenv("WADJET_LISTEN", f"127.0.0.1:{free_port()}")
    monkeypatch.setenv("WADJET_MAIL_URL", "maildir:mail")
    options = [f"--{'operator-name' if name == 'name' else name}={value}" for name, value in OPERATOR.items()]
    terminal("init", "--base-url", "https://wadjet.kz", *options)
    assert terminal("policy", "publish", SMALL).status == 0
    return terminal


def test_good_home_is_well(good):
    answer = good("doctor")

    assert (answer.status, answer.out, answer.err) == (0, "All is well.\n", "")
    assert good("doctor", "--json").rows == []


def test_good_home_is_well_on_postgresql(good, monkeypatch, postgresql_url):
    monkeypatch.setenv("WADJET_RECEIPTS_DATABASE", postgresql_url)
    assert good("policy", "publish", SMALL).status == 0

    assert good("doctor").out == "All is well.\n"


def test_home_just_founded_lacks_only_a_policy_and_mail(founded, monkeypatch):
    monkeypatch.setenv("WADJET_LISTEN", f"127.0.0.1:{free_port()}")

    rows = founded("doctor", "--json").rows

    assert [(row["severity"], row["check"]) for row in rows] == [
        ("warning", "base_url"),
        ("warning", "mail_url"),
        ("error", "policy"),
    ]


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


def test_home_that_is_none(terminal):
    answer = terminal("doctor")

    assert answer.status == 2
    assert "wadjet init" in answer.out
    assert not terminal.home.exists()


def test_another_program_on_the_port(good, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("WADJET_LISTEN", f"127.0.0.1:{other.getsockname()[1]}")

        assert "error: listen: another program" in good("doctor").out


def test_clock_behind_the_last_receipt_by_minutes_is_tolerated(good):
    four, six = (
        {found.check for found in doctor.examine(good.home, os.environ, now=clock.now() - timedelta(minutes=minutes))}
        for minutes in (4, 6)
    )

    assert "clock" not in four
    assert "clock" in six


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_database_on_a_network_folder(kind, good, tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {good.home} {kind} rw 0 0\n")
    monkeypatch.setattr(machine, "MOUNTS", mounts)

    assert f"network folder ({kind})" in good("doctor").out


@pytest.mark.parametrize(("folder", "kind"), [("/srv/a b/c", "nfs"), ("/srv", "ext4"), ("/", "ext4")])
def test_file_system_is_that_of_the_nearest_mount(folder, kind, tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nserver:/x /srv/a\\040b nfs rw 0 0\n")

    assert machine.file_system(Path(folder), mounts) == kind


def test_widget_half_installed(good, tmp_path, monkeypatch):
    widget = tmp_path / "widget"
    shutil.copytree(WIDGET, widget, ignore=shutil.ignore_patterns("node_modules"))
    (widget / "static" / "words.json").unlink()
    (widget / "static" / "wadjet.js").write_text("nothing")
    monkeypatch.setattr(machine, "WIDGET", widget)

    out = good("doctor").out

    assert "words.json is missing" in out
    assert "wadjet.js is not as it was built" in out


@pytest.mark.parametrize(("free", "told"), [(1 << 20, "error: disk: 1 MiB"), (100 << 20, "warning: disk: 100 MiB")])
def test_disk_nearly_full(free, told, good, monkeypatch):
    usage = shutil.disk_usage(good.home)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))

    assert told in good("doctor").out


def test_the_doctor_changes_nothing(good):
    before = {path: path.read_bytes() for path in good.home.rglob("*") if path.is_file()}

    good("doctor")

    assert {path: path.read_bytes() for path in good.home.rglob("*") if path.is_file()} == before


if os.geteuid() == 0:

    def test_file_left_behind_by_another_user(good):
        os.chown(good.home / "keys" / "receipts.json", 12345, 12345)

        assert "belongs to another user" in good("doctor").out
else:

    def test_database_that_cannot_be_written(good):
        (good.home / "receipts.sqlite3").chmod(0o400)

        assert "cannot be written" in good("doctor").out
