"""Backups taken while everybody writes: each is of one moment, and everything acknowledged before is in it."""

import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.backup.conftest import Home, run
from tests.faults.crowd import Crowd, Told, check_order, check_store, rows
from tests.faults.figures import Progress, figures
from tests.faults.serving import WADJET, Server, at_home, found, serving
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
        self._stopping.clear()
        for store in (database.receipts, database.vault):
            run(store, "CREATE TABLE IF NOT EXISTS pair (id VARCHAR(16), state VARCHAR(8))")
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


class Rounds:
    """Backups of one home, one after the other, each while everybody writes."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.pairs = Pairs()
        self.told: dict[str, Told] = {}  # before the last backup was begun
        self._told_pairs: set[str] = set()
        self._all: dict[str, Told] = {}

    def take(self, server: Server, to: Path) -> None:
        self._server = server
        crowd = Crowd(server)
        with crowd.at_work(), self.pairs.at_work(writers=4):
            crowd.wait_for_receipts(10)
            self.told, self._told_pairs = self._all | crowd.told, set(self.pairs.told)
            wadjet(self.home, "backup", to)
        crowd.settle()
        assert (crowd.odd, crowd.refused, crowd.broken) == ([], {}, 0)
        self._all |= crowd.told

    def check(self, restored: Home) -> None:
        folder, where = restored.folder, restored.settings.receipts_database
        self.pairs.check(restored, self._told_pairs)
        check_store(folder, where, Crowd(self._server, clients=0, told=self.told))
        check_order(folder, where)


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
@pytest.mark.parametrize("backups", figures(1, 50))
def test_backup_under_load_is_of_one_moment(
    backups: int, another: Callable[[], dict[str, Any]], tmp_path: Path, progress: Progress
) -> None:
    for number in progress(backups):
        if number % 10 == 0:  # a home that has grown large is slow to look through
            rounds = Rounds(Home(found(tmp_path / f"home-{number}", **another())))
        with serving(rounds.home.folder) as server, at_home(rounds.home.settings):
            rounds.take(server, tmp_path / f"backup-{number}")
        fresh = rounds.home.fresh(tmp_path / f"fresh-{number}", **another())
        wadjet(fresh, "restore", tmp_path / f"backup-{number}")
        rounds.check(fresh)
        if number < backups - 1:  # together they would fill a disk
            shutil.rmtree(tmp_path / f"backup-{number}")
            shutil.rmtree(fresh.folder)

    with serving(fresh.folder) as again:
        Crowd(again, clients=0, told=rounds.told).check_read_back(sorted(rounds.told)[:100])
