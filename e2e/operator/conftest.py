"""One town for all journeys of a session; each has people of its own in it."""

from collections.abc import Iterator

import pytest

from e2e.operator.town import Town
from tests.mail.dovecot import Dovecot, dovecot
from tests.mail.office import Office

__all__ = ["dovecot"]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Iterator[Town]:
    with Office() as office:
        town = Town(tmp_path_factory.mktemp("operator") / "home", office, dovecot)
        yield town
        town.backend.stop()
