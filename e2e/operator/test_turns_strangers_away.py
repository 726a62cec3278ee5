"""A stranger tries everything in somebody's name: the form, forged mail, guessed links, a scanner of mail."""

from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Page

from e2e.operator.town import Town, body, link, links
from e2e.pages import RightsPages, say, until
from tests.visitor import new_id

DANA = {
    "last_name": "Сейітова",
    "first_name": "Дана",
    "phone": "+77471112233",
    "email": "dana@example.kz",
    "message": "Бұл хатты өзімнен басқа ешкім көрмесін.",
}
STRANGER = "stranger@example.kz"


def learned(text: str) -> list[str]:
    """What of hers somebody can read here."""
    return [value for name, value in DANA.items() if name != "email" and value in text]


def scan(letters: list[EmailMessage], host: str) -> list[str]:
    """A mail scanner opens every link of every letter, some of them in two ways; what it was shown."""
    shown = []
    for address in dict.fromkeys(each for letter in letters for each in links(letter)):
        if urlsplit(address).netloc == host:
            shown.append(requests.get(address, timeout=10).text)
            requests.head(address, timeout=10)
    assert shown
    return shown


def guesses(privacy: str, own: str) -> list[str]:
    """Addresses that would show something if they were right; `own`: a good link of the stranger's."""
    token = urlsplit(own).path.rstrip("/").rpartition("/")[2]
    head, _, tail = token.partition(".")
    bent = [token[:-1] + ("A" if token[-1] != "A" else "B"), f"{head}.{tail[::-1]}", f"x{token}", new_id()]
    made = [f"{privacy}requests/{page}/{each}/" for each in bent for page in ("confirm", "result", "status")]
    # What is good for one page is good for no other.
    return [*made, f"{privacy}requests/result/{token}/", f"{privacy}requests/status/{token}/"]


@pytest.mark.clause("5.3", "8.7", "3.2.a")
def test_stranger_learns_nothing_and_changes_nothing(page: Page, town: Town) -> None:
    receipt = town.write(DANA)
    forms = [RightsPages(page.context.new_page(), town.privacy, "ru") for _ in range(3)]
    for form, kind, email in zip(
        forms, ("destroy", "rectify", "information"), (DANA["email"], DANA["email"], STRANGER), strict=True
    ):
        form.visit(kind)
        form.answer("E-mail for our answer").fill(email)
    forms[1].page.locator("[name=new_email]").fill(STRANGER)
    forms[2].answer("In your own words").fill(f"Это я, мой прежний адрес {DANA['email']}, он утерян.")
    forms[0].read()
    for form in forms:
        form.press("Send")
    asked = [form.expect_received() for form in forms]
    town.deliver(
        f"Дана Сейітова <{DANA['email']}>",
        "Отзыв согласия на обработку персональных данных",
        "Прошу прекратить обработку и ответить на другой адрес.",
        Reply_To=STRANGER,
        Sender=STRANGER,
    )

    # To her goes one letter, behind whose link all of it stands; to the other address goes what it asked itself.
    mine = town.expect_letter(STRANGER, "Is this request yours?")
    letter = town.expect_letter(DANA["email"], "Is this request yours?")
    theirs = link(mine, "/confirm/")
    until(page, lambda: page.goto(link(letter, "/confirm/")) and page.get_by_role("checkbox").count() == 3)
    shown = scan([*town.letters(DANA["email"]), *town.letters(STRANGER)], f"127.0.0.1:{town.backend.port}")
    assert learned("".join(shown)) == []
    for address in guesses(town.privacy, theirs):
        assert requests.get(address, timeout=10).status_code == 404, address
        assert town.post(address, **{"as": "json"}).status_code in (404, 405), address
    for each in asked[:2]:  # hers, behind the stranger's own link
        town.post(theirs, request=each)
    town.confirm(page, mine)
    town.backend.wadjet("requests", "fulfil", asked[2])
    result = link(town.expect_letter(STRANGER, "Your request: the answer"), "/result/")
    copy = town.post(result, **{"as": "json"}).json()
    assert copy["messages"] == []
    assert learned(str(copy)) == []

    assert "not pressed the button" in town.refused("requests", "fulfil", asked[0])
    for each in asked[:2]:
        RightsPages(page, town.privacy, "ru").expect_state(each, "new")
    assert town.standing(receipt) == "current"
    assert len(town.staff("vault", "find", "--email", DANA["email"])) == 1  # neither destroyed nor corrected
    said = "".join(body(each) + body(each, "html") + str(each["Subject"]) for each in town.letters(STRANGER))
    assert learned(said) == []
    assert {each["Subject"] for each in town.letters(STRANGER)} == {
        say("Is this request yours?", "ru"),
        say("Your request: the answer", "ru"),
    }
