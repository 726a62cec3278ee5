"""The journal in the console: read by whoever may, and altered by nobody."""

import csv
import html
import io
import json
import re
from urllib.parse import parse_qsl

import pytest

from tests.console.conftest import MOST_QUERIES
from tests.visitor import Visitor
from wadjet import clock, database, ledger
from wadjet.console import ROLES

READERS = {name for name, role in ROLES.items() if "journal:read" in role.permissions}


@pytest.fixture
def written(app, now):
    """Three acts on people, one of them by staff-1."""

    def work():
        for act, event, by, about in (
            ("block", "vault:person:blocked", "staff-1", "p1"),
            ("access", "contact:message:read", "staff-2", "p2"),
            ("destroy", "vault:person:destroyed", "", "p1"),
        ):
            ledger.append(act, event, about=about, at=now, store=database.vault, by=by)

    database.vault.write(work)


def test_what_is_known_by_its_day_alone_has_no_hour(desk, people):
    people.send_message()

    page = desk("auditor").get("journal/?event=vault:person:taken-in").text

    assert "23 Nov 2026<" in page
    assert ", 00:00" not in page


@pytest.mark.parametrize("role", ROLES)
def test_who_may_reads_it_and_nobody_else(desk, written, role):
    work = desk(role)
    statuses = [work.get(path).status_code for path in ("journal/", "journal/journal.csv", "journal/journal.json")]
    statuses.append(work.post("journal/about", {"about": "p1"}).status_code)

    assert set(statuses) == ({200} if role in READERS else {403})
    assert sorted(READERS) == ["auditor", "responsible"]


@pytest.mark.parametrize(
    ("query", "events"),
    [
        ("", ["vault:person:destroyed", "contact:message:read", "vault:person:blocked"]),
        ("act=block", ["vault:person:blocked"]),
        ("event=vault:", ["vault:person:destroyed", "vault:person:blocked"]),
        ("by=staff-1", ["vault:person:blocked"]),
        ("since=2026-11-23&until=2026-11-23&act=access", ["contact:message:read"]),
        ("until=2026-11-22", []),
        ("of=consents", ["policy:version:published"]),
    ],
)
def test_it_is_sifted(desk, written, query, events):
    page = desk("auditor").get(f"journal/?{query}").text

    found = [
        each for each in page.replace("</code>", "<code>").split("<code>") if each.count(":") == 2 and " " not in each
    ]
    assert found == events


def test_it_tells_people_by_their_names(desk, hire, written):
    hire("staff", "aigerim@wadjet.kz")

    page = desk("auditor").get("journal/").text

    assert 'Staff <small class="quiet">staff-1</small>' in page
    assert "the system itself" in page


def test_what_was_done_with_one_thing_is_found_by_post(desk, written, client):
    given = Visitor(client).give()
    work = desk("auditor")

    person = work.post("journal/about", {"about": "p1", "of": "people"})
    receipt = work.post("journal/about", {"about": given["id"], "of": "consents"})

    assert person.text.count("vault:person:") == 2
    assert "contact:message:read" not in person.text
    assert "consent:decision:given" in receipt.text


@pytest.mark.parametrize("about", ["", "\0", "x" * 65])
def test_what_names_nothing_is_told(desk, written, about):
    assert desk("auditor").post("journal/about", {"about": about}).status_code == 422


@pytest.mark.parametrize("after", ["9" * 30, "-1", "soon", "\0"])
def test_a_place_that_is_none_is_the_beginning(desk, written, after):
    work = desk("auditor")

    assert work.post("journal/about", {"about": "p1", "after": after}).status_code == 200
    assert work.get("journal/", query_string={"after": after}).status_code == 200


@pytest.mark.parametrize("query", ["act=peek", "since=soon", "since=2026-11-02&until=2026-11-01"])
def test_a_bad_question_is_told(desk, written, query):
    work = desk("auditor")

    assert work.get(f"journal/?{query}").status_code == 422
    assert work.get(f"journal/journal.csv?{query}").status_code == 422


def test_the_file_has_the_rows_asked_for_the_oldest_first(desk, written):
    work = desk("auditor")

    lines = list(csv.DictReader(io.StringIO(work.get("journal/journal.csv?event=vault:").text)))
    rows = work.get("journal/journal.json?event=vault:").json

    assert [row["event"] for row in rows] == ["vault:person:blocked", "vault:person:destroyed"]
    assert [row["event"] for row in lines] == [row["event"] for row in rows]
    assert json.loads(rows[0]["entry"])["by"] == "staff-1"
    assert work.get("journal/journal.json?until=2020-01-01").json == []


@pytest.mark.clause("9.1")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
@pytest.mark.parametrize(
    "path", ["journal/", "journal/1", "journal/1/", "journal/journal.csv", "journal/about?about=p1"]
)
def test_no_verb_alters_it_whatever_the_role(desk, console, written, role, method, path):
    work = desk(role)
    before = list(ledger.listing(database.vault))

    answer = work.client.open(
        f"/{path}", method=method, data={"csrf_token": work.token()}, base_url="http://localhost/console/"
    )

    assert answer.status_code in (403, 404, 405, 422)
    assert list(ledger.listing(database.vault)) == before


def test_it_has_no_address_that_takes_more_than_a_question(console):
    taken = {
        (rule.endpoint, method)
        for rule in console.url_map.iter_rules()
        if rule.endpoint.startswith("journal.")
        for method in rule.methods or ()
    }

    assert {each for each in taken if each[1] not in ("GET", "HEAD", "OPTIONS")} == {("journal.about", "POST")}


def test_reading_it_leaves_no_row(desk, written):
    before = ledger.length(database.vault)
    work = desk("auditor")
    for path in ("journal/", "journal/?of=consents", "journal/journal.csv"):
        work.get(path)
    work.post("journal/about", {"about": "p1"})

    assert ledger.length(database.vault) == before


def test_a_page_asks_few_questions(desk, written, now, queries):
    def many():
        for number in range(60):
            ledger.append("use", "test:row:written", about="x", at=now, store=database.vault, by=f"staff-{number}")

    database.vault.write(many)
    work = desk("auditor")

    asked = queries(lambda: work.get("journal/"))

    assert len(asked) <= MOST_QUERIES, asked
    assert clock.stamp(now) in work.get("journal/").text


def test_the_other_journal_is_narrowed_as_this_one(desk):
    page = desk("auditor").get("journal/?since=2026-11-01&until=2026-11-23&by=staff-1").text

    tabs = page.partition('class="tabs"')[2].partition("</nav>")[0]
    (other,) = re.findall(r'href="/console/journal/\?([^"]*of=consents[^"]*)"', tabs)
    asked = {"since": "2026-11-01", "until": "2026-11-23", "by": "staff-1", "of": "consents"}
    assert dict(parse_qsl(html.unescape(other))) == asked
