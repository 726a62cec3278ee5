"""What a maintainer reads of decisions, and how anybody verifies a receipt offline."""

import json
import os
import re
import subprocess
import time
from datetime import timedelta
from hashlib import sha256

import pytest

from tests.house import on_both_databases
from tests.terminal import WADJET
from tests.visitor import Visitor, new_id
from wadjet import clock, database
from wadjet.app import create_app
from wadjet.consent import models


@pytest.fixture
def shop(published, databases, monkeypatch):
    """The maintainer's home with the application open: `terminal` and visitor."""
    for name, url in databases.items():
        monkeypatch.setenv(f"WADJET_{name.upper()}", url)
        assert published("policy", "publish", published.home / "policy", "--incomplete").status == 0
    return published, Visitor(create_app().test_client())


@pytest.fixture
def files(shop, tmp_path):
    """A receipt as the widget saves it, and the operator's keys as a stranger gets them."""
    _, visitor = shop
    receipt, jwks = tmp_path / "receipt.jws", tmp_path / "jwks.json"
    receipt.write_text(visitor.give()["receipt"])
    with visitor.client.get("/.well-known/jwks.json") as answer:
        jwks.write_bytes(answer.data)
    return receipt, jwks


def test_a_clock_that_stood_ahead_is_disowned_on_the_command_line(published):
    assert published("policy", "publish", published.home / "policy", "--incomplete").status == 0
    ahead = Visitor(create_app(now=lambda: clock.now() + timedelta(days=2)).test_client())
    ahead.give()
    visitor = Visitor(create_app().test_client())
    assert visitor.post(visitor.sign(visitor.decision())).status_code == 503

    assert published("receipt", "trust-clock").out.startswith("Decisions are taken again, from 20")

    assert visitor.give()["receipt"]
    assert published("receipt", "trust-clock").out == "Nothing is dated later.\n"


@on_both_databases
def test_list_tells_what_happened_in_order(shop):
    terminal, visitor = shop
    first = visitor.give()["id"]
    changed = visitor.give(previous=first)["id"]
    ended = visitor.withdraw(changed).json["id"]
    refused = visitor.post(visitor.decision("refused")).json["id"]
    lone = visitor.give()["id"]

    rows = terminal("receipt", "list", "--json").rows

    assert [(row["id"], row["event"], row["status"], row["proof"]) for row in rows] == [
        (first, "given", "superseded", "key"),
        (changed, "given", "withdrawn", "key"),
        (ended, "withdrawn", "current", "key"),
        (refused, "refused", "current", "offer"),
        (lone, "given", "current", "key"),
    ]
    assert set(rows[0]) == {"id", "event", "version", "language", "recorded_at", "status", "proof"}
    assert {row["status"] for row in rows if row["status"] != visitor.status(row["id"])} == set()
    assert lone in terminal("receipt", "list").out


def test_list_by_version(shop):
    terminal, visitor = shop
    visitor.give()

    assert len(terminal("receipt", "list", "--version", "1", "--json").rows) == 1
    assert terminal("receipt", "list", "--version", "2", "--json").rows == []
    assert terminal("receipt", "list", "--version", "2").out == "No decision has been recorded yet.\n"


def test_list_of_one_version_reads_no_other(shop):
    asked = f"EXPLAIN QUERY PLAN {models._OF_VERSION}"

    plan = database.receipts.read(lambda: database.receipts.execute(asked, 0, 2).fetchall())

    assert "SEARCH receipt USING INDEX receipt_version (version=? AND seq>?)" in {step[-1] for step in plan}


