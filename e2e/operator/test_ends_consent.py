"""A person withdraws in their own words, by an e-mail that no program understands: a person reads it."""

import pytest
from playwright.sync_api import Page

from e2e.operator.town import Town, body, number

SAULE = {"last_name": "Ахметова", "first_name": "Сәуле", "email": "saule@example.kz", "message": "Сұрағым бар еді."}


@pytest.mark.clause("8.4.b", "12.1", "D6")
def test_consent_is_withdrawn_by_letter_in_plain_words(page: Page, town: Town) -> None:
    receipt = town.write(SAULE)
    town.deliver(SAULE["email"], "Сәлеметсіз бе", "Менің деректерімді бұдан былай өңдемеуіңізді сұраймын.")
    asked = town.expect_letter(SAULE["email"], "Is this request yours?", "kk")
    request = number(asked)

    (row,) = town.staff("requests", "take", request, "--kind", "withdraw")
    assert (row["kind"], row["state"], row["channel"], row["deadline"]) == ("withdraw", "taken", "email", "D6")
    assert town.standing(receipt) == "current"  # nothing ends in anybody's name on a mere letter
    town.confirm(page, asked, "kk")
    assert town.standing(receipt) == "withdrawn"  # before anybody of the staff has done more

    town.backend.wadjet("requests", "fulfil", request)
    assert "қолданылуы тоқтатылды" in body(town.expect_letter(SAULE["email"], "Your request: the answer", "kk"))
    assert town.standing(receipt) == "withdrawn"
