"""What the tests of faults share."""

import pytest


@pytest.fixture
def receipts_database(databases: dict[str, str]) -> str:
    """The setting of that name."""
    return databases.get("receipts_database", "receipts.sqlite3")
