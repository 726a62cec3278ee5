"""The twelve registers as files: whole or not there, nothing replaced, with content, and told in the journal."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest

from tests import pdf
from tests.house import on_both_databases
from tests.registers.office import RECEIPT
from tests.vault.people import AIGERIM, BOLAT, sql, take_in, write
from tests.visitor import Visitor
from wadjet import registers, vault
from wadjet.registers import catalogue, exports

KAZAKH = "Пошта жәшігінің көшірмесі оқылған — тіркеуге үңіліңіз"
WALL = "https://wadjet.kz/thanks"


@pytest.fixture
def full(client, office, person, now):
    """An office with something in every register that this release fills; the person of it."""
    visitor = Visitor(client)
    visitor.withdraw(visitor.give()["id"])
    office.allow("Courier LLP", "Versand GmbH", countries=("DE",))
    office.provide(person, office.recipient())
    office.provide(person, office.recipient("Versand GmbH", "DE"))
    registers.allow_publication(person, ["first_name"], WALL, method="paper", evidence="folder 3", **office.desk)
    registers.publish(person, ["first_name"], WALL, **office.desk)
    registers.prohibit(person, "phone", KAZAKH, settings=office.settings, **office.desk)
    office.add("R7", number="=7", authority="MAIDD", asks="<b>all</b>", received_at="2026-11-23T10:00")
    office.add("R8", kind="access", scope=KAZAKH, detected_at="2026-11-23T09:00")
    write(registers.recall, person, "withdrawn", by="subject", now=now)
    vault.destroy(take_in(BOLAT, now), reason="case 17", now=now)
    office.add("R11", version="1", approver="director", on="2026-11-20")
    office.add("measures", kind="legal", measure="policy", evidence="order 5", approver="director")
    office.add(
        "services", name="Maps", purpose="way", data="address", country="US", policy_url="https://maps.example/privacy"
    )
    return person


def export(office, path, *codes, **changes):
    chosen = [catalogue.find(code) for code in codes] if codes else catalogue.shown()
    told = {"form": "csv", "by": "accountant", "settings": office.settings, "now": office.now} | changes
    return exports.export(chosen, path, **told)


def rows_of(document):
    return list(csv.DictReader(io.StringIO(document.decode("utf-8-sig"), newline="")))


def test_a_register_without_rows_has_its_heading(full, office, tmp_path):
    filled = {each.code: each for each in catalogue.shown() if each.count()}
    assert {code: [*next(iter(each.read()))] for code, each in filled.items()} == {
        code: each.columns for code, each in filled.items()
    }
    for each in catalogue.shown():
        path = tmp_path / f"{each.code}.csv"
        export(office, path, each.code, wanted=exports.Wanted(person="nobody"))
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert list(csv.reader(file)) == [each.columns], each.code
    export(office, unsaid := tmp_path / "unsaid.csv", "prohibitions", wanted=exports.Wanted("nobody", is_opening=False))
    assert '"conditional"' in unsaid.read_text("utf-8-sig")


@on_both_databases
@pytest.mark.clause("3.2.d", "3.2.h")
def test_every_register_is_in_the_pack_with_its_content(full, office, tmp_path):
    pack = tmp_path / "all.zip"

    digest = export(office, pack)

    assert digest == sha256(pack.read_bytes()).hexdigest()
    with zipfile.ZipFile(pack) as opened:
        found = {name: opened.read(name) for name in opened.namelist()}
    told = found.pop("SHA256SUMS").decode().splitlines()
    assert told == [f"{sha256(body).hexdigest()}  {name}" for name, body in found.items()]
    filled = {name.removesuffix(".csv"): rows_of(body) for name, body in found.items()}
    assert [code for code, rows in filled.items() if not rows] == ["R6", "statistics"]  # nobody demanded anything
    assert [row["event"] for row in filled["R1"]] == ["given", "withdrawn"]
    assert [(row["purpose"], row["end_reason"]) for row in filled["R2"]] == [
        ("measurement", "withdrawn"),
        ("embeds", "withdrawn"),
    ]
    assert [row["consent"] for row in filled["R3"]] == [RECEIPT, RECEIPT]
    assert [row["recipient"] for row in filled["R4"]] == ["Versand GmbH"]
    assert filled["R7"][0]["number"] == "'=7"
    assert filled["R8"][0]["scope"] == KAZAKH
    assert filled["R9"][0]["act"] == "destroy"
    assert len(filled["R12"]) == 2


@pytest.mark.clause("8.7")
def test_no_export_holds_a_value_of_a_persons(full, office, tmp_path):
    export(office, tmp_path / "all.zip", form="json")

    with zipfile.ZipFile(tmp_path / "all.zip") as opened:
        everything = b"".join(opened.read(name) for name in opened.namelist()).decode()
    assert full in everything
    for value in (AIGERIM.last_name, AIGERIM.first_name, AIGERIM.phone, AIGERIM.email, BOLAT.email):
        assert value not in everything


def test_inspectors_paper_holds_all_registers_in_kazakh(full, office, tmp_path):
    export(office, tmp_path / "all.pdf", form="pdf", language="kk")

    document = (tmp_path / "all.pdf").read_bytes()
    for words in (KAZAKH, "R12. Деректерге қол жеткізе", "«Уаджет» ЖШС", "R7."):
        assert pdf.says(document, words), words
    assert pdf.says(document, "<b>all</b>")
    assert pdf.says(document, "23.11.2026 10:00")
    assert not pdf.says(document, "Реестры учёта")


def test_answer_to_a_request_goes_with_the_request(full, office, tmp_path):
    export(office, tmp_path / "answer.zip", "R3", "R9", form="json", request=1)

    with zipfile.ZipFile(tmp_path / "answer.zip") as opened:
        assert opened.namelist() == ["request.json", "R3.json", "R9.json", "SHA256SUMS"]
        assert json.loads(opened.read("request.json"))["number"] == "=7"
        assert len(json.loads(opened.read("R3.json"))) == 2
    with pytest.raises(registers.EntryUnknown):
        export(office, tmp_path / "other.zip", "R3", request=2)
    assert not (tmp_path / "other.zip").exists()


def test_only_what_is_wanted_goes_out(full, office, tmp_path, now):
    other = take_in(BOLAT, now)
    later = office.later(days=3)
    later.provide(other, 1)

    def ids(name, **wanted):
        export(office, tmp_path / name, "R3", form="json", wanted=exports.Wanted(**wanted))
        return [row["id"] for row in json.loads((tmp_path / name).read_text("utf-8"))]

    assert ids("person", person=full) == [1, 2]
    assert ids("since", since=office.today + timedelta(days=1)) == [3]
    assert ids("until", until=office.today) == [1, 2]
    assert ids("all") == [1, 2, 3]


@pytest.mark.clause("9.1")
def test_export_is_told_in_the_journal_with_its_digest(office, tmp_path):
    digest = export(office, tmp_path / "R12.csv", "R12")

    (entry,) = (json.loads(bytes(row[0])) for row in sql("SELECT entry FROM journal_entry WHERE about = 'R12'"))
    assert (entry["act"], entry["event"], entry["sha256"]) == ("extract", "registers:register:exported", digest)


def test_one_register_is_a_file_that_excel_reads(office, tmp_path):
    office.recipient("Қазпошта АҚ")
    export(office, tmp_path / "R12.csv", "R12")

    document = (tmp_path / "R12.csv").read_bytes()
    assert document.startswith(b"\xef\xbb\xbf")
    assert rows_of(document)[0]["name"] == "Қазпошта АҚ"
    assert (tmp_path / "R12.csv").stat().st_mode & 0o777 == 0o600


def test_nothing_is_replaced_and_nothing_is_left_of_what_failed(office, tmp_path):
    kept, link = tmp_path / "kept.csv", tmp_path / "link.csv"
    kept.write_text("mine")
    link.symlink_to(tmp_path / "nowhere")
    killed = tmp_path / ".new.csv.new"
    killed.write_text("half")

    for taken in (kept, link):
        with pytest.raises(registers.NotExported, match="there already"):
            export(office, taken, "R12")
    with pytest.raises(registers.NotExported, match="No such file"):
        export(office, tmp_path / "no" / "R12.csv", "R12")
    export(office, tmp_path / "new.csv", "R12")

    assert kept.read_text() == "mine"
    assert not killed.exists()
    assert list(tmp_path.glob(".*.new")) == []


def test_file_that_came_meanwhile_is_not_replaced(office, tmp_path):
    target = tmp_path / "R12.csv"

    def rows():
        target.write_text("mine")
        yield {"id": 1}

    with pytest.raises(registers.NotExported, match="there already"):
        exports.export(
            [catalogue.Register("R12", "", rows)],
            target,
            form="csv",
            by="accountant",
            settings=office.settings,
            now=office.now,
        )
    assert target.read_text() == "mine"


def test_paper_is_refused_for_more_rows_than_anybody_reads(office, tmp_path):
    long = catalogue.Register("R12", "Recipients", lambda: ({"id": n} for n in range(exports.MOST_ON_PAPER + 1)))

    with pytest.raises(registers.NotExported, match="5,000 rows"):
        exports.export(
            [long], tmp_path / "x.pdf", form="pdf", by="accountant", settings=office.settings, now=office.now
        )
    assert list(tmp_path.glob("*.pdf")) == []
