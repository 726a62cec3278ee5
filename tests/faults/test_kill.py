"""A process killed in the middle of whatever it does: what was acknowledged is there, once, as it was told."""

import os
import random
import signal
import statistics
import time
from pathlib import Path

import pytest

from tests.faults.crowd import Crowd, check_order, check_store
from tests.faults.engines import Postgresql
from tests.faults.figures import Progress, figures, full
from tests.faults.serving import found, pages, serving
from tests.house import on_both_databases

READY_SECONDS = 3


@pytest.mark.parametrize(
    ("databases", "cycles"),
    [("sqlite", 5), full(500, "sqlite"), full(100, "postgresql")],
    indirect=["databases"],
)
def test_nothing_told_is_lost_when_the_process_is_killed(
    cycles: int, receipts_database: str, tmp_path: Path, progress: Progress
) -> None:
    home = tmp_path / "home"
    found(home, receipts_database)
    with serving(home) as server:
        crowd, started = Crowd(server), []
        for _ in progress(cycles):
            before = set(crowd.told)
            with crowd.at_work():
                time.sleep(random.uniform(0.1, 0.3))
                server.kill()
            started.append(server.start())
            crowd.settle()
            crowd.check_read_back(sorted(crowd.told.keys() - before))
        crowd.check_replay(crowd.sample(20))
        crowd.check_read_back(crowd.sample(100))

    assert len(crowd.told) > 4 * cycles
    assert crowd.broken >= cycles
    assert (crowd.odd, crowd.refused) == ([], {})
    assert cycles < 100 or statistics.median(started) <= READY_SECONDS
    progress.say(f"{len(crowd.told):,} receipts, ready after {max(started):.2f} s at most")
    check_store(home, receipts_database, crowd)
    check_order(home, receipts_database)


@on_both_databases
@pytest.mark.parametrize("cycles", figures(2, 100))
def test_two_processes_and_withdrawals_lose_nothing_either(
    cycles: int, receipts_database: str, tmp_path: Path, progress: Progress
) -> None:
    home = tmp_path / "home"
    found(home, receipts_database)
    with serving(home, workers=2) as server:
        crowd = Crowd(server, withdrawing=0.3)
        for cycle in progress(cycles):
            with crowd.at_work():
                time.sleep(random.uniform(0.1, 0.4))
                if cycle % 2:  # the other one goes on, and the dead one is replaced
                    os.kill(random.choice(server.workers()), signal.SIGKILL)
                    time.sleep(random.uniform(0.1, 0.4))
                else:
                    server.kill()
            if not cycle % 2:
                server.start()
            crowd.settle()
        crowd.check_read_back()
        crowd.check_replay(crowd.sample(20))

    events = {told.sent.decision["event"] for told in crowd.told.values()}
    assert events == {"given", "refused", "withdrawn"}
    assert (crowd.odd, crowd.refused) == ([], {})
    check_store(home, receipts_database, crowd)
    check_order(home, receipts_database)


@pytest.mark.parametrize("cycles", figures(1, 50))
def test_nothing_told_is_lost_when_postgresql_is_killed(cycles: int, tmp_path: Path, progress: Progress) -> None:
    engine, home = Postgresql(), tmp_path / "home"
    engine.start()
    try:
        found(home, engine.url)
        with serving(home, workers=2) as server, server.wire() as wire:
            crowd = Crowd(server, withdrawing=0.2)
            before = pages(wire)
            for _ in progress(cycles):
                with crowd.at_work():
                    time.sleep(random.uniform(0.1, 0.4))
                    engine.kill()
                    time.sleep(0.5)
                    assert pages(wire) == before
                engine.start()
                crowd.settle(5)
            crowd.check_read_back()
            crowd.check_replay(crowd.sample(20))
        check_store(home, engine.url, crowd)
        check_order(home, engine.url)
    finally:
        engine.remove()

    assert crowd.refused.keys() == {"unavailable"}
    assert (crowd.odd, crowd.broken) == ([], 0)
    assert crowd.slowest < 5
