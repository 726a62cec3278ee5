"""A person writes an e-mail under the policy's own subject, and is found by the right number from then on."""

import pytest
from playwright.sync_api import Page

from e2e.operator.town import Town, body, number

MARAT = {
    "last_name": "Оспанов",
    "first_name": "Марат",
    "phone": "+77012223344",
    "email": "marat@example.kz",
    "message": "Перезвоните мне, пожалуйста.",
}
NEW = "+77055556677"


@pytest.mark.clause("4.1.b", "8.3", "D1")
def test_phone_is_corrected_by_letter(page: Page, town: Town) -> None:
    town.write(MARAT)
    town.deliver(
        f"Марат Оспанов <{MARAT['email']}>",
        "Re: «Актуализация персональных данных»",
        "Здравствуйте! У меня новый номер: 8 705 555 66 77.",
    )
    asked = town.expect_letter(MARAT["email"], "Is this request yours?")
    request = number(asked)
    town.confirm(page, asked)

    (row,) = town.staff("requests", "fulfil", request, "--set", "phone=8 705 555 66 77")

    assert (row["kind"], row["channel"], row["state"], row["deadline"]) == ("rectify", "email", "fulfilled", "D1")
    assert len(town.staff("vault", "find", "--phone", NEW)) == 1
    assert town.staff("vault", "find", "--phone", MARAT["phone"]) == []
    told = town.expect_letter(MARAT["email"], "Your request: the answer")
    assert "исправлены" in body(told)
    assert NEW not in body(told)
