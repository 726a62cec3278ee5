"""Killed while people write: a message that was acknowledged is there once, with its receipt, and none half."""

import random
import statistics
import time
from pathlib import Path

import pytest

from tests.faults.correspondence import Correspondence, check
from tests.faults.figures import Progress, full
from tests.faults.serving import found, serving

READY_SECONDS = 3


@pytest.mark.clause("7.1", "5.3")
@pytest.mark.parametrize(
    ("databases", "cycles"),
    [("sqlite", 2), ("postgresql", 1), full(300, "sqlite"), full(100, "postgresql")],
    indirect=["databases"],
)
def test_no_message_told_is_lost_and_none_is_left_half(
    cycles: int, databases: dict[str, str], tmp_path: Path, progress: Progress
) -> None:
    settings = found(tmp_path / "home", **databases)
    with serving(settings.home) as server:
        writing, started = Correspondence(server, settings), []
        for _ in progress(cycles):
            with writing.at_work():
                time.sleep(random.uniform(0.2, 0.4))
                server.kill()
            started.append(server.start())
            writing.settle()

    assert writing.broken >= cycles
    assert len(writing.told) >= 4 * cycles  # each of the four, once it is there again
    assert writing.odd == []
    check(settings, writing.told)
    if cycles >= 50:
        progress.say(f"{len(writing.told):,} messages, ready after {max(started):.2f} s at most")
        assert statistics.median(started) <= READY_SECONDS
