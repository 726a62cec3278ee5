"""What people who wrote allow, as the gate of the registers hears it: through the form, the receipt, and back."""

from dataclasses import replace

import pytest

from tests.house import on_both_databases
from tests.vault.people import CASE, read, write
from tests.writer import AIGERIM, Writer
from wadjet import clock, contact, registers, vault
from wadjet.contact import service
from wadjet.registers import catalogue, recipients


@pytest.fixture
def writer(open_app, publish, bundle, now):
    """At a site whose policy hands feedback to a courier in Kazakhstan and to one in Germany."""
    app = open_app()
    named = {"recipients": ("Courier LLP", "Versand GmbH"), "countries": ("DE",)}
    publish(purposes=tuple(replace(each, **named) if each.key == "feedback" else each for each in bundle.purposes))
    return Writer(app.test_client())


@pytest.fixture
def courier(writer, now):
    return recipients.register(
        "recipient",
        "Courier LLP",
        scope="names",
        duties_on=clock.local_date(now),
        duties_evidence="contract 7",
        by="staff",
        now=now,
    )


def wrote(writer):
    writer.write()
    (person,) = read(vault.find, email=AIGERIM["email"])
    return person


def provide(person, recipient, settings, now, purpose="feedback"):
    return registers.provide(
        person, recipient, ["phone"], purpose=purpose, basis="consent", by="staff", settings=settings, now=now
    )


@on_both_databases
@pytest.mark.clause("8.2", "5.2")
def test_form_that_named_the_recipient_opens_the_gate(writer, courier, settings, now):
    person = wrote(writer)

    provide(person, courier, settings, now)

    (row,) = catalogue.find("R3").read()
    (message,) = contact.listing()
    assert row["consent"] == message["receipt"]
    with pytest.raises(registers.TransferRefused, match="No consent"):
        provide(person, courier, settings, now, purpose="marketing")  # which was not ticked


@on_both_databases
@pytest.mark.clause("8.2", "3.1.a")
def test_what_nobody_has_confirmed_opens_nothing_until_it_is(writer, courier, open_app, settings, now):
    person = wrote(Writer(open_app(confirm_contact=True).test_client()))
    (message,) = contact.listing()

    with pytest.raises(registers.TransferRefused, match="No consent"):
        provide(person, courier, settings, now)
    service.confirm(message["id"], now=now)

    assert provide(person, courier, settings, now).number == 1


@pytest.mark.clause("2.13", "10.1")
def test_form_that_named_the_country_opens_the_gate_abroad(writer, settings, now):
    person = wrote(writer)
    today = clock.local_date(now)
    abroad = recipients.register(
        "recipient",
        "Versand GmbH",
        scope="names",
        country="DE",
        duties_on=today,
        duties_evidence="contract 8",
        country_facts="a law, an authority",
        by="staff",
        now=now,
    )
    recipients.notify_authority("cross-border", "out 1", sent_on=today, recipient=abroad, by="staff", now=now)

    assert provide(person, abroad, settings, now).is_abroad


@pytest.mark.clause("3.1.b", "8.4", "8.9")
def test_withdrawn_or_run_out_it_opens_nothing(writer, courier, settings, now, watch):
    person = wrote(writer)
    watch.advance(days=366)
    with pytest.raises(registers.TransferRefused, match="No consent"):
        provide(person, courier, settings, watch())

    watch.advance(days=-366)
    (message,) = contact.listing()
    with writer.client.post(
        "/api/v1/receipts",
        json=writer.decision("withdrawn", previous=message["receipt"], offer=None)
        | {"purposes": {"feedback": False, "marketing": False}},
        headers={"Origin": writer.origin},
    ) as answer:
        assert answer.status_code == 201, answer.text
    with pytest.raises(registers.TransferRefused, match="No consent"):
        provide(person, courier, settings, watch())


@on_both_databases
@pytest.mark.clause("8.4.b", "3.2.g")
@pytest.mark.parametrize("way", ["the letter's link", "a request"])
def test_withdrawn_the_recipient_is_to_be_told_once_and_nobody_of_what_stands(way, writer, courier, settings, now):
    person = wrote(writer)
    provide(person, courier, settings, now)
    (message,) = contact.listing()
    end = {"language": "kk", "settings": settings, "now": now}

    for purpose in ("marketing", "feedback", "feedback"):
        if way == "a request":
            contact.withdraw_all(person, [purpose], **end)
        else:
            service.withdraw(message["id"], purpose, **end)
        found = [(row["recipient"], row["kind"], row["by"]) for row in catalogue.find("recalls").read()]
        assert found == ([] if purpose == "marketing" else [("Courier LLP", "withdrawn", "subject")])
    vault.rectify(person, phone="+77770001122", now=now)
    vault.destroy(person, reason=CASE, now=now)
    assert [row["kind"] for row in catalogue.find("recalls").read()] == ["withdrawn", "rectify", "destroy"]


def test_blocked_persons_consent_is_seen_and_their_data_stay(writer, courier, settings, now):
    person = wrote(writer)
    write(vault.block, person, reason=CASE, now=now)

    with pytest.raises(registers.TransferRefused) as refusal:
        provide(person, courier, settings, now)
    assert refusal.value.evidence["missing"] == ["person-blocked"]


def test_nothing_is_known_of_whoever_never_wrote_or_is_gone(writer, settings, now):
    person = wrote(writer)
    assert [each.purpose for each in contact.allowances(person)] == ["feedback"]

    vault.destroy(person, reason=CASE, now=now)

    assert contact.allowances(person) == contact.allowances("A" * 22) == []
