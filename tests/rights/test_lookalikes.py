"""Whoever looks like somebody else never gets a byte of theirs, in no form of the copy."""

import json
import random
import secrets
from collections import Counter

import pytest

from tests import pdf
from tests.faults.figures import Progress, figures
from tests.house import on_both_databases
from tests.rights.desk import links, people_of, text_of, to
from wadjet import consent, database, vault

NAMES = [("Ким", "Анна"), ("Әлиева", "Анна"), ("Ким", "Ганна"), ("Kим", "Анна")]  # the last one begins with a Latin K
PHONES = ["+77011234567", "8 701 123 45 67"]
ANNA, OTHER = "anna@example.kz", "Anna@example.kz"
LOCALS, DOMAINS = ["anna", "Anna", "ANNA"], ["example.kz", "exаmple.kz"]  # the last one with a Cyrillic а


def crowd(many):
    """Cards that agree in nearly everything, each with a word of its own; every few share a mailbox."""
    draw, made = random.Random(7), dict[tuple[str, str, str], dict[str, str]]()
    while len(made) < many:
        number = len(made)
        last, first = draw.choice(NAMES)
        address = f"{draw.choice(LOCALS)}{draw.randrange(max(2, many // 8))}@{draw.choice(DOMAINS)}"
        if (address, last, first) not in made:
            made[(address, last, first)] = {
                "last_name": last,
                "first_name": first,
                "phone": draw.choice(PHONES),
                "email": address,
                "message": f"canary-{number}-{secrets.token_hex(8)}",
            }
    return list(made.values())


@pytest.mark.clause("3.2.a", "4.1.a", "5.3")
@pytest.mark.parametrize("many", figures(40, 1_000))
def test_nobody_gets_a_byte_of_a_look_alike(many, desk, client, request):
    people = crowd(many)
    for each in Progress(request)(many):
        desk.write(people[each])
    canaries = {each["message"]: each for each in people}
    shared = Counter(each["email"] for each in people)
    assert max(shared.values()) > 1
    served = set()

    demands = [desk.asked("information", address) for address in sorted(shared)]
    desk.post()
    for demand in demands:
        desk.fulfil(demand)
    for letter in desk.post():
        for path in links(letter, "/result/"):
            plain, page = (client.post(path, data={"as": form}) for form in ("json", "page"))
            (message,) = plain.json["messages"]
            own = message["written"]["message"]
            served.add(own)
            found = json.dumps(plain.json, ensure_ascii=False) + page.text + text_of(letter)
            assert [word for word in canaries if word in found] == [own]
            assert canaries[own]["email"] == plain.json["person"]["email"]
            assert to(letter).startswith(canaries[own]["email"].partition("@")[0] + "@")

    assert served == canaries.keys()


def two(desk):
    """Two people whose addresses differ in capitals; their receipts."""
    cards = ({"last_name": "Ким", "first_name": "Анна", "email": each, "message": "…"} for each in (ANNA, OTHER))
    return [desk.write(card).id for card in cards]


@on_both_databases
@pytest.mark.clause("8.4.b", "2.2", "5.3")
def test_what_nobody_has_proven_is_done_for_no_mailbox_that_differs_in_capitals(desk):
    own, other = two(desk)
    desk.post()

    desk.fulfil(desk.ask("withdraw", ANNA, channel="email"))
    desk.fulfil(desk.ask("block", ANNA, channel="email"))

    assert [consent.find(each).status for each in (own, other)] == ["withdrawn", "current"]
    states = [database.vault.read(lambda: vault.state(each)) for each in people_of(ANNA)]  # noqa: B023 - called here
    assert sum(each.blocked_at is not None for each in states) == 1
    ended = [to(letter) for letter in desk.post() if not links(letter, "confirm")]
    assert ended == [ANNA, ANNA]


@pytest.mark.clause("8.4.b", "8.9")
def test_who_types_their_address_in_other_capitals_withdraws_all_the_same(desk):
    """As telephones do; nobody else is known by it."""
    _, other = two(desk)

    desk.fulfil(desk.ask("withdraw", "aNNa@example.kz"))

    assert consent.find(other).status == "withdrawn"


def test_no_pdf_is_of_another(desk, client):
    for address in ("anna@example.kz", "Anna@example.kz", "anna@exаmple.kz"):
        desk.write({"last_name": "Ким", "first_name": "Анна", "email": address, "message": f"я {address}"})
    demand = desk.asked("information", "anna@example.kz")
    desk.post()
    desk.fulfil(demand)

    read = {}
    for letter in desk.post():
        for path in links(letter, "/result/"):
            read[to(letter)] = client.post(path, data={"as": "pdf"}).data

    assert set(read) == {"anna@example.kz", "Anna@example.kz"}
    for address, made in read.items():
        assert pdf.says(made, f"я {address}")
        assert not pdf.says(made, "exаmple")
        assert not any(pdf.says(made, other) for other in read if other != address)
