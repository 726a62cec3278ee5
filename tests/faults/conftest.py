"""What the tests of faults share."""

import pytest

from tests.faults.figures import Progress


@pytest.fixture
def progress(request: pytest.FixtureRequest) -> Progress:
    """`for number in progress(500)`: count, and tell the terminal where it takes long."""
    return Progress(request)
