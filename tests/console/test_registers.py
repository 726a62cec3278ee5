"""The registers' pages: what each role sees and may do, what is entered, noted, missing, and handed over."""

import csv
import io
import json
import zipfile

import pytest

from tests.console.conftest import MOST_QUERIES
from tests.registers.office import Office, journal
from tests.vault.people import AIGERIM, BOLAT, sql, take_in
from wadjet import registers, vault

CODES = [each.code for each in registers.catalogue.shown()]
RECIPIENT = {"kind": "recipient", "name": "Courier LLP", "scope": "name, phone", "country": "KZ"}
BREACH = {"kind": "access", "scope": "a lost laptop", "detected_at": "2026-11-23T09:00"}


@pytest.fixture
def office(console, settings, now) -> Office:
    """Somebody who makes entries at the command line."""
    vault.start(settings, now=now)
    return Office(settings, now)


@pytest.fixture
def person(office, now) -> str:
    return take_in(AIGERIM, now)


@pytest.mark.parametrize("role", ["responsible", "staff", "auditor"])
def test_every_register_that_a_role_may_see_opens(desk, office, person, role):
    office.provide(person, office.recipient(), basis="law_or_treaty", citation="Law on Audit, art. 9")
    office.add("R8", **BREACH)
    work = desk(role)

    listing = work.get("registers/")

    assert listing.status_code == 200
    for code in CODES:
        answer = work.get(f"registers/{code}/")
        closed = role == "staff" and code == "R10"  # the journal, which staff do not read elsewhere either
        assert answer.status_code == (403 if closed else 200), code
        assert (f'href="/console/registers/{code}/"' in listing.text) != closed
    assert "Courier LLP" in work.get("registers/R3/").text
    assert work.get("registers/R13/").status_code == 404


def test_who_keeps_the_site_sees_no_register(desk):
    work = desk("maintainer")

    for path in ("registers/", "registers/R3/", "registers/R12/add", "registers/R12/1/", "registers/R8/1/notice"):
        assert work.get(path).status_code == 403, path
    assert work.post("registers/R3/export", {"format": "csv"}).status_code == 403


def test_an_auditor_reads_and_changes_nothing(desk, office):
    number = office.add("R8", **BREACH)[0]
    work = desk("auditor")

    page = work.get(f"registers/R8/{number}/")

    assert page.status_code == 200
    assert "a lost laptop" in page.text
    assert 'name="reference"' not in page.text
    assert "registers/R8/add" not in work.get("registers/R8/").text
    assert work.post("registers/R12/add", RECIPIENT).status_code == 403
    assert work.post(f"registers/R8/{number}/0", {"reference": "out 7"}).status_code == 403
    assert office.rows("R8")[0]["reference"] == ""


def test_an_entry_is_made_and_told_by_whom(desk, office):
    work = desk("staff")

    answer = work.post("registers/R12/add", RECIPIENT)

    assert (answer.status_code, answer.location) == (303, "/console/registers/R12/1/")
    page = work.get(answer.location)
    assert "Entered in R12: 1." in page.text
    assert "has not accepted the duties" in page.text
    (row,) = office.rows("R12")
    assert (row["name"], row["by"]) == ("Courier LLP", work.account.handle)


def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(desk, office):
    typed = {"kind": "flood", "scope": "who: a@b.kz", "detected_at": "yesterday", "people": "many", "measures": "kept"}

    answer = desk("staff", language="ru").post("registers/R8/add", typed)

    assert answer.status_code == 422
    assert "Выберите один вариант." in answer.text
    for name in ("kind", "scope", "detected_at", "people"):
        assert f'href="#{name}"' in answer.text, name
    assert ">kept</textarea>" in answer.text
    assert "who: a@b.kz" in answer.text
    assert office.rows("R8") == []


@pytest.mark.parametrize("code", sorted(registers.forms.ADDED))
def test_an_empty_form_is_refused_with_every_field_that_it_needs(desk, office, code):
    work = desk("staff")
    assert work.get(f"registers/{code}/add").status_code == 200

    answer = work.post(f"registers/{code}/add", {})

    assert answer.status_code == 422
    for field in registers.forms.ADDED[code].fields:
        assert (f'href="#{field.name}"' in answer.text) == field.required, field.name


def test_an_empty_note_is_refused_with_every_field_that_it_needs(desk, office, person):
    office.provide(person, office.recipient(), basis="law_or_treaty", citation="Law on Audit, art. 9", notify=True)
    office.add("R7", number="12-5/7", authority="MAIDD", asks="extracts", received_at="2026-11-23T10:00")
    office.add("R8", **BREACH)
    office.add("prohibitions", person=person, fields="phone")
    office.add("services", name="Map", purpose="way", data="address", country="KZ", policy_url="https://m.kz/p")
    work = desk("staff")

    for code in ("R3", "R7", "R8", "R12", "prohibitions", "services"):
        for which, form in enumerate(registers.forms.NOTED[code]):
            answer = work.post(f"registers/{code}/1/{which}", {})

            assert answer.status_code == 422, (code, which)
            for field in form.fields:
                assert (f'href="#{field.name}"' in answer.text) == field.required, (code, which, field.name)


