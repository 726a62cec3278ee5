"""Backups taken while everybody writes: each is of one moment, and everything acknowledged before is in it."""

import os
import secrets
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.backup.conftest import Home, run
from tests.faults.crowd import Crowd, check_order, check_store, rows
from tests.faults.figures import Progress, figures
from tests.faults.serving import WADJET, at_home, found, serving
from tests.house import on_both_databases
from wadjet import database

BEGIN, END = "INSERT INTO pair VALUES (?, 'begun')", "UPDATE pair SET state = 'ended' WHERE id = ?"


class Pairs:
    """Writers of what belongs together, in the order of the contact form: begun in the vault, stated, ended there."""

    def __init__(self) -> None:
        self.told: set[str] = set()
        self._stopping = threading.Event()

    @contextmanager
    def at_work(self, writers: int) -> Iterator[None]:
        for store in (database.receipts, database.vault):
            run(store, "CREATE TABLE pair (id VARCHAR(16), state VARCHAR(8))")
        threads = [threading.Thread(target=self._work) for _ in range(writers)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            pair = secrets.token_hex(8)
            run(database.vault, BEGIN, pair)
            run(database.receipts, BEGIN, pair)
            run(database.vault, END, pair)
            self.told.add(pair)

    def check(self, home: Home, before: set[str]) -> None:
        """What the vault calls ended is stated, what is stated was begun, and what was told before is there."""
        stated = {pair for (pair,) in rows(home.folder, home.settings.receipts_database, "SELECT id FROM pair")}
        states = dict(rows(home.folder, home.settings.vault_database, "SELECT id, state FROM pair"))
        ended = {pair for pair, state in states.items() if state == "ended"}

        assert ended <= stated <= states.keys()
        assert before <= ended


def wadjet(home: Home, *arguments: str | Path) -> None:
    done = subprocess.run(
        [WADJET, *arguments],
        env=os.environ | {"WADJET_HOME": str(home.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@on_both_databases
@pytest.mark.parametrize("backups", figures(2, 50))
def test_backup_under_load_is_of_one_moment(
    backups: int,
    databases: dict[str, Any],
    another: Callable[[], dict[str, Any]],
    tmp_path: Path,
    progress: Progress,
) -> None:
    home = Home(found(tmp_path / "home", **databases))
    taken: list[tuple[Path, dict[str, Any], set[str]]] = []
    pairs = Pairs()
    with serving(home.folder) as server, at_home(home.settings):
        crowd = Crowd(server)
        with crowd.at_work(), pairs.at_work(writers=4):
            for number in progress(backups):
                crowd.wait_for_receipts(10)
                before = dict(crowd.told), set(pairs.told)
                wadjet(home, "backup", tmp_path / str(number))
                taken.append((tmp_path / str(number), *before))
        crowd.settle()
        crowd.check_read_back(crowd.sample(100))
    assert (crowd.odd, crowd.refused, crowd.broken) == ([], {}, 0)

    for folder, told, told_pairs in taken:
        fresh = home.fresh(tmp_path / f"fresh-{folder.name}", **another())
        wadjet(fresh, "restore", folder)
        pairs.check(fresh, told_pairs)
        check_store(fresh.folder, fresh.settings.receipts_database, Crowd(server, clients=0, told=told))
        check_order(fresh.folder, fresh.settings.receipts_database)
    with serving(fresh.folder) as again:
        Crowd(again, clients=0, told=told).check_read_back(sorted(told)[:100])
    progress.say(f"{len(crowd.told):,} receipts, {len(pairs.told):,} pairs")
