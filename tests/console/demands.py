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
    slash = "" if act in ("take", "sort") else "/"
    return work.post(f"requests/{request}/{act}{slash}", {"seen": seen(request)} | values)


def seen(request: str) -> str:
    """How it stands, as its page has it."""
    row = rights.outline(request).row
    return "/".join((row.state, row.taken_by, row.kind, row.due_on))


def hidden(page: str) -> dict[str, str]:
    """What a page's forms carry unseen, but for their token."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found if name != "csrf_token"}


def state(request: str) -> str:
    return rights.outline(request).row.state
