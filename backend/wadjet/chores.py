"""What is to be done by itself, again and again, beside the requests of a serving process.

A room registers a function with `@every(seconds)`; one thread in each process that serves calls it when it is due. All
processes do so: a chore that is to be done once in a while by one of them claims its turn in a table of its own.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from . import clock
from .problems import Problem
from .settings import Settings

Work = Callable[[Settings, datetime], object]
_LONGEST_SECONDS = 60.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chore:
    """A function to be called every so many seconds; `name` is what the log calls it."""

    name: str
    seconds: float
    work: Work


_chores: list[Chore] = []


def every(seconds: float) -> Callable[[Work], Work]:
    """Decorate a function that takes the settings and the time; it may be called at once, and in any process."""

    def register(work: Work) -> Work:
        _chores.append(Chore(f"{work.__module__.removeprefix('wadjet.')}.{work.__name__}", seconds, work))
        return work

    return register


def work(settings: Settings, ended: Event) -> None:
    """Do each chore when it is due, until `ended` is set; the one that is under way then is finished."""
    chores = list(_chores)
    due = dict.fromkeys(chores, 0.0)
    said: dict[Chore, str] = dict.fromkeys(chores, "")
    while not ended.is_set():
        for chore in chores:
            if time.monotonic() >= due[chore] and not ended.is_set():
                said[chore] = _do(chore, settings, said[chore])
                due[chore] = time.monotonic() + chore.seconds
        pause = min(due.values(), default=float("inf")) - time.monotonic()
        ended.wait(max(0.0, min(pause, _LONGEST_SECONDS)))


def _do(chore: Chore, settings: Settings, said: str) -> str:
    """Why it could not be done, by name alone: what an error says may be about somebody. "" when it was."""
    try:
        chore.work(settings, clock.now())
        fault = ""
    except Problem as problem:
        fault = problem.slug
    except Exception as error:  # noqa: BLE001 - the thread must outlive whatever it meets
        fault = type(error).__name__
    if fault != said:
        _log.warning("%s waits: %s", chore.name, fault) if fault else _log.warning("%s goes on", chore.name)
    return fault
