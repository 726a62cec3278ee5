"""A site to be used and cleaned."""

import pytest

from tests.retention.site import Place


@pytest.fixture
def place(app, settings, watch):
    return Place(settings, watch)
