"""An open vault with Aigerim in it, and somebody of the staff at a desk."""

from collections.abc import Iterator

import pytest

from tests.registers.office import Office
from tests.vault.people import AIGERIM, take_in
from wadjet import database, vault
from wadjet.registers import gate
from wadjet.settings import Settings


@pytest.fixture
def home(settings: Settings, now) -> Iterator[Settings]:
    database.open_stores(settings)
    vault.start(settings, now=now)
    yield settings
    database.close_stores()


@pytest.fixture
def person(home, now) -> str:
    return take_in(AIGERIM, now)


@pytest.fixture
def office(home, now) -> Iterator[Office]:
    """The desk; what consents allow is what a test says they do."""
    before, desk = list(gate._finders), Office(home, now)
    gate._finders[:] = [desk.allowances]
    yield desk
    gate._finders[:] = before
