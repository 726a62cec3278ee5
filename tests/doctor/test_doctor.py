"""The doctor has nothing to say of a good home, changes nothing in any, and tells what the machine lacks."""

import os
import shutil
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from tests.house import SMALL
from tests.services import free_port
from tests.vault.people import AIGERIM, take_in
from wadjet import clock, database, doctor, vault
from wadjet.doctor import machine
from wadjet.retention import models as retention_models
from wadjet.settings import WIDGET, load


def test_good_home_is_well(good):
    answer = good("doctor")

    assert (answer.status, answer.out, answer.err) == (0, "All is well.\n", "")
    assert good("doctor", "--json").rows == []


def test_good_home_is_well_on_postgresql(good, monkeypatch, postgresql_url):
    monkeypatch.setenv("WADJET_RECEIPTS_DATABASE", postgresql_url)
    assert good("policy", "publish", SMALL).status == 0

    assert good("doctor").out == "All is well.\n"


def test_home_just_founded_lacks_only_a_policy_and_mail(founded, calendar, monkeypatch):
    monkeypatch.setenv("WADJET_LISTEN", f"127.0.0.1:{free_port()}")

    rows = founded("doctor", "--json").rows

    assert [(row["severity"], row["check"]) for row in rows] == [
        ("warning", "base_url"),
        ("warning", "mail_url"),
        ("error", "policy"),
    ]


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


def test_what_is_due_and_nobody_does_is_told(good):
    settings = load(good.home, {"WADJET_MAIL_URL": "maildir:mail"})
    database.open_stores(settings)
    vault.start(settings, now=clock.now())
    take_in(AIGERIM, clock.now())  # nothing belongs to the card: it is due
    database.close_stores()
    assert good("doctor").out == "All is well.\n"  # since today, that is tonight's

    database.open_stores(settings)
    last = clock.local_date(clock.now()) - timedelta(days=2)
    database.vault.write(lambda: retention_models.end_run(last.isoformat(), clock.stamp(clock.now())))
    database.close_stores()

    (row,) = good("doctor", "--json").rows
    assert (row["severity"], row["check"]) == ("error", "retention")
    assert f"the last run was on {last}" in row["message"]
    assert good("retention", "run", "--apply").status == 0
    assert good("doctor").out == "All is well.\n"
