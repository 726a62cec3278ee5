"""How much of a fault a test brings: a little in the suite, all of it under `make torture`."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

SCALE = float(os.environ.get("TORTURE", "1"))  # TORTURE=0.04 takes the long tests in a twenty-fifth of their length


def figures(suite: int, torture: int) -> list[Any]:
    """For `parametrize`: the suite's figure, and the full one."""
    return [suite, full(torture)]


def full(torture: int, *before: Any) -> Any:
    """For `parametrize`: the full figure alone, after other values."""
    figure = max(1, round(torture * SCALE))
    return pytest.param(*before, figure, marks=pytest.mark.torture, id="-".join([*before, str(torture)]))


class Progress:
    """Tells people at the terminal how far a long test is; says nothing in a short one."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._name = request.node.name
        self._is_long = request.node.get_closest_marker("torture") is not None
        self._terminal = request.config.pluginmanager.get_plugin("terminalreporter")
        self._capture = request.config.pluginmanager.get_plugin("capturemanager")
        self._told_at = time.monotonic()

    def __call__(self, most: int) -> Iterator[int]:
        """Count from 0 to `most`."""
        for number in range(most):
            yield number
            self.tell(number + 1, most)

    def tell(self, done: int, most: int, **facts: Any) -> None:
        """At most every ten seconds, and at the end."""
        if self._is_long and (done == most or time.monotonic() - self._told_at > 10):
            self._told_at = time.monotonic()
            words = "".join(f", {name} {value}" for name, value in facts.items())
            self.say(f"{done:,} of {most:,}{words}")

    def say(self, words: str) -> None:
        if self._terminal and self._capture:
            with self._capture.global_and_fixture_disabled():
                self._terminal.write_line(f"  {self._name}: {words}")


@pytest.fixture
def progress(request: pytest.FixtureRequest) -> Progress:
    """`for number in progress(500)`: count, and tell the terminal where it takes long."""
    return Progress(request)
