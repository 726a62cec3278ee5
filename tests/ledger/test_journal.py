"""The journal: every act leaves a row in the act's own transaction, and nothing ever touches it again."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from tests.house import on_both_databases
from tests.visitor import Visitor, new_id
from wadjet import clock, database, jose, ledger, policy
from wadjet.ledger import journal

BACKEND = Path(ledger.__file__).parents[1]


def rows() -> list[tuple[str, bytes]]:
    """(about, entry) in the journal's order."""
    found = database.receipts.read(
        lambda: database.receipts.execute("SELECT about, entry FROM journal_entry ORDER BY seq").fetchall()
    )
    return [(about, bytes(entry)) for about, entry in found]


@pytest.mark.clause("9.1", "2.6")
@on_both_databases
def test_each_decision_leaves_one_row_in_order(client):
    visitor = Visitor(client)
    given = visitor.give()
    withdrawn = visitor.withdraw(given["id"]).json
    refused = visitor.post(visitor.decision("refused")).json

    entries = [json.loads(entry) for _, entry in rows()]

    assert [entry["event"] for entry in entries] == [
        "policy:version:published",
        "consent:decision:given",
        "consent:decision:withdrawn",
        "consent:decision:refused",
    ]
    assert {entry["act"] for entry in entries} <= ledger.ACTS
    assert [about for about, _ in rows()][1:] == [given["id"], withdrawn["id"], refused["id"]]
    assert entries[1]["receipt"] == sha256(given["receipt"].encode()).hexdigest()


@pytest.mark.clause("9.1")
def test_replays_and_refusals_leave_none(client):
    visitor = Visitor(client)
    decision = visitor.decision()
    visitor.post(visitor.sign(decision))
    before = rows()

    visitor.post(visitor.sign(decision))
    visitor.post(visitor.sign(decision | {"id": new_id(), "purposes": {}}))
    visitor.withdraw(new_id())

    assert rows() == before


@pytest.mark.clause("9.1")
@on_both_databases
def test_row_shares_the_acts_transaction(client, now):
    before = rows()

    def act() -> None:
        ledger.append("record", "consent:decision:given", about=new_id(), at=now)
        raise RuntimeError("the act fails after its row")

    with pytest.raises(RuntimeError):
        database.receipts.write(act)

    assert rows() == before


def test_entry_is_canonical_and_names_no_capability(client):
    given = Visitor(client).give()

    _, entry = rows()[-1]

    assert entry == rfc8785.dumps(json.loads(entry))
    assert given["id"].encode() not in entry


NAMES = st.text(st.characters(max_codepoint=127), max_size=4)
VALUES = st.none() | st.integers(1 - 2**53, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(NAMES, VALUES))
@example({"\x7f": "\u2028", "\x1f": '\x00\x08\t\n\f\r"\\/', "z": -0, "a": "😀ә"})
def test_form_of_an_entry_is_that_of_rfc_8785(facts):
    assert journal._CANONICAL.encode(facts).encode() == rfc8785.dumps(facts)


@pytest.mark.clause("2.6")
def test_act_of_another_name_is_refused(app, now):
    with pytest.raises(ValueError, match=r"clause 9\.1"):
        database.receipts.write(lambda: ledger.append("peek", "consent:receipt:read", about="x", at=now))


@pytest.mark.clause("9.1")
def test_no_statement_alters_receipts_versions_or_journal():
    """Rows of the four are inserted and read; this reads the source, for no test can try every statement.

    One exception: a whole chain of receipts goes at the end of its own term (docs/decisions/009).
    """
    tables = r"(receipt|consent_text|policy_version|journal_entry|Receipt|ConsentText|PolicyVersion|JournalEntry)"
    alters = re.compile(
        rf"(UPDATE|DELETE FROM|REPLACE INTO)\s+{tables}\b|{tables}\.(update|delete|replace)\w*\(", re.IGNORECASE
    )

    sources = {path.relative_to(BACKEND).as_posix(): path.read_text("utf-8") for path in BACKEND.rglob("*.py")}
    found = {name: len(alters.findall(text)) for name, text in sources.items() if alters.search(text)}

    assert found == {"consent/models.py": 2}
    assert sources["consent/models.py"].partition("def delete_chain(")[2].count("DELETE FROM receipt") == 2
    assert alters.search("DELETE FROM receipt WHERE id = ?")
    assert alters.search("Receipt.update(token='')")


@pytest.mark.clause("5.3")
def test_receipts_know_no_person(app):
    """The columns are these and no others: none could hold a name, an address or a device.

    `published_by` is a handle of the staff's, as in the journal; whose it is the vault knows.
    """
    columns = {
        table: {column.name for column in database.receipts.proxy.get_columns(table)}
        for table in database.receipts.read(database.receipts.proxy.get_tables)
        if table != "schema_migration"
    }

    assert columns == {
        "receipt": {
            "seq",
            "id",
            "chain",
            "previous",
            "site",
            "event",
            "version",
            "language",
            "proof",
            "recorded_at",
            "token",
            "key",
        },
        "receipt_count": {
            "upto",
            "day",
            "site",
            "event",
            "version",
            "language",
            "allowed",
            "refused",
            "receipts",
        },
        "consent_text": {"digest", "canonical"},
        "journal_entry": {"seq", "about", "entry"},
        "policy_version": {
            "number",
            "digest",
            "canonical",
            "signature",
            "effective_at",
            "published_at",
            "missing",
            "published_by",
            "draft",
        },
    }


@pytest.mark.clause("8.4")
def test_every_purpose_has_a_term_told_and_written_on_the_receipt(client, now):
    receipt = json.loads(jose.read_compact(Visitor(client).give()["receipt"]).payload)

    record = receipt["dpv:hasRecordOfActivity"][0]
    terms = {
        each["dct:identifier"]: each["dpv:hasStorageCondition"][1]["dpv:hasDuration"]
        for each in record["dpv:hasProcess"]
    }
    told = {purpose.key: purpose.term for purpose in policy.current(now).asked("banner")}
    assert terms == told
    assert record["dpv:hasConsentStatus"][0]["dpv:hasDuration"] in told.values()
    with client.get("/wadjet.js") as widget:
        assert "days:" in widget.text


@on_both_databases
@pytest.mark.clause("9.1")
def test_journal_is_read_in_order_however_long(app, now):
    def write():
        for number in range(1001):
            ledger.append("use", "test:row:written", about=str(number), at=now, by="me", number=number, nothing=None)

    database.receipts.write(write)

    published, *told = ledger.listing(database.receipts)
    assert published["event"] == "policy:version:published"
    assert [row["about"] for row in told] == [str(number) for number in range(1001)]
    assert told[7] == {
        "seq": published["seq"] + 8,
        "at": clock.stamp(now),
        "act": "use",
        "event": "test:row:written",
        "by": "me",
        "about": "7",
        "facts": "number=7",
    }
    assert (ledger.length(database.receipts), ledger.length(database.vault)) == (1002, 0)
    assert list(ledger.listing(database.vault)) == []
