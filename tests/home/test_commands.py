"""Founding a home, serving it, embedding it, turning its keys over."""

import os
import re
import signal
import stat
import subprocess
import time
import tomllib
from dataclasses import fields
from urllib.request import urlopen

import pytest

from tests.house import SMALL
from tests.services import free_port
from tests.terminal import WADJET
from wadjet import keys
from wadjet.settings import Operator, Settings, load
from wadjet.workdays import Calendar


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_init_makes_a_private_home_that_works(terminal):
    answer = terminal("init")

    assert answer.status == 0
    assert {path.name for path in terminal.home.iterdir()} >= {"wadjet.toml", "keys", "receipts.sqlite3", "policy"}
    assert mode(terminal.home) == 0o700
    assert mode(terminal.home / "wadjet.toml") == 0o600
    assert {mode(path) for path in (terminal.home / "keys").glob("*.json")} == {0o600}
    assert load(terminal.home, {}).sites["wadjet.kz"].origins == ("https://wadjet.kz",)
    assert terminal("policy", "check", terminal.home / "policy").status == 0


def test_init_explains_every_setting(founded):
    text = (founded.home / "wadjet.toml").read_text()

    names = {each.name for each in fields(Settings)} - {"home", "sites", "operator", "calendar"}
    for name in names | {each.name for group in (Operator, Calendar) for each in fields(group)}:
        assert re.search(rf"^(# )?{name} = ", text, re.MULTILINE), name


def test_every_commented_example_can_be_uncommented(founded):
    text = (founded.home / "wadjet.toml").read_text()
    examples = re.findall(r"^# (\w+ = .*)$", text, re.MULTILINE)

    assert len(examples) > 10
    for example in examples:
        tomllib.loads(example)


def test_init_takes_what_it_is_told(terminal):
    terminal(
        "init",
        "--site",
        "example.kz",
        "--origin",
        "https://example.kz",
        "--origin",
        "https://www.example.kz",
        "--base-url",
        "https://example.kz",
        "--operator-name",
        'LLP "Экзампл" \\',
        "--bin",
        "123456789012",
    )

    settings = load(terminal.home, {})
    assert settings.sites["example.kz"].origins == ("https://example.kz", "https://www.example.kz")
    assert settings.privacy_url == "https://example.kz/privacy/"
    assert settings.operator.name["kk"] == 'LLP "Экзампл" \\'
    assert settings.trusted_proxies == 1


def test_init_twice_changes_nothing(founded):
    before = {path: path.read_bytes() for path in founded.home.rglob("*.*") if path.is_file()}

    answer = founded("init", "--site", "other.kz")

    assert answer.status == 0
    assert "made" not in answer.out
    assert "wadjet.toml was there already" in answer.out
    assert {path: path.read_bytes() for path in before} == before


def test_init_adds_what_is_missing(founded):
    (founded.home / "keys" / "offers.json").unlink()

    answer = founded("init")

    assert answer.status == 0
    assert (founded.home / "keys" / "offers.json").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--bin", "12"),
        ("--origin", "https://example.kz/shop"),
        ("--base-url", "example.kz"),
        ("--site", "a b"),
        ("--email", "nope"),
    ],
)
def test_init_refuses_nonsense_before_making_anything(arguments, terminal):
    answer = terminal("init", *arguments)

    assert (answer.status, answer.out) == (2, "")
    assert not terminal.home.exists()


def test_embed_prints_the_line_to_paste(founded):
    answer = founded("embed")

    assert answer.out == '<script async src="http://127.0.0.1:8000/wadjet.js?site=wadjet.kz"></script>\n'


def test_embed_asks_for_a_site_where_there_are_several(founded, monkeypatch):
    monkeypatch.setenv("WADJET_SITES", "a.kz=https://a.kz;b.kz=https://b.kz")

    assert founded("embed").status == 2
    assert "b.kz" in founded("embed", "--site", "b.kz").out


def test_embed_names_what_a_policy_must_allow(founded):
    lines = founded("embed", "--csp").out.splitlines()

    assert lines[:2] == ["script-src http://127.0.0.1:8000", "connect-src http://127.0.0.1:8000"]


