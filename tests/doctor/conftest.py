"""A home as it is in production."""

import pytest

from tests.house import SMALL
from tests.services import free_port
from wadjet import clock

OPERATOR = {
    "name": "LLP Example",
    "bin": "123456789012",
    "address": "Almaty",
    "email": "office@example.kz",
    "phone": "+7 727 000 00 00",
    "responsible": "A. Person",
    "website": "https://example.kz",
}


@pytest.fixture
def calendar(monkeypatch):
    """The operator has read the calendars of this year and the next, whatever the year."""
    year = clock.local_date(clock.now()).year
    monkeypatch.setenv("WADJET_CALENDAR_DAYS_OFF", f"{year}-01-01,{year + 1}-01-01")


@pytest.fixture
def good(terminal, calendar, monkeypatch):
    """A home as it is in production."""
    monkeypatch.setenv("WADJET_LISTEN", f"127.0.0.1:{free_port()}")
    monkeypatch.setenv("WADJET_MAIL_URL", "maildir:mail")
    options = [f"--{'operator-name' if name == 'name' else name}={value}" for name, value in OPERATOR.items()]
    terminal("init", "--base-url", "https://wadjet.kz", *options)
    assert terminal("policy", "publish", SMALL).status == 0
    return terminal
