"""What a backup holds, and what becomes of a home that it is restored into."""

import json
import os
import shutil
import stat
import threading
import time

import psycopg
import pytest

from tests.backup.conftest import SINCE, THEN, line, run
from tests.faults.cuts import Disk
from tests.faults.serving import at_home, serving
from tests.house import on_both_databases
from tests.terminal import Terminal
from tests.visitor import Visitor
from wadjet import database, keys


@on_both_databases
def test_restored_home_is_as_it_was(home, backup, terminal, tmp_path, another):
    fresh = home.fresh(tmp_path / "fresh", **another())

    done = terminal.apart("restore", backup, WADJET_HOME=str(fresh.folder))

    assert done.status == 0, done.err
    assert fresh.notes() == THEN
    assert "person-keys.sqlite3 was not there" in done.err
    listed = terminal.apart("policy", "list", "--json", WADJET_HOME=str(fresh.folder))
    assert [row["version"] for row in listed.rows] == [1]


@on_both_databases
def test_what_was_there_is_put_aside_and_the_vaults_to_be_deleted(home, backup, terminal):
    refused = terminal("restore", backup)
    assert "is there already; --replace" in line(refused)
    assert home.notes() == SINCE

    done = terminal("restore", backup, "--replace")

    assert done.status == 0, done.err
    assert home.notes() == THEN
    aside = {path.name.partition(".before-restore-")[0].split(".")[0]: path for path in home.folder.glob("*.before-*")}
    assert aside.keys() == {"receipts", "vault"}
    assert f"kept in {aside['receipts']}" in done.out
    assert f"Delete {aside['vault']}" in done.out
    assert all(not path.name.endswith(("-wal", "-shm")) for path in aside.values())


def test_databases_put_aside_are_whole(home, backup, terminal):
    terminal("restore", backup, "--replace")

    for path in home.folder.glob("*.before-*"):
        path.rename(home.folder / path.name.partition(".before-")[0])
    assert home.notes() == SINCE


