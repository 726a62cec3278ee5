"""Messages at the console: lists that open nothing, a search that scans nothing, and answers of which one is heard."""

import html
import json
import logging
import re
import secrets
from datetime import date, timedelta
from functools import partial

import pytest

from tests.console.conftest import MOST_QUERIES
from tests.house import on_both_databases
from tests.rights.desk import Desk as Office
from tests.rights.desk import people_of, text_of, to
from tests.writer import AIGERIM, BOLAT
from wadjet import clock, consent, contact, database, jose, ledger, retention, vault
from wadjet.console.pages.messages import PAGE
from wadjet.contact import models

SECRET = ("Қасымова", "Әйгерім", "Болатқызы", "701", "aigerim", "Кеңсеңіз")
TYPED = "Сәлеметсіз бе!\n\nКеңсе 9-дан 18-ге дейін ашық."


@pytest.fixture
def office(console, settings, watch):
    return Office(settings, watch)


@pytest.fixture
def message(office):
    """Aigerim's, the letters about it sent."""
    office.write(AIGERIM)
    office.post()
    (found,) = contact.page()
    return found.id


def path(message, act=""):
    return f"messages/{message}/{act}"


def events(message):
    return [(each["event"], each["by"]) for each in ledger.history([message], database.vault)]


def last_answer(page):
    return re.findall(r'name="after" value="([^"]+)"', page.text)[0]


def fill(many, of):
    def work():
        row = models.find(of)
        assert row
        for number in range(many):
            at = f"2026-10-11T06:{number // 60:02}:{number % 60:02}.000Z"
            models.insert(
                row._replace(id=jose.b64url(secrets.token_bytes(16)), received_at=at), secrets.token_bytes(32)
            )

    database.vault.write(work)


def test_the_list_tells_when_and_how_it_stands_and_nothing_of_what_it_says(desk, message):
    page = desk("auditor").get("messages/")

    assert path(message) in page.text
    assert page.headers["Cache-Control"] == "no-store"
    for word in SECRET:
        assert word not in page.text
    assert ("contact:message:read", "staff-1") not in events(message)


def test_the_list_leads_to_every_message_once(desk, message):
    fill(PAGE * 2, message)
    work, seen, link = desk("staff"), [], "messages/?state=all&order=oldest"

    while link:
        page = work.get(link).text
        seen += re.findall(r"/messages/([\w-]{22})/", page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        link = html.unescape(found[1]) if found else ""

    assert len(seen) == len(set(seen)) == PAGE * 2 + 1
    assert seen[-1] == message


@pytest.mark.parametrize(("state", "is_there"), [("received", True), ("answered", False), ("all", True), ("x", True)])
def test_the_list_shows_one_state(desk, message, state, is_there):
    assert (path(message) in desk("staff").get(f"messages/?state={state}&after=%00~x").text) == is_there


@on_both_databases
@pytest.mark.parametrize("wanted", ["Aigerim@example.kz", "8 (701) 123-45-67", "number", "receipt"])
def test_exact_address_telephone_and_numbers_find(desk, office, message, wanted):
    office.write(BOLAT)
    known = {"number": message, "receipt": contact.look(message).receipt}
    work = desk("staff")

    found = work.post("messages/search", {"wanted": known.get(wanted, wanted)})

    if wanted in known:
        assert (found.status_code, found.location) == (303, f"/console/{path(message)}")
        assert events(message)[-1] == ("contact:message:found", work.account.handle)
    else:
        (person,) = people_of(AIGERIM["email"])
        assert found.text.count("/console/messages/") - found.text.count("/console/messages/search") >= 1
        assert path(message) in found.text
        assert f"persons/{person}/" in found.text
        assert events(person)[-1] == ("vault:person:found", work.account.handle)
        assert found.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "wanted", ["aigerim@example.k", "Қасымова", "%", "8 701", "A" * 22, "x" * 9000, "a@b\r\nc", ""]
)
def test_nothing_but_the_whole_finds_anybody(desk, message, wanted):
    page = desk("staff").post("messages/search", {"wanted": wanted})

    assert page.status_code in (200, 422)
    assert path(message) not in page.text


