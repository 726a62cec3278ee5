"""Backups that are damaged, foreign or made up: each is refused in one line, and nothing in the home has changed."""

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.backup.conftest import SINCE, THEN, line

Harm = Callable[[Path], Any]


def manifest(folder: Path, change: Callable[[Any], Any]) -> None:
    path = folder / "manifest.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps(change(said) or said))


def tell(*where: str, value: Any) -> Harm:
    """Write something else at a place in the manifest."""

    def change(said: Any) -> None:
        for name in where[:-1]:
            said = said[name]
        said[where[-1]] = value

    return lambda folder: manifest(folder, change)


def write(name: str, change: Callable[[bytes], bytes]) -> Harm:
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes()))


def vouch(name: str, change: Callable[[bytes], bytes]) -> Harm:
    """Change a file and say so in the manifest, as somebody would who knows how."""

    def harm(folder: Path) -> None:
        write(name, change)(folder)
        raw = (folder / name).read_bytes()
        facts = {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        manifest(folder, lambda said: said["databases"][name.partition(".")[0]].update(facts))

    return harm


def link(name: str) -> Harm:
    """The same bytes, elsewhere."""

    def harm(folder: Path) -> None:
        (folder / name).rename(folder.parent / name)
        (folder / name).symlink_to(folder.parent / name)

    return harm


def pipe(name: str) -> Harm:
    """Whoever opens it waits for ever."""

    def harm(folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return harm


def foreign(raw: bytes) -> bytes:
    """A sound SQLite file, but none of ours."""
    with closing(sqlite3.connect(":memory:")) as other:
        other.execute("CREATE TABLE schema_migration (name)")
        return other.serialize()


HARMS: dict[str, tuple[Harm, str]] = {
    "nothing there": (lambda folder: folder.rename(folder.with_name("away")), "manifest.json cannot be read"),
    "a file, no folder": (
        lambda folder: folder.rename(folder.with_name("b")).with_name("backup").touch(),
        "a directory",
    ),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "manifest.json cannot be read"),
    "an empty manifest": (write("manifest.json", lambda _: b""), "not the manifest"),
    "half a manifest": (write("manifest.json", lambda raw: raw[: len(raw) // 2]), "not the manifest"),
    "a manifest without end": (write("manifest.json", lambda raw: raw + b" " * (1 << 17)), "not the manifest"),
    "a manifest nested deeply": (write("manifest.json", lambda _: b"[" * 60_000), "not the manifest"),
    "a linked manifest": (link("manifest.json"), "cannot be read"),
    "a manifest to wait for": (pipe("manifest.json"), "no ordinary file"),
    "an unknown form": (tell("format", value=2), "not the manifest"),
    "an unknown fact": (tell("databases", "receipts", "file", value="../../etc/passwd"), "not the manifest"),
    "a third database": (tell("databases", "../../etc", value={}), "not the manifest"),
    "a path for a migration": (tell("databases", "vault", "migrations", value=["../../x"]), "not the manifest"),
    "a negative size": (tell("databases", "vault", "bytes", value=-1), "not the manifest"),
    "a newer release": (tell("release", value="99.0.0"), "made by release 99.0.0"),
    "an unknown table": (tell("databases", "vault", "migrations", value=["9999_moon"]), "does not know (vault: 9999"),
    "the other kind": (tell("databases", "vault", "kind", value="postgresql"), "vault_database names one of sqlite"),
    "a missing database": (lambda folder: (folder / "vault.sqlite3").unlink(), "vault.sqlite3 cannot be read"),
    "a linked database": (link("receipts.sqlite3"), "receipts.sqlite3 cannot be read"),
    "a database to wait for": (pipe("vault.sqlite3"), "no ordinary file"),
    "a shorter database": (write("receipts.sqlite3", lambda raw: raw[:-1]), "as many bytes"),
    "a longer database": (write("receipts.sqlite3", lambda raw: raw + b"\0"), "as many bytes"),
    "one bit": (write("receipts.sqlite3", lambda raw: raw[:5000] + bytes([raw[5000] ^ 1]) + raw[5001:]), "SHA-256"),
    "garbage, vouched for": (vouch("vault.sqlite3", lambda _: b"garbage"), "vault.sqlite3.restoring"),
    "lost pages, vouched for": (vouch("receipts.sqlite3", lambda raw: raw[:8192]), "receipts.sqlite3.restoring"),
    "another's database, vouched for": (vouch("vault.sqlite3", foreign), "other tables than its manifest says"),
}


@pytest.mark.parametrize("name", HARMS)
def test_tampered_backup_is_refused(name, home, backup, terminal):
    harm, said = HARMS[name]
    harm(backup)
    before, began = home.files(), time.monotonic()

    refused = terminal("restore", backup, "--replace")

    assert said in line(refused)
    assert time.monotonic() - began < 30  # it waits for nobody
    assert home.files() == before
    assert home.notes() == SINCE
    assert terminal("policy", "list").status == 0


def test_untouched_backup_is_taken(home, backup, terminal):
    """And may be reached by a link, and have things beside its files."""
    (backup / "notes.txt").write_text("the one before the move")
    (backup.parent / "latest").symlink_to(backup)

    assert terminal("restore", backup.parent / "latest", "--replace").status == 0

    assert home.notes() == THEN


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (write("vault.dump", lambda raw: raw[:-9] + bytes(9)), "SHA-256"),
        (vouch("vault.dump", lambda _: b"garbage"), "damaged"),
        (vouch("receipts.dump", lambda raw: raw[: len(raw) // 2]), "not restored"),
        (tell("databases", "vault", "kind", value="sqlite"), "holds vault of sqlite"),
    ],
)
def test_tampered_dump_is_refused(harm, said, home, backup, terminal):
    harm(backup)

    refused = terminal("restore", backup, "--replace")

    assert said in line(refused)
    assert home.notes() == SINCE
    assert terminal("policy", "list").status == 0
