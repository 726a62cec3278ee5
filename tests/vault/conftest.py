"""An open vault, and a room that holds something of its people."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.vault.people import Notes
from wadjet import database, vault
from wadjet.settings import Settings
from wadjet.vault import destruction


@pytest.fixture
def reopen(settings: Settings, now: Any) -> Callable[..., None]:
    """`reopen()`: as a new start of the process would; `reopen(settings)` with others."""

    def start(changed: Settings | None = None) -> None:
        database.close_stores()
        database.open_stores(changed or settings)
        vault.start(changed or settings, now=now)

    return start


@pytest.fixture
def home(settings: Settings, reopen: Callable[..., None]) -> Iterator[Settings]:
    """The settings of a home whose vault is open."""
    reopen()
    yield settings
    database.close_stores()


@pytest.fixture
def notes(home: Settings) -> Iterator[Notes]:
    """A room with a table of its own that is registered as a holder."""
    room, before = Notes(), list(destruction._holders)
    room.set_up()
    vault.held_by(count=room.count, forget=room.forget)
    yield room
    destruction._holders[:] = before