def test_who_may_not_open_people_looks_for_numbers_alone(desk, message):
    work = desk("auditor")

    assert work.post("messages/search", {"wanted": AIGERIM["email"]}).status_code == 422
    assert work.post("messages/search", {"wanted": message}).status_code == 303


def test_an_item_tells_its_consents_and_history_unopened(desk, office):
    office.write(AIGERIM, marketing=True)
    (brief,) = contact.page()
    (person,) = people_of(AIGERIM["email"])
    contact.withdraw_all(person, ["marketing"], language="kk", settings=office.settings, now=office.now)

    page = desk("auditor").get(path(brief.id)).text

    receipt = contact.look(brief.id).receipt
    assert receipt not in page  # who knows it can end the consent
    assert f'<a href="/console/receipts/{consent.number_of(receipt)}/">' in page
    assert page.count("stands") == 1
    assert "ended 23 Nov 2026" in page
    assert "consent to news withdrawn" in page
    assert "<button>Open" not in page
    for word in SECRET:
        assert word not in page


def test_an_answer_that_was_not_delivered_is_not_told_as_sent(desk, message, office):
    work = desk("staff")
    work.post(path(message, "answer"), {"text": TYPED, "draft": "answer", "after": ""})
    (answer,) = contact.look(message).answers
    hour = office.now.replace(minute=0, second=0)
    row = partial(ledger.append, "use", "mail:letter:failed", about=answer.id, at=hour, store=database.vault)
    database.vault.write(lambda: row(kind=contact.LETTER, error="refused"))

    page = work.get(path(message)).text

    assert "letter sent: the answer" not in page
    told = page.partition('<h2 id="history">')[2]
    done = re.findall(r"the answer could not be delivered|answered by mail|letter sent[^<]*|received\b", told)
    assert done[:2] == ["the answer could not be delivered", "answered by mail"]
    assert done[-1] == "received"  # before the letters about it, which are noted by the whole hour


@pytest.mark.clause("9.1")
def test_opening_leaves_a_row_about_the_person_too_whose_card_is_shown(desk, message):
    (person,) = people_of(AIGERIM["email"])
    work = desk("staff")

    assert AIGERIM["email"] in work.post(path(message, "open")).text

    last = ledger.history([person], database.vault)[-1]
    assert (last["event"], last["by"]) == ("vault:person:read", work.account.handle)
    row = [each for each in ledger.listing(database.vault) if each["about"] == person][-1]
    assert f"reason=message {message}" in row["facts"]


def test_opening_shows_the_words_and_leaves_a_row_under_the_handle(desk, message):
    work = desk("staff")

    page = work.post(path(message, "open"))

    assert html.unescape(page.text).count(AIGERIM["message"]) == 1
    assert AIGERIM["email"] in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert events(message)[-1] == ("contact:message:read", work.account.handle)
    assert all(word not in re.findall("<title>(.*)</title>", page.text)[0] for word in SECRET)


@pytest.mark.clause("2.2")
def test_of_the_blocked_nothing_is_opened_answered_or_closed(desk, message, now):
    (person,) = people_of(AIGERIM["email"])
    database.vault.write(lambda: vault.block(person, reason="case 7", now=now))
    work = desk("responsible")

    answers = [work.get(path(message)), *(work.post(path(message, act)) for act in ("open", "note", "close"))]
    answers.append(work.post(path(message, "answer"), {"text": TYPED}))

    assert [each.status_code for each in answers] == [200, 409, 409, 409, 409]
    for each in answers:
        assert "policy 2.2" in each.text
        assert not any(word in each.text.replace(TYPED, "") for word in SECRET)
    assert TYPED in html.unescape(answers[-1].text)
    assert contact.look(message).state == "received"