@on_both_databases
def test_backup_is_its_owners_alone_and_holds_no_key(home, terminal, tmp_path):
    with at_home(home.settings):
        run(database.person_keys, "CREATE TABLE canary AS SELECT 'person-key-canary' AS word")
    private = keys.ring(home.settings).signing[0].jwk["d"]

    done = terminal("backup", tmp_path / "backup")

    assert done.status == 0, done.err
    files = list((tmp_path / "backup").iterdir())
    assert {path.stem for path in files} == {"manifest", "receipts", "vault"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700
    kept = b"".join(path.read_bytes() for path in files)
    assert b"person-key-canary" not in kept
    assert private.encode() not in kept
    assert b"person-key-canary" in (home.folder / "person-keys.sqlite3").read_bytes()  # it could have been found
    assert "Not in it: keys/" in done.out


@on_both_databases
def test_backup_waits_until_nobody_is_between_the_databases(home, terminal, tmp_path):
    """One copied as it stood while the other was written to would be of another moment."""
    to, is_begun = tmp_path / "backup", threading.Event()

    def state() -> None:
        database.receipts.execute("INSERT INTO note VALUES ('pair')")
        is_begun.set()
        time.sleep(3)
        run(database.vault, "INSERT INTO note VALUES ('pair')")

    with at_home(home.settings):
        writer = threading.Thread(target=database.receipts.write, args=(state,))
        writer.start()
        is_begun.wait()
        done = terminal.apart("backup", to)
        writer.join()

    assert done.status == 0, done.err
    assert terminal("restore", to, "--replace").status == 0
    assert home.notes() == {name: ["before", "pair"] for name in ("receipts", "vault")}


def test_backup_overwrites_nothing(home, backup, terminal, tmp_path):
    before = {path.name: path.read_bytes() for path in backup.iterdir()}
    nowhere = tmp_path / "link"
    nowhere.symlink_to("nowhere")
    (tmp_path / "other.new").mkdir()
    (tmp_path / "other.new" / "letter.txt").write_text("mine")

    assert "is there already" in line(terminal("backup", backup))
    assert "is there already" in line(terminal("backup", nowhere))
    assert "is in the way" in line(terminal("backup", tmp_path / "other"))
    assert "No such file or directory" in line(terminal("backup", tmp_path / "no" / "backup"))

    assert {path.name: path.read_bytes() for path in backup.iterdir()} == before
    assert (tmp_path / "other.new" / "letter.txt").read_text() == "mine"


def test_home_in_use_is_not_restored(home, backup, terminal, tmp_path):
    with serving(home.folder, workers=2) as server, server.wire() as wire:
        receipt = Visitor(wire).give()
        assert "is using this home: stop it first" in line(terminal("restore", backup, "--replace"))
        assert wire.get(f"/api/v1/receipts/{receipt['id']}").json["receipt"] == receipt["receipt"]

    assert terminal("restore", backup, "--replace").status == 0


def test_nothing_uses_a_home_while_it_is_restored(home, terminal, tmp_path):
    database.occupy(home.folder, alone=True)
    try:
        refused = terminal.apart("policy", "list")
        with pytest.raises(AssertionError, match="being restored"), serving(home.folder):
            pass
    finally:
        database.close_stores()

    assert "being restored" in line(refused)
    assert terminal("policy", "list").status == 0


def test_doctor_names_a_restore_that_did_not_finish(home, terminal, tmp_path):
    (home.folder / database.UNFINISHED).touch()

    assert "error: home: a restore did not finish: run `wadjet restore` once more" in terminal("doctor").out
    assert "A restore did not finish" in line(terminal("backup", tmp_path / "backup"))


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_full_disk_leaves_what_was_there(command, home, backup, terminal, tmp_path):
    """A real one where something can be mounted; else a limit on the size of files."""
    with at_home(home.settings):
        for store in (database.receipts, database.vault):
            run(store, "CREATE TABLE big AS SELECT zeroblob(6000000) AS blob")
    assert terminal("backup", tmp_path / "big").status == 0
    small = Disk(tmp_path / "disk", tmp_path / "small", 4, "-m", "0", "-O", "^has_journal")
    if os.geteuid() or not small.mount():
        pytest.skip("NO DISK CAN BE FILLED: mounting a file system needs root and loop devices")
    try:
        target = home.fresh(small.folder / "home")
        shutil.copytree(backup, small.folder / "fits")
        assert terminal.apart("restore", small.folder / "fits", WADJET_HOME=str(target.folder)).status == 0
        before = target.files()

        if command == "backup":
            refused = terminal("backup", small.folder / "backup")
        else:
            refused = terminal.apart("restore", tmp_path / "big", "--replace", WADJET_HOME=str(target.folder))

        assert "full" in line(refused) or "No space left" in line(refused)
        assert {path.name for path in small.folder.iterdir()} == {"home", "fits", "lost+found"}
        assert target.files() == before
        assert target.notes() == THEN
        assert terminal.apart("policy", "list", WADJET_HOME=str(target.folder)).status == 0
    finally:
        small.unmount()


def test_damaged_database_is_no_backup(home, terminal, tmp_path):
    database = home.folder / "vault.sqlite3"
    raw = bytearray(database.read_bytes())
    raw[4096:] = bytes(len(raw) - 4096)
    database.write_bytes(raw)

    assert "vault" in line(terminal("backup", tmp_path / "backup"))  # while it is opened, or when it is checked
    assert not list(tmp_path.glob("backup*"))


def test_backup_migrates_nothing(home, terminal, tmp_path):
    """The server may still be of the release before."""
    with at_home(home.settings):
        run(database.receipts, "DELETE FROM schema_migration WHERE name > '0003'")

    assert terminal("backup", tmp_path / "backup").status == 0

    said = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    assert said["databases"]["receipts"]["migrations"] == ["0001_first", "0002_consent_text"]


def test_postgresql_hears_the_password_and_nobody_else(home, terminal, tmp_path, postgresql_url):
    """Every user of a machine can read the arguments of its programs."""
    secret = postgresql_url.replace("postgres@", "postgres:s3cret@")
    (home.folder / "wadjet.toml").write_text(
        (home.folder / "wadjet.toml").read_text().replace("receipts.sqlite3", secret)
    )
    assert terminal("policy", "list").status == 0  # makes its tables
    spy, told = tmp_path / "bin" / "pg_dump", tmp_path / "told"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\necho "$@ / $PGPASSWORD" >{told}\nexec {shutil.which("pg_dump")} "$@"\n')
    spy.chmod(0o755)

    done = terminal.apart("backup", tmp_path / "backup", PATH=f"{spy.parent}:{os.environ['PATH']}")

    assert done.status == 0, done.err
    arguments, _, password = told.read_text().strip().rpartition(" / ")
    assert "s3cret" not in arguments
    assert password == "s3cret"
    assert "s3cret" not in done.out + done.err + (tmp_path / "backup" / "manifest.json").read_text()


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_missing_program_is_named(home, terminal, tmp_path):
    refused = terminal.apart("backup", tmp_path / "backup", PATH="/nonexistent")

    assert "pg_dump is not installed" in line(refused)
    assert not list(tmp_path.glob("backup*"))


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_postgresql_is_not_restored_among_strangers(home, backup, terminal, tmp_path):
    with psycopg.connect(home.settings.vault_database, autocommit=True) as other:
        assert "somebody is connected" in line(terminal("restore", backup, "--replace"))
        other.execute("CREATE TABLE of_a_newer_release (id int)")
    assert "of_a_newer_release" in line(terminal("restore", backup, "--replace"))

    assert home.notes() == SINCE
    assert terminal("policy", "list").status == 0


def test_commands_say_how_they_are_used(terminal: Terminal) -> None:
    assert "wadjet backup /backup/" in terminal("backup", "--help").out
    assert "wadjet restore /backup/" in terminal("restore", "--help").out