@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_proxy_hands_on_what_is_ours_and_logs_no_capability(kind, founded):
    text = founded("embed", "--proxy", kind).out

    for path in ("/wadjet.js", "/privacy/", "/api/", "/contact/"):
        assert path in text.replace("\\", "")
    assert "127.0.0.1:8000" in text
    assert "receipts" in text
    assert "/dev/null" in text or "/${1}/-" in text


@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_console_is_handed_on_where_no_script_of_the_site_shares_its_origin(kind, founded, monkeypatch):
    monkeypatch.setenv("WADJET_SITES", "a.kz=https://a.kz")
    monkeypatch.setenv("WADJET_BASE_URL", "https://consent.a.kz")
    assert "/console/" not in founded("embed", "--proxy", kind).out

    text = founded("embed", "--proxy", kind, "--console").out

    assert "/console/" in text
    assert "consent.a.kz" in text
    monkeypatch.setenv("WADJET_BASE_URL", "https://a.kz")
    refused = founded("embed", "--proxy", kind, "--console")
    assert (refused.status, refused.out) == (2, "")
    assert "a host of its own" in refused.err
    assert founded("embed", "--console").status == 2


def test_keys_are_listed_and_turned_over(founded):
    (first,) = founded("keys", "list", "--json").rows

    answer = founded("keys", "rotate")

    assert answer.status == 0
    rows = founded("keys", "list", "--json").rows
    assert [row["state"] for row in rows] == ["retired", "current"]
    assert rows[0] | {"state": "current", "retired_at": None} == first
    assert rows[1]["kid"] in answer.out
    assert "current" in founded("keys", "list").out


def test_stolen_keys_are_revoked_all(founded):
    """They lie in one file: one that was retired meanwhile was stolen with the current one."""
    since = founded("keys", "list", "--json").rows[0]["created_at"]
    founded("keys", "rotate")

    answer = founded("keys", "rotate", "--compromised-since", since)

    assert answer.status == 0
    rows = founded("keys", "list", "--json").rows
    assert [row["state"] for row in rows] == ["revoked", "revoked", "current"]
    assert {row["revoked_at"] for row in rows} == {since, None}


@pytest.mark.parametrize("time", ["yesterday", "2026-11-20T00:00:00", "2999-01-01T00:00:00Z"])
def test_compromise_at_no_time_is_refused(time, founded):
    answer = founded("keys", "rotate", "--compromised-since", time)

    assert answer.status == 2
    assert len(founded("keys", "list", "--json").rows) == 1


def test_keys_rotated_at_once_are_all_kept(founded):
    both = [subprocess.Popen([WADJET, "keys", "rotate"], stdout=subprocess.DEVNULL) for _ in range(3)]

    assert [each.wait() for each in both] == [0, 0, 0]
    keys._rings.clear()
    assert len(founded("keys", "list", "--json").rows) == 4


def test_serve_answers_until_told_to_stop(published):
    port = free_port()
    with subprocess.Popen([WADJET, "serve", "--port", str(port)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert f"port {port}" in server.stdout.readline()
        with urlopen(f"http://127.0.0.1:{port}/api/v1/offer") as answer:
            assert answer.status == 200
        busy = published("serve", "--port", str(port))
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0

    assert busy.status == 2
    assert f"port {port}" in busy.err
    assert busy.err.count("\n") == 1


def test_serve_shows_what_another_process_publishes(founded):
    port = free_port()
    with subprocess.Popen(
        [WADJET, "serve", "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        assert server.stderr
        try:
            assert "No policy is in force" in server.stderr.readline()
            assert server.stdout.readline()
            assert founded.apart("policy", "publish", SMALL).status == 0
            time.sleep(1)
            with urlopen(f"http://127.0.0.1:{port}/api/v1/offer") as answer:
                assert b'"version": 1' in answer.read()
        finally:
            os.kill(server.pid, signal.SIGTERM)


def test_a_home_of_this_machine_listens_where_it_is_reached(terminal):
    terminal("init", "--base-url", "http://127.0.0.1:8123")

    assert load(terminal.home, {}).listen == "127.0.0.1:8123"
