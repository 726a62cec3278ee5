"""Opening a page changes nothing, whichever it is and whoever opens it; nor does a form that another site sends."""

import re
from functools import partial

import pytest
from werkzeug.routing import Rule

from tests.house import on_both_databases
from tests.rights.desk import Desk, links
from tests.writer import AIGERIM
from wadjet import clock, database, rights

TABLES = {
    database.receipts: ("decision", "receipt", "journal_entry"),
    database.vault: (
        "contact_message",
        "incoming",
        "journal_entry",
        "outgoing",
        "person",
        "request_subject",
        "rights_request",
        "used_challenge",
    ),
}


def everything() -> dict[str, list]:
    """Every row of every table that a page could touch."""
    found = {}
    for store, names in TABLES.items():
        for name in set(store.read(store.proxy.get_tables)) & set(names):
            rows = store.read(
                partial(lambda store, name: store.execute(f"SELECT * FROM {name}").fetchall(), store, name)
            )
            found[f"{store.name}.{name}"] = sorted(map(repr, rows))
    return found


@pytest.fixture
def paths(desk: Desk, app) -> list[str]:
    """Every path there is, with links that are good for something."""
    desk.watch.moment = clock.now()
    receipt = desk.write(AIGERIM, marketing=True).id
    done = desk.asked("information", AIGERIM["email"])
    desk.fulfil(done)
    waiting = desk.ask("withdraw", AIGERIM["email"])
    rights.match(waiting, now=desk.now)
    letters = desk.post()
    found = {path for letter in letters for path in links(letter, "/")}
    values = {"receipt_id": receipt, "request_id": waiting, "version": "1", "other": "1", "form": "md"}
    names = {
        part: part.rpartition(":")[2]
        for rule in app.url_map.iter_rules()
        for part in re.findall(r"<([^<>]*)>", str(rule))
    }
    names |= {"version:number": "version", "version:other": "other"}
    values |= {"name": "policy.css", "filename": "x", "token": "x"}
    for rule in app.url_map.iter_rules():
        assert isinstance(rule, Rule)
        found.add(re.sub(r"<([^<>]*)>", lambda part: values[names[part[1]]], str(rule)))
    assert {path.split("/")[3] for path in found if path.startswith("/privacy/requests/") and path.count("/") > 3} == {
        "confirm",
        "result",
        "status",
    }
    return sorted(found)


@on_both_databases
@pytest.mark.clause("8.4.b")
def test_whoever_only_opens_links_changes_nothing(paths, client):
    before = everything()
    assert all(before[name] for name in ("vault.rights_request", "vault.contact_message", "vault.journal_entry"))

    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS"):
            assert client.open(path, method=method).status_code < 500, path

    assert everything() == before


@pytest.mark.clause("8.4.b")
def test_what_another_site_sends_changes_nothing(paths, client):
    before = everything()
    secret = [path for path in paths if re.search(r"/(confirm|result|withdraw)/[^/]{20,}/", path)]
    typed = AIGERIM | {"details": "x", "message": "x", "feedback": "y", "kind": "destroy", "started": "x", "id": "x"}

    for path in sorted({*paths} - {*secret}):  # those are known to whoever has the letter alone
        for target in (path, f"{path}?kind=withdraw", f"{path}?kind=destroy"):
            for form in ("application/x-www-form-urlencoded", "multipart/form-data"):
                headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
                status = client.post(target, data=typed, content_type=form, headers=headers).status_code
                assert status in (400, 403, 404, 405, 413, 415, 422, 429), (target, status)
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        for path in paths:
            assert client.open(path, method=method).status_code in (404, 405), (method, path)

    assert everything() == before
