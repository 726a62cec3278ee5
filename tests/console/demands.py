"""Demands as staff meet them at the desk."""

import html
import re

from tests.console.conftest import Desk
from tests.writer import AIGERIM
from wadjet import database, ledger, rights

MAIL = AIGERIM["email"]

SECRET = "Қатем бар: нөмірім басқа"


def rows(event):
    return [row for row in ledger.listing(database.vault) if row["event"] == event]


def press(work: Desk, request: str, act: str, **values: str):
    """A step's form, as the page before posts it."""
    row = rights.outline(request).row
    seen = "/".join((row.state, row.taken_by, row.kind, row.due_on))
    return work.post(f"requests/{request}/{act}/", {"seen": seen} | values)


def hidden(page: str) -> dict[str, str]:
    """What a page's forms carry unseen, but for their token."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found if name != "csrf_token"}


def state(request: str) -> str:
    return rights.outline(request).row.state