@pytest.mark.parametrize("role", ["auditor", "maintainer"])
@pytest.mark.parametrize("act", ["open", "answer", "note", "close"])
def test_who_may_not_act_is_refused(desk, message, role, act):
    answer = desk(role).post(path(message, act), {"text": TYPED})

    assert answer.status_code == 403
    assert contact.look(message).state == "received"
    assert not any(word in answer.text for word in SECRET)


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("maintainer", 403), ("", 302)])
def test_who_may_not_see_messages_sees_none(desk, message, role, status):
    work = desk(role)

    assert [work.get(link).status_code for link in ("messages/", path(message))] == [status, status]


@on_both_databases
def test_an_answer_goes_by_mail_as_it_was_typed(desk, office, message):
    work = desk("staff")
    begun = work.post(path(message, "open")).text
    assert "Сәлеметсіз бе, Әйгерім Болатқызы!" in html.unescape(begun)

    hostile = {"subject": "x\r\nBcc: eve@example.com", "to": "eve@example.com"}
    answer = work.post(path(message, "answer"), {"text": TYPED.replace("\n", "\r\n"), "draft": "answer", **hostile})

    assert (answer.status_code, answer.location) == (303, f"/console/{path(message)}")
    (letter,) = office.post()
    assert to(letter) == AIGERIM["email"]
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Хабарламаңызға жауап"
    assert text_of(letter).startswith(TYPED)
    assert "The answer goes by mail." in work.get(path(message)).text


@pytest.mark.parametrize("text", ["", "Сәлем […]", "x" * 5001, "a\0b"])
def test_what_cannot_be_sent_comes_back_as_it_was_typed(desk, office, message, text):
    page = desk("staff").post(path(message, "answer"), {"text": text, "draft": "facts"})

    assert page.status_code == 422
    assert 'id="text-facts-error"' in page.text
    assert html.unescape(page.text).count(f">\n{text}</textarea>") == 1
    assert office.post() == []


def test_of_two_at_one_message_the_second_hears_who_was_first_and_keeps_their_words(desk, office, message):
    first, second = desk("staff"), desk("staff", "bolat@wadjet.kz")
    first.post(path(message, "open")), second.post(path(message, "open"))
    first.post(path(message, "answer"), {"text": TYPED})

    late = second.post(path(message, "answer"), {"text": "Менің жауабым.", "draft": "facts"})
    closed = second.post(path(message, "close"), {"after": ""})

    assert (late.status_code, closed.status_code) == (409, 409)
    for page in (late, closed):
        assert f"{first.account.name}, 23 Nov 2026, 11:14: answered by mail." in page.text
    assert ">\nМенің жауабым.</textarea>" in html.unescape(late.text)
    assert contact.look(message).state == "answered"
    assert len(office.post()) == 1

    after = last_answer(late)
    assert second.post(path(message, "answer"), {"text": "Толықтырамыз.", "after": after}).status_code == 303
    assert len(office.post()) == 1


@pytest.mark.clause("8.4.b")
def test_once_the_consent_is_withdrawn_no_letter_goes_and_the_page_says_why(desk, office, message):
    work = desk("staff")
    (person,) = people_of(AIGERIM["email"])
    contact.withdraw_all(person, language="kk", settings=office.settings, now=office.now)

    page = work.post(path(message, "answer"), {"text": TYPED})

    assert page.status_code == 409
    assert "consent to an answer was withdrawn" in page.text
    assert TYPED in html.unescape(page.text)
    assert "Note as answered" not in page.text
    assert office.post() == []
    assert work.post(path(message, "close")).status_code == 303


@pytest.mark.clause("8.4", "8.8")
def test_once_the_term_is_over_no_letter_goes_and_the_page_says_why(desk, office, message):
    office.watch.advance(days=366)
    work = desk("staff")

    page = work.post(path(message, "answer"), {"text": TYPED})

    assert page.status_code == 409
    assert page.text.count("term of the consent to an answer is over") == 2  # what happened, what may be done
    assert TYPED in html.unescape(page.text)
    assert "Note as answered" not in page.text
    assert office.post() == []


