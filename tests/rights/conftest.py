"""A desk where demands are met."""

from typing import Any

import pytest
from flask import Flask

from tests.rights.desk import Desk
from wadjet.settings import Settings


@pytest.fixture
def desk(app: Flask, settings: Settings, watch: Any) -> Desk:
    return Desk(settings, watch)
