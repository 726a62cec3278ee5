"""What an inspector gets can be checked without us: by our command line, by another library, by `sha256sum`."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import jwt
import pytest

from tests.house import on_both_databases
from tests.visitor import Visitor
from wadjet import clock, database, inspector, ledger
from wadjet.inspector import packing
from wadjet.settings import LANGUAGES


@pytest.fixture
def make(settings, watch):
    """`make()`: the ZIP of the day at which the test began, as bytes."""

    def make_one(since=None, until=None):
        day = clock.local_date(watch())
        pieces = inspector.pack(since or day, until or since or day, by="staff-1", settings=settings, now=watch())
        return b"".join(pieces)

    return make_one


def opened(data):
    return zipfile.ZipFile(io.BytesIO(data))


def table(pack, name):
    return list(csv.DictReader(io.StringIO(pack.read(name).decode())))


@on_both_databases
def test_it_holds_the_days_receipts_and_what_they_say(client, watch, make):
    before = Visitor(client).give()
    watch.advance(days=1)
    visitor = Visitor(client)
    given = visitor.give(purposes={"measurement": True, "embeds": False})
    ended = visitor.withdraw(given["id"]).json
    refused = visitor.post(visitor.decision("refused")).json
    day = clock.local_date(watch())
    watch.advance(days=1)

    pack = opened(make(day))

    rows = table(pack, "who-agreed-to-what.csv")
    assert [pack.read(row["file"]).decode() for row in rows] == [each["receipt"] for each in (given, ended, refused)]
    assert [(row["event"], row["status"], bool(row["key"])) for row in rows] == [
        ("given", "withdrawn", True),
        ("withdrawn", "current", True),
        ("refused", "current", False),
    ]
    assert (rows[0]["allowed"], rows[0]["refused"]) == ("measurement", "embeds")
    assert before["receipt"] not in "".join(pack.read(name).decode("utf-8") for name in pack.namelist())
    assert [row["event"] for row in table(pack, "journal/consents.csv")] == [
        "consent:decision:given",
        "consent:decision:withdrawn",
        "consent:decision:refused",
    ]


def test_every_file_is_in_the_list_with_its_digest(client, make):
    Visitor(client).give()

    pack = opened(make())

    told = {each["name"]: each["sha256"] for each in json.loads(pack.read("manifest.json"))["files"]}
    assert told == {
        name: hashlib.sha256(pack.read(name)).hexdigest()
        for name in pack.namelist()
        if name not in ("manifest.json", "SHA256SUMS")
    }
    sums = dict(reversed(line.split("  ")) for line in pack.read("SHA256SUMS").decode().splitlines())
    assert set(pack.namelist()) - sums.keys() == {"SHA256SUMS"}
    assert {sums[name] == digest for name, digest in told.items()} == {True}


def test_its_names_are_safe_and_its_words_in_three_languages(client, make):
    Visitor(client).give()

    pack = opened(make())

    assert all(name.isascii() and ".." not in name and not name.startswith("/") for name in pack.namelist())
    assert {f"README.{language}.txt" for language in LANGUAGES} <= set(pack.namelist())
    told = {pack.read(f"README.{language}.txt").decode().splitlines()[0] for language in LANGUAGES}
    assert len(told) == 3
    assert all("receipts/0000000001.jws" in pack.read(f"README.{language}.txt").decode() for language in LANGUAGES)


def test_it_is_verified_offline_by_the_command_line(client, make, tmp_path):
    visitor = Visitor(client)
    visitor.withdraw(visitor.give()["id"])
    with opened(make()) as pack:
        pack.extractall(tmp_path / "file")

    here = tmp_path / "file"
    command: list[str | Path] = [Path(sys.executable).with_name("wadjet"), "receipt", "verify"]
    for receipt in sorted((here / "receipts").iterdir()):
        done = subprocess.run(
            [*command, receipt, "--jwks", here / "jwks.json"],
            env=os.environ | {"WADJET_HOME": str(tmp_path / "nowhere")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout.split(".")[0]) == (0, "GENUINE"), done.stderr
    sums = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=here, capture_output=True, text=True, check=False)
    assert sums.returncode == 0, sums.stdout


def test_it_is_verified_by_another_library(client, make):
    given = Visitor(client).give()
    pack = opened(make())
    keys = {each["kid"]: jwt.PyJWK(each, algorithm="EdDSA") for each in json.loads(pack.read("jwks.json"))["keys"]}

    (name,) = [each for each in pack.namelist() if each.startswith("receipts/")]
    token = pack.read(name).decode()
    said = jwt.decode(token, keys[jwt.get_unverified_header(token)["kid"]], algorithms=["EdDSA"])

    assert said["dpv:hasIdentifier"] == given["id"]
    content = pack.read("policy/v1/content.json")
    digest = hashlib.sha256(content).hexdigest()
    signed = jwt.PyJWS().decode(pack.read("policy/v1/signature.jws"), next(iter(keys.values())), algorithms=["EdDSA"])
    assert said["policy"]["digest"] == digest == signed.decode()
    shown = said["dpv:hasRecordOfActivity"][0]["dpv:hasNotice"]["shown"]["digest"]
    assert hashlib.sha256(pack.read(f"words/{shown}.json")).hexdigest() == shown


def test_versions_in_force_are_in_it_and_no_others(client, publish, watch, make):
    for _ in range(3):
        watch.advance(days=10)
        publish()
    second = clock.local_date(watch()) - timedelta(days=10)

    pack = opened(make(second, second + timedelta(days=1)))

    assert {name.split("/")[1] for name in pack.namelist() if name.startswith("policy/")} == {"v2", "v3"}


def test_the_same_days_give_the_same_bytes(client, watch, make):
    Visitor(client).give()
    day = clock.local_date(watch())
    watch.advance(days=3)

    assert make(day) == make(day)


def test_who_made_it_is_in_the_journal(client, make):
    make()

    row = list(ledger.listing(database.vault))[-1]

    assert (row["event"], row["act"], row["by"]) == ("inspector:file:exported", "provide", "staff-1")
    assert "since=2026-11-23 until=2026-11-23" in row["facts"]


def test_a_day_on_which_nothing_was_decided_is_a_file_all_the_same(app, make):
    pack = opened(make(date(2026, 3, 12)))

    assert json.loads(pack.read("manifest.json"))["receipts"] == 0
    assert pack.read("who-agreed-to-what.csv") == b""


def test_more_than_a_file_can_hold_is_refused_before_anything_is_written(client, make, monkeypatch):
    monkeypatch.setattr(packing, "MOST_RECEIPTS", 1)
    visitor = Visitor(client)
    visitor.give()
    assert make()
    visitor.give()
    rows = ledger.length(database.vault)

    with pytest.raises(inspector.TooMuch):
        make()

    assert ledger.length(database.vault) == rows
