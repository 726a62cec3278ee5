"""Health, settings and keys: what is told to whom, no secret to anybody, and a rotation that two cannot do at once."""

import subprocess
import sys
from dataclasses import replace

import pytest

from tests.console.conftest import MOST_QUERIES
from tests.console.people import fail_letters
from tests.house import on_both_databases
from wadjet import database, keys, ledger, mail
from wadjet.console import effective
from wadjet.console.pages import health as pages
from wadjet.doctor import examine_apart
from wadjet.settings import Operator, sources

PAGES = ("health/", "settings/", "keys/")
SECRET = "canary-secret"


@pytest.mark.parametrize("path", [*PAGES, "health/doctor/", "keys/rotate/"])
@pytest.mark.parametrize("role", ["staff", "auditor", "maintainer", "responsible"])
def test_who_may_look(desk, role, path):
    may = role != "staff" and (path != "keys/rotate/" or role != "auditor")

    assert desk(role).get(path).status_code == (200 if may else 403)


@pytest.mark.parametrize("path", ["health/mail/again", "health/mail/aside", "keys/rotate/"])
@pytest.mark.parametrize("role", ["staff", "auditor"])
def test_who_only_reads_changes_nothing(desk, settings, role, path):
    before = keys.ring(settings).current.kid

    assert desk(role).post(path, {"seen": before}).status_code == 403
    assert keys.ring(settings).current.kid == before


def test_the_auditor_is_shown_no_button(desk, people):
    fail_letters(1, people.now)
    auditor, maintainer = desk("auditor"), desk("maintainer")

    assert "Try all of them again" not in auditor.get("health/").text
    assert "Try all of them again" in maintainer.get("health/").text
    assert "Sign with a new key" not in auditor.get("keys/").text
    assert "Sign with a new key" in maintainer.get("keys/").text


@on_both_databases
def test_twelve_questions_at_most(desk, people, queries):
    fail_letters(15, people.now)
    work = desk("responsible")
    for path in PAGES:
        work.get(path)
        asked = queries(lambda: work.get(path))  # noqa: B023 - called at once
        assert len(asked) <= MOST_QUERIES, asked


@on_both_databases
def test_letters_given_up_are_tried_again_by_somebody_named(desk, people):
    fail_letters(2, people.now)
    work = desk("maintainer")

    answer = work.post("health/mail/again")

    assert (answer.status_code, answer.location) == (303, "/console/health/")
    assert "2 letters are tried again." in work.get("health/").text
    assert {row.state for row in mail.listing()} == {"queued"}
    (row,) = [each for each in ledger.listing(database.vault) if each["event"] == "mail:letters:revived"]
    assert (row["by"], row["facts"]) == (work.account.handle, "letters=2")


@on_both_databases
def test_letters_given_up_are_put_aside_by_somebody_named(desk, people, watch):
    fail_letters(2, people.now)
    work = desk("maintainer")

    answer = work.post("health/mail/aside")

    assert (answer.status_code, answer.location) == (303, "/console/health/")
    page = work.get("health/").text
    assert "2 letters are put aside." in page
    assert "Letters given up" not in page
    assert mail.revive(watch()) == 0
    (row,) = [each for each in ledger.listing(database.vault) if each["event"] == "mail:letters:put-aside"]
    assert (row["by"], row["facts"]) == (work.account.handle, "letters=2")
    watch.advance(days=400)
    assert mail.over_before(watch()) == database.vault.write(lambda: mail.forget_over(watch())) == 2


def test_no_address_of_a_letter_is_shown(desk, people):
    people.send_message()
    people.post()
    fail_letters(1, people.now)

    text = desk("responsible").get("health/").text

    assert "contact-opt-in" in text
    assert "@example.kz" not in text


def test_no_secret_is_shown(desk, console, settings):
    console.extensions["wadjet.settings"] = replace(
        settings,
        mail_url=f"smtps://office:{SECRET}@mail.example.kz",
        imap_url="imaps://office@mail.example.kz/INBOX",
        imap_password=SECRET,
        vault_key=SECRET,
        vault_key_command=f"unlock --token {SECRET}",
        redis_url=f"redis://:{SECRET}@127.0.0.1/0",
        vault_database=f"postgresql://wadjet:{SECRET}@db/vault?sslpassword={SECRET}",
        security_contact="https://example.kz/holes",
    )
    work = desk("responsible")

    shown = "".join(work.get(path).text for path in PAGES)

    assert SECRET not in shown
    assert "smtps://office:•••@mail.example.kz" in shown
    assert "https://example.kz/holes" in shown
    private = [each.jwk["d"] for each in keys.ring(settings).signing]
    assert [each for each in private if each in shown] == []


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("smtp://a:b@c", "smtp://a:•••@c"),
        ("smtp://a:p@ss@c", "smtp://a:•••@c"),
        ("redis://:b@c/0", "redis://:•••@c/0"),
        ("postgresql://c/db?password=b&x=1", "postgresql://c/db?password=•••&x=1"),
        ("imaps://a@c/INBOX", "imaps://a@c/INBOX"),
        ("vault.sqlite3", "vault.sqlite3"),
        ("https://c:8443/", "https://c:8443/"),
    ],
)
def test_a_password_in_an_address_is_covered(address, shown):
    assert effective.masked(address) == shown