@pytest.mark.clause("8.2", "10.1")
def test_the_gate_says_what_is_missing_with_its_clause_and_enters_nothing(desk, office, person):
    abroad = office.recipient("Versand GmbH", "DE", duties_on=None, duties_evidence="", country_facts="")
    told = {"person": person, "recipient": str(abroad), "fields": "phone", "purpose": "delivery", "basis": "consent"}
    work = desk("staff")

    checked = work.post("registers/R3/add", told | {"check": "yes"})
    made = work.post("registers/R3/add", told)

    assert (checked.status_code, made.status_code) == (200, 409)
    for answer in (checked, made):
        for words in ("art. 10(1), 11", "Policy 10.2", "Policy 10.1", "No consent of this person"):
            assert words in answer.text, words
        assert person in answer.text
    assert office.rows("R3") == []


def test_the_gate_opens_once_nothing_is_missing(desk, office, person):
    number = str(office.recipient())
    told = {"person": person, "recipient": number, "fields": ["last_name", "phone"], "purpose": "audit"}
    told |= {"basis": "law_or_treaty", "citation": "Law on Audit, art. 9", "notify": "yes"}
    work = desk("staff")

    assert "Nothing is missing" in work.post("registers/R3/add", told | {"check": "yes"}).text
    assert office.rows("R3") == []
    assert work.post("registers/R3/add", told).status_code == 303

    (row,) = office.rows("R3")
    assert (row["fields"], row["tell_by"] is not None) == ("last_name phone", True)


def test_a_person_who_is_unknown_or_named_is_told_beside_the_form(desk, office, person):
    number = str(office.recipient())
    told = {"recipient": number, "fields": "phone", "purpose": "audit", "basis": "law_or_treaty"}
    work = desk("staff")

    unknown = work.post("registers/R3/add", told | {"person": "A" * 22, "citation": "Law, art. 9"})
    named = work.post("registers/R3/add", told | {"person": person, "citation": f"case of {AIGERIM.last_name}"})

    assert (unknown.status_code, named.status_code) == (422, 422)
    assert 'href="#person"' in unknown.text
    assert "must not name the person" in named.text
    assert office.rows("R3") == []


@pytest.mark.clause("D5")
def test_a_breach_has_its_clock_its_notice_and_its_end(desk, office):
    work = desk("staff")
    work.post("registers/R8/add", BREACH | {"fields": ["email", "phone"]})

    page = work.get("registers/R8/1/")
    kazakh = work.get("registers/R8/1/notice?in=kk")
    file = work.get("registers/R8/1/notice?in=ru&to=file")

    assert "until tomorrow midnight" in page.text
    assert 'name="follow_up"' not in page.text  # the notice comes first
    assert "a lost laptop" in kazakh.text
    assert 'lang="kk"' in kazakh.text
    assert file.headers["Content-Disposition"] == "attachment; filename=notice-1-ru.txt"
    assert "УВЕДОМЛЕНИЕ" in file.text.upper()
    assert work.post("registers/R8/1/0", {"reference": "out 7"}).status_code == 303
    assert work.post("registers/R8/1/1", {"follow_up": "disks are sealed"}).status_code == 303
    assert office.rows("R8")[0]["closed_at"]


def test_the_second_to_note_hears_so_and_nothing_typed_is_lost(desk, office):
    number = office.add("R8", **BREACH)[0]
    first, second = desk("staff"), desk("responsible")

    assert first.post(f"registers/R8/{number}/0", {"reference": "out 7"}).status_code == 303
    late = second.post(f"registers/R8/{number}/0", {"reference": "out 8"})

    assert late.status_code == 409
    assert "Somebody was quicker" in late.text
    assert "out 8" in late.text
    assert office.rows("R8")[0]["reference"] == "out 7"


@pytest.mark.clause("3.2.d", "D12")
def test_an_authoritys_request_has_ten_days_and_its_answer_keeps_digests_alone(desk, office, tmp_path):
    work = desk("staff")
    told = {"number": "12-5/7", "authority": "MAIDD", "asks": "extracts", "received_at": "2026-11-23T10:00"}
    work.post("registers/R7/add", told)
    secret = tmp_path / "secret.txt"
    secret.write_text("x")

    assert "Thu 3 Dec" in work.get("registers/R7/").text.replace("Thu, Dec 3", "Thu 3 Dec")
    path = work.post("registers/R7/1/0", {"answer": "out 14", "attachments": str(secret)})
    assert path.status_code == 303  # what a browser writes as text is no file of the server's
    assert office.rows("R7")[0]["attachments"] == ""

    work.post("registers/R7/add", told | {"number": "12-5/8"})
    work.post("registers/R7/2/0", {"answer": "out 15", "attachments": (io.BytesIO(b"pack"), "answer.zip")})

    row = office.rows("R7")[1]
    assert row["attachments"].startswith("answer.zip sha256:")
    assert row["answered_at"]


