"""The file for an inspector, from the console: for whoever may, and only by post."""

import io
import zipfile

import pytest

from tests.visitor import Visitor
from wadjet import database, ledger
from wadjet.console import ROLES

MAY = {name for name, role in ROLES.items() if "inspector:export" in role.permissions}
DAY = {"since": "2026-11-23", "until": "2026-11-23"}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_gets_it_and_nobody_else(desk, app, role):
    work = desk(role)
    statuses = [work.get("inspector/").status_code, work.post("inspector/", DAY).status_code]

    assert statuses == ([200, 200] if role in MAY else [403, 403])
    assert ('href="/console/inspector/"' in work.get("receipts/").text) is (role in MAY)
    assert sorted(MAY) == ["auditor", "responsible"]


def test_the_file_is_of_the_days_asked_for(desk, client):
    given = Visitor(client).give()
    work = desk("auditor")

    answer = work.post("inspector/", DAY)

    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="wadjet-2026-11-23.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.data)) as pack:
        assert pack.read("receipts/0000000001.jws").decode() == given["receipt"]
    row = list(ledger.listing(database.vault))[-1]
    assert (row["event"], row["by"]) == ("inspector:file:exported", work.account.handle)


@pytest.mark.parametrize(
    "days",
    [
        {},
        {"since": "2026-11-23"},
        {"since": "2026-11-24", "until": "2026-11-23"},
        {"since": "x", "until": "2026-11-23"},
    ],
)
def test_days_that_are_none_are_told_and_nothing_is_made(desk, client, days):
    work = desk("auditor")
    rows = ledger.length(database.vault)

    answer = work.post("inspector/", days)

    assert answer.status_code == 422
    assert ledger.length(database.vault) == rows


def test_a_day_too_full_is_told_on_a_page(desk, client, monkeypatch):
    monkeypatch.setattr("wadjet.inspector.packing.MOST_RECEIPTS", 0)
    Visitor(client).give()

    answer = desk("auditor", language="ru").post("inspector/", DAY, headers={"Accept": "text/html"})

    assert answer.status_code == 422
    assert "Слишком много квитанций" in answer.text
    assert "Выберите меньше дней." in answer.text


@pytest.mark.parametrize("path", ["inspector/", "receipts/counts/", "receipts/day/"])
def test_a_page_begins_with_today(desk, app, path):
    assert 'type="date" value="2026-11-23"' in desk("auditor").get(path).text
