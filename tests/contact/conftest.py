"""ALTCHA's library goes by the machine's clock, so the application does too."""

import pytest

from tests.writer import Writer
from wadjet import clock


@pytest.fixture(autouse=True)
def present(watch):
    watch.moment = clock.now()


@pytest.fixture
def writer(client):
    return Writer(client)
