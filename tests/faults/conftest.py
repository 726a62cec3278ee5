"""What the tests of faults share."""

import pytest

from tests.faults.figures import Progress


@pytest.fixture
def progress(request: pytest.FixtureRequest) -> Progress:
    """`for number in progress(500)`: count, and tell the terminal where it takes long."""
    return Progress(request)


@pytest.fixture
def receipts_database(databases: dict[str, str]) -> str:
    """The setting of that name."""
    return databases.get("receipts_database", "receipts.sqlite3")
