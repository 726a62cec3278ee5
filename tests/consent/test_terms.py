"""For how long and for whom a consent counts, and the registers R1 and R2 of it."""

from datetime import timedelta
from hashlib import sha256

import pytest

from tests.house import on_both_databases
from tests.visitor import Visitor
from tests.writer import Writer
from wadjet import clock, consent
from wadjet.registers import catalogue


def rows(code):
    return list(catalogue.find(code).read())


@pytest.mark.clause("8.4", "6.0")
def test_terms_are_those_of_the_policy_that_was_consented_to(client, publish):
    given = Visitor(client).give()
    publish(purposes=())

    measurement, embeds = consent.terms(given["id"])

    assert (measurement.purpose, measurement.recipients, measurement.countries) == ("measurement", (), ())
    assert (embeds.recipients, embeds.countries, embeds.term) == (("Video LLC",), ("US",), "P1Y")
    assert measurement.until.isoformat() == "2027-11-23"


@pytest.mark.clause("8.9")
def test_nothing_stands_of_what_was_withdrawn(client):
    visitor = Visitor(client)
    given = visitor.give()
    visitor.withdraw(given["id"])

    assert consent.terms(given["id"]) == []
    with pytest.raises(consent.ReceiptUnknown):
        consent.terms("A" * 22)


@pytest.mark.clause("3.2.h", "8.4")
def test_registers_of_consents_and_their_terms(client, watch):
    visitor = Visitor(client)
    first = visitor.give()
    watch.advance(hours=1)
    second = visitor.give(previous=first["id"], purposes={"measurement": True, "embeds": False})
    watch.advance(hours=1)
    third = visitor.withdraw(second["id"]).json
    alone = Visitor(client).give()

    told = {row["receipt"]: row for row in rows("R1")}
    assert list(told) == [first["id"], second["id"], third["id"], alone["id"]]
    assert (told[second["id"]]["allowed"], told[second["id"]]["refused"]) == ("measurement", "embeds")
    assert [row["status"] for row in told.values()] == ["superseded", "withdrawn", "current", "current"]
    assert told[first["id"]]["sha256"] == sha256(first["receipt"].encode()).hexdigest()
    assert consent.text_shown(first["id"]) is not None
    assert len(told[first["id"]]["text"]) == len(told[first["id"]]["digest"]) == 64
    assert [(row["receipt"], row["purpose"], row["end_reason"]) for row in rows("R2")] == [
        (first["id"], "measurement", "superseded"),
        (first["id"], "embeds", "withdrawn"),
        (second["id"], "measurement", "withdrawn"),
        (alone["id"], "measurement", "term"),
        (alone["id"], "embeds", "term"),
    ]
    assert [catalogue.find(code).count() for code in ("R1", "R2")] == [4, 5]
    assert rows("R2")[0]["ended_at"] == told[second["id"]]["recorded_at"]


@on_both_databases
@pytest.mark.clause("3.2.h", "8.9")
def test_what_came_after_a_term_had_run_out_ended_nothing(client, watch):
    visitor = Visitor(client)
    ran_out, left = visitor.give(), Visitor(client).give()
    watch.advance(days=365)
    visitor.withdraw(left["id"])
    watch.advance(days=1)
    visitor.withdraw(ran_out["id"])

    told = {(row["receipt"], row["end_reason"], row["ends_on"], row["ended_at"]) for row in rows("R2")}

    assert told == {
        (ran_out["id"], "term", "2027-11-23", None),
        (left["id"], "withdrawn", "2027-11-23", clock.stamp(watch() - timedelta(days=1))),
    }
    whole = catalogue.find("R2").newest()[0]
    assert {(row["receipt"], row["end_reason"], row["ends_on"], row["ended_at"]) for row in whole} == told


@pytest.mark.clause("8.4")
def test_forms_term_begins_with_the_message_whatever_part_of_it_ends_later(client, watch, settings):
    watch.moment = clock.now()  # ALTCHA's library goes by the machine's clock
    writer = Writer(client)
    both = writer.form_decision(purposes={"feedback": True, "marketing": True})
    given = writer.write(decision=writer.sign(both))
    day = clock.local_date(watch())
    watch.advance(days=30)
    consent.withdraw_purposes(given["id"], {"marketing"}, language="kk", settings=settings, now=watch())

    (feedback,) = consent.terms(given["id"])

    assert (feedback.purpose, (feedback.until - day).days) == ("feedback", 365)
    assert len({row["since"] for row in rows("R2") if row["purpose"] == "feedback"}) == 1
