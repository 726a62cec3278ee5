"""The choices page, for browsers without script: whoever holds a receipt's number ends the consent it proves."""

import re

import pytest

from tests.visitor import Visitor, new_id, payload

PAGE = "/privacy/choices/"


def post(client, receipt_id, **headers):
    sent = {"id": receipt_id, "action": "withdraw"}
    return client.post(PAGE, data=sent, headers=headers | {"Accept-Language": "en"})


@pytest.mark.clause("4.1.d", "8.4.b", "8.9")
@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_the_number_of_a_receipt_is_enough_to_withdraw(origin, client):
    given = Visitor(client).give()

    answer = post(client, f" {given['id']}\r\n", **({"Origin": origin} if origin else {}))

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert Visitor(client).status(given["id"]) == "withdrawn"
    number = re.search("The number of this withdrawal: ([A-Za-z0-9_-]{22})<", answer.text)
    assert number
    receipt = payload(client.get(f"/api/v1/receipts/{number[1]}").json["receipt"])
    assert (receipt["event"], receipt["proof"]) == ("withdrawn", "possession")


@pytest.mark.parametrize("number", ["", "x", "<script>", "a\0b", new_id()])
def test_an_unknown_number_is_told_and_changes_nothing(number, client):
    given = Visitor(client).give()

    answer = post(client, number)

    assert answer.status_code == 404
    assert "No receipt has this number." in answer.text
    assert "<script>" not in answer.text
    assert Visitor(client).status(given["id"]) == "current"


def test_the_page_changes_nothing_by_being_read(client):
    given = Visitor(client).give()

    with client.get(f"{PAGE}?id={given['id']}&action=withdraw") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"

    assert Visitor(client).status(given["id"]) == "current"


def test_privacy_control_is_said_to_be_honoured(client):
    assert client.get("/.well-known/gpc.json").json["gpc"] is True
