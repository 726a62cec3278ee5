"""The power fails at the moment of the acknowledgement: what was not synced is gone, what was told is not."""

import random
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults import cuts
from tests.faults.crowd import Crowd, check_order, check_store, rows
from tests.faults.figures import SCALE, Progress
from tests.faults.serving import found, serving
from tests.visitor import Visitor
from wadjet import database

POSTS = 260  # more than the thousand pages after which SQLite moves its WAL into the database


def test_what_was_told_is_on_the_disk_when_it_is_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found(home)
    exactly = cuts.tells_what_is_unwritten(tmp_path)
    with serving(home) as server, server.wire() as wire:
        visitor, told = Visitor(wire), {}
        template = visitor.decision()
        for number in range(POSTS):
            answer = visitor.post(visitor.sign(template | {"id": f"{number:021d}A"}))
            told[answer.json["id"]] = answer.json["receipt"]
            if number % 10:
                continue

            left = cuts.leave(home / "receipts.sqlite3", tmp_path / f"cut-{number}", exactly=exactly)

            assert rows(left.parent, left.name, "PRAGMA integrity_check") == [("ok",)]
            assert dict(rows(left.parent, left.name, "SELECT id, token FROM receipt")) == told
            assert len(rows(left.parent, left.name, "SELECT seq FROM journal_entry")) == len(told) + 1


def test_a_writer_that_does_not_sync_is_found_out(tmp_path: Path) -> None:
    if not cuts.tells_what_is_unwritten(tmp_path):
        return  # then the test above sees only that the rows were handed to the kernel, and the one below is the proof
    lost = {}
    for synchronous in ("full", "normal"):
        file = tmp_path / f"{synchronous}.sqlite3"
        with closing(sqlite3.connect(file, isolation_level=None)) as writer:
            writer.execute("PRAGMA journal_mode = wal")
            writer.execute("CREATE TABLE told (number INTEGER)")
            writer.execute("PRAGMA wal_checkpoint(truncate)")
            writer.execute(f"PRAGMA synchronous = {synchronous}")
            writer.execute("INSERT INTO told VALUES (1)")
            left = cuts.leave(file, tmp_path / synchronous, exactly=True)
        lost[synchronous] = rows(left.parent, left.name, "SELECT number FROM told") != [(1,)]

    assert lost == {"full": False, "normal": True}


def test_every_connection_waits_for_the_disk(app) -> None:
    found_out = []

    def ask() -> None:
        execute = database.receipts.execute
        found_out.append(tuple(execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")))

    threads = [
        threading.Thread(target=run, args=(ask,))
        for run in (database.receipts.write, database.receipts.read)
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found_out == [("wal", 2)] * 16  # 2: FULL


@pytest.mark.torture
def test_no_power_cut_loses_what_was_told(tmp_path: Path, progress: Progress) -> None:
    disk = cuts.Disk(tmp_path / "disk", tmp_path / "mounted", megabytes=64)
    home = disk.folder
    told: dict = {}
    with disk.mounted():
        found(home)
    for _ in progress(round(200 * SCALE)):
        with disk.mounted(), serving(home) as server:
            crowd = Crowd(server, withdrawing=0.2)
            with crowd.at_work():
                time.sleep(random.uniform(0.1, 0.4))
                # Answers from here on would reach nobody. The cut takes a millisecond, during which ext4 may report
                # a sync as done and not enter its blocks any more; a disk without power answers nothing.
                told |= crowd.told
                disk.cut()
                server.kill()
        crowd.told = told
        with disk.mounted():
            assert rows(home, "receipts.sqlite3", "PRAGMA integrity_check") == [("ok",)]
            check_store(home, "receipts.sqlite3", crowd)
            check_order(home, "receipts.sqlite3")
    progress.say(f"{len(told):,} receipts")