def test_every_setting_is_shown_with_where_it_comes_from(desk, settings, monkeypatch):
    (settings.home / "wadjet.toml").write_text("threads = 20\n", "utf-8")
    monkeypatch.setenv("WADJET_RATE_LIMIT", "60 per minute")
    groups = dict(effective.groups(settings, sources(settings.home)))
    lines = {line.name: line for lines in groups.values() for line in lines}

    assert {*lines, "operator"} == set(settings.__dataclass_fields__)
    assert (lines["threads"].source, lines["rate_limit"].source) == ("wadjet.toml", "WADJET_*")
    assert lines["workers"].source == ""
    assert desk("auditor").get("settings/").text.count("<code>WADJET_*</code>") == 1


def test_a_missing_fact_says_which_line_to_write(desk, console, settings):
    console.extensions["wadjet.settings"] = replace(settings, operator=Operator(name={"kk": "А", "ru": "А"}))
    work = desk("maintainer")

    text = work.get("settings/").text

    assert "bin = &#34;123456789012&#34;" in text
    assert "responsible = { kk = &#34;…&#34;, ru = &#34;…&#34;, en = &#34;…&#34; }" in text
    assert "Not stated: bin, address" in work.get("").text


@pytest.mark.clause("2.6")
def test_a_new_key_signs_and_the_old_one_verifies(desk, settings):
    work, old = desk("maintainer"), keys.ring(settings).current
    token = keys.ring(settings).sign(b"before")
    assert "Yes, sign with a new key" in work.get("keys/rotate/").text

    answer = work.post("keys/rotate/", {"seen": old.kid})

    assert (answer.status_code, answer.location) == (303, "/console/keys/")
    new = keys.ring(settings).current
    assert new.kid != old.kid
    assert keys.verify(token, keys.ring(settings).jwks())[0] == b"before"
    page = work.get("keys/").text
    assert "A new key signs from now on." in page
    assert page.index(new.kid) < page.index(old.kid)
    (row,) = [each for each in ledger.listing(database.receipts) if each["event"] == "keys:signing:rotated"]
    assert (row["about"], row["by"]) == (new.kid, work.account.handle)


@pytest.mark.parametrize("seen", ["", "another"])
def test_the_second_of_two_hears_that_the_key_has_changed(desk, settings, seen):
    work, first = desk("maintainer"), keys.ring(settings).current.kid
    work.post("keys/rotate/", {"seen": first})
    new = keys.ring(settings).current.kid

    answer = work.post("keys/rotate/", {"seen": seen or first})

    assert answer.status_code == 409
    assert "Somebody else was quicker." in answer.text
    assert keys.ring(settings).current.kid == new


def test_a_rotation_asks_for_the_password_once_more(desk, settings, watch):
    work, old = desk("maintainer"), keys.ring(settings).current.kid
    watch.advance(minutes=11)

    assert "/verify" in work.get("keys/rotate/").location
    assert "/verify" in work.post("keys/rotate/", {"seen": old}).location
    assert keys.ring(settings).current.kid == old


def test_the_doctor_is_asked_for_and_remembered_a_minute(desk, settings, monkeypatch):
    (settings.home / "wadjet.toml").write_text('base_url = "http://127.0.0.1:8000"\n', "utf-8")
    monkeypatch.setattr(pages, "_examination", pages._Examination())
    work = desk("auditor")

    first = work.get("health/doctor/").text
    (settings.home / "wadjet.toml").write_text("nonsense = 1\n", "utf-8")

    assert "no website may embed the widget" in first
    assert "no website may embed the widget" in work.get("health/doctor/").text
    assert "nonsense" in str(examine_apart(settings.home, seconds=60))
    assert database.vault.read(lambda: mail.is_known("x", "y")) is False  # the stores of whoever asks stay open


def test_a_doctor_that_takes_too_long_is_not_waited_for(settings):
    assert examine_apart(settings.home, seconds=0.01) is None


def test_what_is_told_by_mail_costs_visitors_nothing():
    done = subprocess.run(
        [sys.executable, "-c", "import sys, wadjet.app; print('flask_security' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "False"


def test_a_backup_that_is_old_is_told_of(desk, console, people, watch):
    keys.write(people.settings.home / "last-backup.json", {"taken_at": "2026-11-23T00:00:00.000Z"})
    work = desk("maintainer")
    assert "Run <code>wadjet backup</code> daily" not in work.get("health/").text

    watch.advance(days=2)

    later = desk("auditor")
    assert "Run <code>wadjet backup</code> daily" in later.get("health/").text
    (people.settings.home / "last-backup.json").write_text("{", "utf-8")
    assert "None has been taken." in later.get("health/").text
