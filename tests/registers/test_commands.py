"""The staff at the command line: what is there, what waits, an entry, a note, a file for the inspector."""

import json
import zipfile

import pytest

from tests.vault.people import AIGERIM, take_in
from wadjet import clock, database, vault
from wadjet.settings import load


@pytest.fixture
def person(published):
    settings = load(published.home)
    database.open_stores(settings)
    vault.start(settings, now=clock.now())
    known = take_in(AIGERIM, clock.now())
    database.close_stores()
    return known


def test_registers_are_listed_with_what_waits_and_what_is_missing(published):
    rows = {row["register"]: row for row in published("registers", "list", "--json").rows}

    assert set(rows["R7"]) == {"register", "title", "rows", "open", "overdue", "missing"}
    assert rows["R11"]["rows"] == 1
    assert "without an approval" in rows["R11"]["missing"]
    assert "R12" in published("registers", "list").out
    assert published("registers", "list", "R3", "--json").rows == []
    assert published("registers", "list", "R3").out == "Nothing is entered yet.\n"
    assert [row["version"] for row in published("registers", "list", "r11", "--json").rows] == [1]
    unknown = published("registers", "list", "R13")
    assert (unknown.status, unknown.err.count("\n")) == (2, 1)


@pytest.mark.clause("8.2")
def test_data_are_handed_over_through_the_gate_alone(person, published):
    told = (f"person={person}", "recipient=1", "fields=last_name,phone", "purpose=audit", "basis=law_or_treaty")
    refused = published("registers", "add", "R3", *told)

    assert (refused.status, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert "Register the recipient first. Cite what the ground law_or_treaty rests on." in refused.err
    made = ("kind=recipient", "name=Auditor LLP", "scope=names", "duties_on=2026-11-20", "duties_evidence=contract 7")
    assert published("registers", "add", "R12", *made).out == "Entered in R12: 1.\n"
    done = published("registers", "add", "R3", *told, "citation=Law on Audit, art. 9", "notify=yes")
    assert (done.status, done.out) == (0, "Entered in R3: 1.\n")
    (row,) = published("registers", "list", "R3", "--json").rows
    assert (row["recipient"], row["fields"]) == ("Auditor LLP", "last_name phone")
    assert published("registers", "note", "R3", "1", "told_on=2026-11-24").out == "Noted in R3: 1.\n"


@pytest.mark.clause("2.9", "8.6")
def test_publication_is_consented_to_forbidden_and_refused(person, published):
    where = (f"person={person}", "fields=first_name last_name", "place=wall")

    given = published("registers", "add", "consents", *where, "method=paper", "evidence=folder 3")
    assert given.out == "Entered in consents: 1 2.\n"
    assert published("registers", "add", "R5", *where).out == "Entered in R5: 1.\n"
    published("registers", "add", "prohibitions", f"person={person}", "fields=last_name")
    refused = published("registers", "add", "R5", *where)
    assert (refused.status, "forbidden to publish: last_name" in refused.err) == (2, True)
    lawful = published("registers", "add", "R5", *where, "interest=state", "reason=Law on Emergencies, art. 7")
    assert lawful.out == "Entered in R5: 2.\n"
    assert published("registers", "note", "R5", "1", "removal=forbidden").status == 0
    assert published("registers", "note", "consents", "1", "ended=yes").status == 0
    assert published("registers", "note", "prohibitions", "1", "ended=no").status == 2


@pytest.mark.clause("3.2.d", "D12")
def test_authority_is_answered_with_a_pack(published, tmp_path):
    told = ("number=12-5/7", "authority=MAIDD", "asks=policy versions", "received_at=2026-11-20T10:00")
    published("registers", "add", "R7", *told)
    pack = tmp_path / "answer.zip"

    made = published("registers", "export", "R11", "R7", "--request", "1", "--format", "json", "--to", pack)
    noted = published("registers", "note", "R7", "1", "answer=out 14", f"attachments={pack}")

    assert (made.status, noted.status) == (0, 0)
    digest = made.out.rstrip(".\n").rpartition(" ")[2]
    assert digest in published("registers", "list", "R7", "--json").rows[0]["attachments"]
    with zipfile.ZipFile(pack) as opened:
        assert json.loads(opened.read("R11.json"))[0]["version"] == 1
    again = published("registers", "export", "R11", "--to", pack)
    assert (again.status, again.err.count("\n")) == (2, 1)


def test_days_that_end_before_they_begin_are_refused(published, tmp_path):
    to = tmp_path / "out.csv"

    answer = published("registers", "export", "R6", "--since", "2026-12-01", "--until", "2026-11-01", "--to", to)

    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert not to.exists()


@pytest.mark.clause("D5")
def test_notice_of_a_breach_is_printed_in_both_languages(published):
    published("registers", "add", "R8", "kind=destruction", "scope=a disk failed", "detected_at=2026-11-20T10:00")

    both = published("registers", "notice", "1").out
    assert both.index("УВЕДОМЛЕНИЕ") < both.index("ХАБАРЛАМА")
    assert "LLP Example" in both
    assert "УВЕДОМЛЕНИЕ" not in published("registers", "notice", "1", "--language", "kk").out
    assert published("registers", "notice", "2").status == 2


def test_everything_goes_on_paper(published, tmp_path):
    done = published("registers", "export", "all", "--format", "pdf", "--language", "kk", "--to", tmp_path / "all.pdf")

    assert (done.status, done.err) == (0, "Drawing it; a thousand rows take some ten seconds.\n")
    assert (tmp_path / "all.pdf").read_bytes().startswith(b"%PDF-")


def test_help_tells_every_field_and_bad_input_is_one_line(published):
    told = published("registers", "add", "--help").out
    for words in ("R12: kind=…", "policy_url=…", "legitimate_interest", "Example: wadjet registers add R12"):
        assert words in told
    for bad in (("R12", "kind"), ("R12",), ("R12", "kind=recipient", "name=a", "scope=b", "country=Kazakhstan")):
        answer = published("registers", "add", *bad)
        assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