def test_what_was_answered_by_telephone_is_noted_and_settled(desk, office, message):
    work = desk("staff")

    assert work.post(path(message, "note")).status_code == 303
    after = last_answer(work.get(path(message)))
    assert work.post(path(message, "close"), {"after": after}).status_code == 303

    assert contact.look(message).state == "closed"
    assert office.post() == []
    assert "Close …" not in work.get(path(message)).text


@pytest.mark.clause("8.4", "8.9")
@pytest.mark.parametrize("marketing", [False, True])
def test_before_it_is_settled_stands_what_goes_on_which_day(desk, office, marketing, settings, watch):
    office.write(AIGERIM, marketing=marketing)
    (found,) = contact.page()
    work = desk("staff")
    assert 'action="/console/messages/' + found.id + '/close"' not in work.get(path(found.id)).text

    page = work.get(path(found.id, "close")).text

    assert ("are destroyed" in page, "stay for the news" in page) == (not marketing, marketing)
    assert "On 24 November 2026" in page
    assert contact.look(found.id).state == "received"
    work.post(path(found.id, "close"), {"after": ""})
    watch.moment = clock.start_of(date(2026, 11, 24)) + timedelta(hours=3)
    (line,) = retention.run(settings, watch(), is_applying=True)
    assert (line.act, line.due_on) == ("delete" if marketing else "destroy", "2026-11-24")


def test_what_is_settled_or_blocked_is_not_asked_about(desk, office, message, now):
    (person,) = people_of(AIGERIM["email"])
    work = desk("staff")
    database.vault.write(lambda: vault.block(person, reason="case 7", by="staff-9", now=now))
    assert work.get(path(message, "close")).status_code == 409
    database.vault.write(lambda: vault.unblock(person, reason="case 7", by="staff-9", now=now))
    contact.close(message, by="staff-9", now=now)
    assert work.get(path(message, "close")).status_code == 409
    assert desk("auditor").get(path(message, "close")).status_code == 403


@pytest.mark.parametrize("number", ["A" * 22, "x", "%F0%9F%A6%86"])
@pytest.mark.parametrize("act", ["", "open", "answer", "close"])
def test_a_message_that_is_not_there_is_a_page_of_its_own(desk, message, number, act):
    work = desk("staff")
    ask = work.post if act else work.get

    answer = ask(path(number, act), **({"data": {"text": "x"}} if act else {}), headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "There is no such message" in answer.text


@pytest.mark.parametrize("link", ["messages/?state=all", "item", "open", "search"])
def test_a_page_asks_at_most_twelve_questions(desk, message, link, queries):
    fill(PAGE * 2, message)
    work = desk("staff")
    work.get("")
    token = work.token()
    pages = {
        "item": lambda: work.get(path(message)),
        "open": lambda: work.client.post(
            f"/{path(message, 'open')}", data={"csrf_token": token}, base_url="http://localhost/console/"
        ),
        "search": lambda: work.client.post(
            "/messages/search",
            data={"csrf_token": token, "wanted": AIGERIM["email"]},
            base_url="http://localhost/console/",
        ),
    }

    asked = queries(pages.get(link, lambda: work.get(link)))

    assert 2 <= len(asked) <= MOST_QUERIES, json.dumps(asked, indent=1)


def test_nobody_s_words_stand_in_addresses_or_logs(desk, message, caplog):
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.WARNING, "peewee")
    work = desk("staff")
    work.post("messages/search", {"wanted": AIGERIM["email"]})
    opened = work.post(path(message, "open"))
    work.post(path(message, "answer"), {"text": TYPED})

    for word in SECRET:
        assert word not in caplog.text
        assert word not in " ".join(re.findall(r'(?:href|action)="([^"]*)"', opened.text))


def test_strangers_words_are_text_on_every_page(desk, office):
    bad = '"><script>alert(1)</script>'
    office.write(AIGERIM | {"message": bad})
    (brief,) = contact.page()

    page = desk("staff").post(path(brief.id, "open")).text

    assert bad not in page
    assert bad in html.unescape(page)
