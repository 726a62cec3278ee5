"""A person asks for a copy of everything by the page, and gets theirs; not a byte of a namesake's."""

import json

import pytest
import requests
from playwright.sync_api import Page, expect

from e2e.looks import expect_accessible
from e2e.operator.town import Town, body, link
from e2e.pages import RightsPages, say
from tests import pdf

KK = "kk"
AIGERIM = {
    "last_name": "Қасымова",
    "first_name": "Әйгерім",
    "patronymic": "Болатқызы",
    "phone": "+77011234567",
    "email": "aigerim@example.kz",
    "message": "Сәлеметсіз бе! Кеңсеңіз қашан ашық?",
}
NAMESAKE = AIGERIM | {"email": "Aigerim@example.kz", "message": "Менің өтінішім мүлдем басқа."}


@pytest.mark.clause("4.1.a", "3.2.a", "5.3", "D10")
def test_copy_holds_everything_of_hers_and_nothing_of_a_namesake(page: Page, town: Town) -> None:
    receipt, other = town.write(AIGERIM), town.write(NAMESAKE)
    rights = RightsPages(page, town.privacy, KK).visit("information")
    rights.answer("In your own words").fill("Өзім туралы бәрін көргім келеді.")
    rights.answer("E-mail for our answer").fill("AIGERIM@example.kz")
    rights.read()
    rights.press("Send")
    asked = rights.expect_received()
    town.confirm(page, town.expect_letter(AIGERIM["email"], "Is this request yours?", KK), KK)

    town.backend.wadjet("requests", "fulfil", asked)
    letter = town.expect_letter(AIGERIM["email"], "Your request: the answer", KK)
    for word in (AIGERIM["last_name"], AIGERIM["message"], AIGERIM["phone"]):
        assert word not in body(letter) + body(letter, "html")
    address = link(letter, "/result/")
    assert AIGERIM["last_name"] not in requests.get(address, timeout=10).text

    page.goto(address)
    page.get_by_role("button", name=say("Show my copy", KK)).click()
    expect(page.get_by_role("heading", name=say("A copy of your data", KK))).to_be_visible()
    expect_accessible(page)
    shown = page.get_by_role("main").inner_text()
    copy = town.post(address, **{"as": "json"}).json()
    printed = town.post(address, **{"as": "pdf"}).content

    (message,) = copy["messages"]
    assert message["written"] == AIGERIM
    assert [each["id"] for each in message["receipts"]] == [receipt]
    assert {name: copy["person"][name] for name in AIGERIM if name != "message"} == {
        name: value for name, value in AIGERIM.items() if name != "message"
    }
    assert [each["id"] for each in copy["requests"]] == [asked]
    assert {"collect", "record", "use", "access"} <= {each["act"] for each in copy["actions"]}
    for value in (*AIGERIM.values(), receipt, asked):
        assert value in shown
        assert pdf.says(printed, value), value
    everything = shown + json.dumps(copy, ensure_ascii=False)
    for value in (NAMESAKE["email"], NAMESAKE["message"], other):
        assert value not in everything
        assert not pdf.says(printed, value)
    # Whoever is written differently was asked too, did not press, and got nothing.
    assert say("Is this request yours?", KK) in {each["Subject"] for each in town.letters(NAMESAKE["email"])}
    assert say("Your request: the answer", KK) not in {each["Subject"] for each in town.letters(NAMESAKE["email"])}