def test_what_only_a_key_opens_is_not_in_a_list(desk, office, person):
    words = "Тек жұмыс күндері"
    registers.prohibit(person, "phone", words, settings=office.settings, **office.desk)

    work = desk("staff")

    assert words not in work.get("registers/prohibitions/").text
    assert words not in work.get("registers/prohibitions/1/").text
    assert desk("auditor").post("registers/prohibitions/1/condition").status_code == 403
    assert words in work.post("registers/prohibitions/1/condition").text
    (read,) = (each for each in journal("prohibitions") if each["event"] == "registers:prohibitions:read")
    assert read["by"] == work.account.handle


@pytest.mark.parametrize(
    ("role", "column", "value"), [("responsible", "condition", "Тек жұмыс күндері"), ("auditor", "conditional", True)]
)
def test_the_words_of_a_condition_leave_with_whoever_may_open_people(desk, office, person, role, column, value):
    registers.prohibit(person, "phone", "Тек жұмыс күндері", settings=office.settings, **office.desk)

    with desk(role).post("registers/prohibitions/export", {"format": "json"}) as file:
        (row,) = json.loads(file.data)

    assert {name: row[name] for name in row if name.startswith("condition")} == {column: value}


def test_an_inspector_gets_one_register_or_all_in_one_click(desk, office, person):
    office.provide(person, office.recipient("=Courier"), basis="law_or_treaty", citation="Law on Audit, art. 9")
    work = desk("auditor")

    with work.post("registers/R3/export", {"format": "csv"}) as table:
        (row,) = csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"), newline=""))
        assert table.headers["Cache-Control"] == "no-store"
        assert table.headers["Content-Disposition"] == "attachment; filename=R3-2026-11-23.csv"
    assert (row["recipient"], row["person"]) == ("'=Courier", person)
    with work.post("registers/export", {"format": "json", "since": "2026-11-01"}) as pack:
        file = io.BytesIO(pack.data)
    with zipfile.ZipFile(file) as opened:
        assert {f"{code}.json" for code in CODES} <= set(opened.namelist())
        assert len(json.loads(opened.read("R3.json"))) == 1
    assert list(office.settings.home.glob(".export-*")) == []
    entries = [json.loads(bytes(row[0])) for row in sql("SELECT entry FROM journal_entry WHERE about = 'R3'")]
    assert [(each["event"], each["by"]) for each in entries] == [("registers:register:exported", work.account.handle)]
    assert work.post("registers/R3/export", {"format": "exe"}).status_code == 422
    assert work.post("registers/R3/export", {"format": "csv", "since": "never"}).status_code == 422
    assert desk("staff").post("registers/R3/export", {"format": "csv"}).status_code == 403


def test_a_register_is_read_a_page_at_a_time(desk, office):
    for number in range(60):
        office.add(
            "services",
            name=f"Map {number:02}",
            purpose="way",
            data="address",
            country="KZ",
            policy_url="https://m.kz/p",
        )
    work = desk("staff")

    first = work.get("registers/services/").text
    second = work.get("registers/services/?after=11").text

    assert "after=11" in first
    assert ("Map 59" in first, "Map 10" in first, "Map 09" in first) == (True, True, False)
    assert ("Map 09" in second, "Map 00" in second, "Map 10" in second) == (True, True, False)
    assert work.get("registers/services/?after=nonsense").text.count("<tr>") == first.count("<tr>")


def test_what_a_stranger_wrote_is_text(desk, office):
    office.add("R7", number="<b>7</b>", authority="<script>x</script>", asks="a", received_at="2026-11-23T10:00")

    work = desk("staff")

    for path in ("registers/R7/", "registers/R7/1/"):
        page = work.get(path).text
        assert "<script>x" not in page
        assert "&lt;script&gt;x" in page


def test_no_page_asks_more_than_twelve_questions(desk, office, person, queries):
    other = take_in(BOLAT, office.now)
    for each in (person, other) * 5:
        office.provide(each, office.recipient(), basis="law_or_treaty", citation="Law on Audit, art. 9")
        registers.prohibit(each, "phone", "only at work", settings=office.settings, **office.desk)
    work = desk("responsible")
    work.get("registers/")

    for path in ("", *(f"{code}/" for code in CODES), "R3/add", "R3/1/", "R12/1/"):
        asked = queries(lambda: work.get(f"registers/{path}"))  # noqa: B023 - called at once
        assert 0 < len(asked) <= MOST_QUERIES, (path, asked)