def test_list_of_many_comes_in_pieces(shop):
    """More than a page, chains across pages; the first rows are there before the last are read."""
    terminal, visitor = shop
    seen = visitor.give()
    row = database.receipts.read(lambda: models.find(seen["id"]))
    assert row
    ids = [new_id() for _ in range(2500)]

    def insert():
        for each in ids:
            models.insert(row._replace(id=each, chain=each))
        for each in ids[:10]:
            models.insert(row._replace(id=new_id(), chain=each, previous=each, event="withdrawn"))

    database.receipts.write(insert)
    rows = terminal("receipt", "list", "--json").rows

    assert len(rows) == 2511
    assert [each["id"] for each in rows[1:2501]] == ids
    assert [each["status"] for each in rows].count("withdrawn") == 10
    with subprocess.Popen([WADJET, "receipt", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        assert reader.stdout
        assert reader.stderr
        reader.stdout.readline()
        reader.stdout.close()
        assert (reader.wait(10), reader.stderr.read()) == (141, b"")


def test_show_tells_one(shop):
    terminal, visitor = shop
    given = visitor.give(purposes={"measurement": True, "embeds": False})

    shown, (row,) = terminal("receipt", "show", given["id"]), terminal("receipt", "show", given["id"], "--json").rows

    assert "dpv:ConsentReceipt" in shown.out
    assert (row["status"], row["allowed"], row["refused"]) == ("current", ["measurement"], ["embeds"])
    assert row["receipt"] == given["receipt"]
    assert terminal("receipt", "show", given["id"], "--token").out == given["receipt"] + "\n"


@on_both_databases
def test_show_tells_the_words_that_were_shown(shop):
    terminal, visitor = shop
    given = visitor.give(language="ru", purposes={"measurement": True, "embeds": False})

    text = terminal("receipt", "show", given["id"], "--text").out
    canonical = terminal("receipt", "show", given["id"], "--canonical").out
    (row,) = terminal("receipt", "show", given["id"], "--json").rows

    assert "Принять все\n" in text
    assert re.search("^Статистика.*: .", text, re.MULTILINE)
    assert sha256(canonical.encode()).hexdigest() == row["text"]


def test_show_says_that_the_words_are_gone(shop):
    terminal, visitor = shop
    given = visitor.give()
    database.receipts.write(lambda: database.receipts.execute("DELETE FROM consent_text"))

    answer = terminal("receipt", "show", given["id"], "--text")

    assert (answer.status, answer.out) == (2, "")
    assert "not in this database" in answer.err


@pytest.mark.parametrize("start", ["", "-", "--", "-h"])
def test_show_knows_no_others(start, shop):
    """One id in 64 begins with a hyphen, as options do."""
    terminal, _ = shop

    answer = terminal("receipt", "show", start + new_id()[len(start) :])

    assert (answer.status, answer.out) == (2, "")
    assert "There is no such receipt" in answer.err


def test_verify_explains_what_is_proved_and_what_is_not(files, terminal):
    receipt, jwks = files

    answer = terminal("receipt", "verify", receipt, "--jwks", jwks)

    assert answer.status == 0
    assert answer.out.startswith("GENUINE.")
    assert "It proves:" in answer.out
    assert "banner and panel had the words" in answer.out
    assert "who the person was" in answer.out.partition("It does not prove:")[2]


def test_verify_needs_nothing_but_the_keys(files, tmp_path, monkeypatch):
    """No home, no database, no network: a folder with two files."""
    receipt, jwks = files
    monkeypatch.delenv("WADJET_HOME")
    done = subprocess.run(
        [WADJET, "receipt", "verify", receipt, "--jwks", jwks],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "http_proxy": "http://127.0.0.1:1"},
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "jwks.json", "receipt.jws"]


def test_verify_takes_the_homes_own_keys(files, terminal):
    receipt, _ = files

    assert terminal("receipt", "verify", receipt).status == 0
    assert terminal("receipt", "verify", "-", stdin=receipt.read_bytes()).status == 0
    (row,) = terminal("receipt", "verify", receipt, "--json").rows
    assert row["genuine"] is True
    assert row["faults"] == []
    assert row["event"] == "given"


def test_verify_takes_the_answer_of_the_server(shop, files):
    terminal, visitor = shop
    given = visitor.give()
    with visitor.client.get(f"/api/v1/receipts/{given['id']}") as answer:
        assert terminal("receipt", "verify", "-", stdin=answer.data).status == 0


@pytest.mark.parametrize("event", ["given", "refused", "withdrawn"])
def test_verify_knows_each_event(event, shop):
    terminal, visitor = shop
    answer = (
        visitor.withdraw(visitor.give()["id"])
        if event == "withdrawn"
        else (visitor.post(visitor.decision("refused")) if event == "refused" else None)
    )
    receipt = answer.json["receipt"] if answer else visitor.give()["receipt"]

    shown = terminal("receipt", "verify", "-", stdin=receipt.encode())

    assert shown.status == 0
    assert f"event        {event}" in shown.out


def test_verify_refuses_what_was_altered(files, terminal):
    receipt, jwks = files
    token = receipt.read_text()
    receipt.write_text(token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:])

    answer = terminal("receipt", "verify", receipt, "--jwks", jwks)

    assert answer.status == 1
    assert answer.out.startswith("NOT GENUINE.")
    assert "It proves" not in answer.out
    assert terminal("receipt", "verify", receipt, "--json").rows[0]["genuine"] is False


def test_verify_by_another_operators_keys(files, terminal, tmp_path, monkeypatch):
    receipt, _ = files
    monkeypatch.setenv("WADJET_HOME", str(tmp_path / "other"))
    terminal("init")

    assert terminal("receipt", "verify", receipt).status == 1


def test_verify_after_keys_were_turned_over(files, terminal):
    receipt, _ = files
    assert terminal("keys", "rotate").status == 0
    assert terminal("receipt", "verify", receipt).status == 0

    time.sleep(0.01)
    assert terminal("keys", "rotate", "--compromised-since", "2026-01-01T00:00:00Z").status == 0
    assert terminal("receipt", "verify", receipt).status == 1


@pytest.mark.parametrize("data", [b"", b"hello", b"\x00\xff", b'{"id": 1}', b"x" * (1 << 20 | 1)])
def test_verify_cannot_read_everything(data, terminal, files):
    answer = terminal("receipt", "verify", "-", stdin=data)

    assert (answer.status, answer.out) == (2, "")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("keys", [b"", b"{}", b'{"keys": []}', b"\xff"])
def test_verify_without_keys_is_unreadable(keys, files, terminal, tmp_path):
    receipt, jwks = files
    jwks.write_bytes(keys)

    answer = terminal("receipt", "verify", receipt, "--jwks", jwks)

    assert (answer.status, answer.out) == (2, "")
    assert "jwks.json" in answer.err
    assert terminal("receipt", "verify", receipt, "--jwks", tmp_path / "none").status == 2


def test_verify_without_a_home_asks_for_keys(files, terminal, tmp_path, monkeypatch):
    monkeypatch.setenv("WADJET_HOME", str(tmp_path / "nowhere"))

    answer = terminal("receipt", "verify", files[0])

    assert answer.status == 2
    assert "--jwks" in answer.err


def test_json_is_one_array_of_flat_objects(shop):
    terminal, visitor = shop
    visitor.give()

    for command in (("receipt", "list"), ("policy", "list"), ("keys", "list")):
        for row in json.loads(terminal(*command, "--json").out):
            assert not any(isinstance(value, dict) for value in row.values())
