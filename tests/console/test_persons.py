"""A person at the console: opened with a reason, put right by one, blocked, and destroyed by nobody here."""

import html
import re

import pytest

from tests.console.conftest import MOST_QUERIES
from tests.house import on_both_databases
from tests.rights.desk import Desk as Office
from tests.rights.desk import people_of
from tests.writer import AIGERIM
from wadjet import clock, contact, database, ledger, policy, retention, rights, vault
from wadjet.contact import models

SECRET = ("Қасымова", "Әйгерім", "Болатқызы", "701", "aigerim", "Кеңсеңіз")
FIELDS = ("last_name", "first_name", "patronymic", "phone", "email")
ASKED = {"channel": "paper", "words": "Деректерімді жойыңыз.", "evidence": "letter 12"}


@pytest.fixture
def office(console, settings, watch):
    return Office(settings, watch)


@pytest.fixture
def person(office):
    office.write(AIGERIM)
    (found,) = people_of(AIGERIM["email"])
    return found


def path(person, act=""):
    return f"persons/{person}/{act}"


def rows(person, *events):
    """The acts of these kinds that the journal tells: by whom, why."""
    found = database.vault.read(
        lambda: database.vault.execute(
            "SELECT entry FROM journal_entry WHERE about = ? ORDER BY seq", person
        ).fetchall()
    )
    said = [bytes(row[0]).decode() for row in found]
    return [each for each in said if any(event in each for event in events)]


def card(person):
    return database.vault.read(lambda: vault.card(person))


def form(page):
    """The card's form, as a browser would send it."""
    found = re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page.text)
    values = dict(reversed(found))  # the page's other forms come after it
    card = {name: html.unescape(values.get(name, "")) for each in FIELDS for name in (each, f"was_{each}")}
    return card | {name: html.unescape(values[name]) for name in ("reason", "message") if name in values}


@pytest.mark.parametrize("role", ["staff", "auditor", "responsible"])
def test_the_page_tells_what_is_here_and_nothing_of_what_it_says(desk, office, person, now, role):
    office.asked("block", AIGERIM["email"])
    retention.hold(person, law="Tax Code art. 49", until=clock.local_date(now).replace(year=2030), by="dana", now=now)

    (feedback,) = (each.name["en"] for each in policy.current(now).purposes if each.key == "feedback")

    page = desk(role).get(path(person))

    assert page.status_code == 200
    for told in (contact.page()[0].id, "Block my data", feedback, "Tax Code art. 49"):
        assert told in page.text
    assert not any(word in page.text for word in SECRET)
    assert ("persons/" + person + "/open" in page.text) == (role != "auditor")
    assert ("persons/" + person + "/block" in page.text) == (role != "auditor")


@pytest.mark.parametrize("role", ["auditor", "maintainer"])
@pytest.mark.parametrize("act", ["open", "rectify", "block", "unblock", "demand"])
def test_who_may_not_act_is_refused(desk, person, role, act):
    answer = desk(role).post(path(person, act), {"reason": "case 7"} | ASKED)

    assert answer.status_code == 403
    assert not any(word in answer.text for word in SECRET)
    assert rows(person, "read", "blocked") == []


@on_both_databases
def test_a_card_is_opened_with_a_reason_that_stays_under_the_handle(desk, person):
    work = desk("staff")

    refused = work.post(path(person, "open"), {"reason": " "})
    named = work.post(path(person, "open"), {"reason": "Қасымова called"})
    opened = work.post(path(person, "open"), {"reason": "call of 3 May"})

    assert [each.status_code for each in (refused, named, opened)] == [422, 422, 200]
    for page in (refused, named):
        assert 'id="reason-error"' in page.text
        assert AIGERIM["email"] not in page.text
    assert AIGERIM["email"] in opened.text
    assert opened.headers["Cache-Control"] == "no-store"
    (row,) = rows(person, "vault:person:read")
    assert f'"by":"{work.account.handle}"' in row
    assert '"reason":"call of 3 May"' in row


def test_a_correction_asks_for_a_password_that_was_just_given(console):
    assert console.view_functions["persons.rectify"].fresh


@pytest.mark.parametrize("cause", ["reason", "message"])
def test_a_card_that_is_corrected_shows_itself_for_the_reason_it_was_opened_for(desk, person, cause):
    work, why = desk("staff"), {"reason": "call of 3 May"} if cause == "reason" else {"message": contact.page()[0].id}
    typed = form(work.post(path(person, "open"), why))

    blind = work.post(path(person, "rectify"), {"email": "no address"})
    wrong = work.post(path(person, "rectify"), typed | {"phone": "12"})
    again = work.post(path(person, "rectify"), form(wrong) | {"last_name": ""})

    assert (blind.status_code, wrong.status_code, again.status_code) == (422, 422, 422)
    assert not any(word in blind.text for word in SECRET)
    assert AIGERIM["email"] in again.text
    told = rows(person, "vault:person:read")
    assert len(told) == 3
    assert all(" ".join(why.values()) in each for each in told)


def test_whoever_comes_from_a_message_or_request_of_theirs_has_said_why(desk, office, person):
    message, request = contact.page()[0].id, office.asked("information", AIGERIM["email"])
    work = desk("staff")

    opened = [
        work.post(path(person, "open"), {"message": message}),
        work.post(path(person, "open"), {"request": request}),
        work.post(path(person, "open"), {"message": "A" * 22, "request": "A" * 22}),
    ]

    assert [each.status_code for each in opened] == [200, 200, 422]
    assert [re.findall(r'"reason":"(.*?)"', each)[0] for each in rows(person, "vault:person:read")] == [
        f"message {message}",
        f"request {request}",
    ]


def test_whoever_wrote_often_is_shown_to_have(desk, office, person):
    """The oldest of their messages too is a reason to open their card."""
    (oldest,) = contact.page()

    def copy() -> None:
        row = models.find(oldest.id)
        assert row
        for number in range(50):
            at = f"2026-11-24T06:00:{number:02}.000Z"
            models.insert(row._replace(id=vault.new_id(), received_at=at), str(number).encode())

    database.vault.write(copy)
    work = desk("staff")

    page = work.get(path(person)).text

    assert f"/messages/{oldest.id}/" not in page
    assert "There are older ones, too." in page
    assert work.post(path(person, "open"), {"message": oldest.id}).status_code == 200


def test_the_responsible_person_may_leave_the_reason_out(desk, person):
    assert desk("responsible").post(path(person, "open")).status_code == 200


@on_both_databases
@pytest.mark.clause("4.1.b")
def test_a_card_is_put_right_as_the_form_takes_it(desk, person):
    work = desk("staff")
    typed = form(work.post(path(person, "open"), {"reason": "case 7"}))
    assert typed["was_email"] == typed["email"] == AIGERIM["email"]

    wrong = work.post(path(person, "rectify"), typed | {"phone": "12", "last_name": ""})
    right = work.post(path(person, "rectify"), typed | {"phone": "8 777 000 11 22"})

    assert wrong.status_code == 422
    assert wrong.text.count('class="error"') == 2
    assert form(wrong)["phone"] == "12"
    assert (right.status_code, right.location) == (303, f"/console/{path(person)}")
    assert card(person).phone == "+77770001122"
    assert f'"by":"{work.account.handle}"' in rows(person, "rectified")[0]


def test_of_two_who_correct_the_same_the_second_is_told_and_overwrites_nothing(desk, person):
    first, second = desk("staff"), desk("staff", "bolat@wadjet.kz")
    typed = form(first.post(path(person, "open"), {"reason": "case 7"}))
    first.post(path(person, "rectify"), typed | {"phone": "+77770001122", "patronymic": "Ержанқызы"})

    late = second.post(path(person, "rectify"), typed | {"phone": "+77779998877"})

    assert late.status_code == 409
    assert "Somebody else has corrected the same" in late.text
    assert card(person).phone == "+77770001122"
    again = form(late)
    assert (again["phone"], again["patronymic"]) == ("+77779998877", "Ержанқызы")
    assert second.post(path(person, "rectify"), again).status_code == 303
    assert (card(person).phone, card(person).patronymic) == ("+77779998877", "Ержанқызы")


@on_both_databases
@pytest.mark.clause("2.2")
def test_blocked_means_blocked_here_too_and_the_second_hears_it(desk, person):
    work = desk("staff")
    typed = form(work.post(path(person, "open"), {"reason": "case 7"}))

    named = work.post(path(person, "block"), {"reason": "Әйгерім asked"})
    done = work.post(path(person, "block"), {"reason": "case 7"})
    late = work.post(path(person, "block"), {"reason": "case 8"})

    assert [each.status_code for each in (named, done, late)] == [422, 303, 409]
    assert html.unescape(named.text).count('value="Әйгерім asked"') == 1
    assert "They were blocked already." in late.text
    for act, data in (("open", {"reason": "case 7"}), ("rectify", typed | {"phone": "+77770001122"})):
        answer = work.post(path(person, act), data)
        assert answer.status_code == 409
        assert "policy 2.2" in answer.text
        assert AIGERIM["email"] not in answer.text
    assert work.post(path(person, "unblock"), {"reason": "case 9"}).status_code == 303
    assert work.post(path(person, "unblock"), {"reason": "case 9"}).status_code == 409
    assert card(person).phone != "+77770001122"
    assert [re.findall(r'"reason":"(.*?)"', each)[0] for each in rows(person, "blocked")] == ["case 7", "case 9"]


@on_both_databases
@pytest.mark.clause("4.1.b", "2.14")
def test_a_demand_to_destroy_becomes_a_request_and_destroys_nothing(desk, office, person):
    work = desk("staff")
    once = re.findall(r'name="once" value="([^"]+)"', work.get(path(person)).text)[0]

    wrong = work.post(path(person, "demand"), {"words": "", "evidence": "Қасымова", "channel": "x"})
    sent = [work.post(path(person, "demand"), ASKED | {"once": once}) for _ in range(2)]

    assert wrong.status_code == 422
    assert wrong.text.count('class="error"') == 3
    assert [each.status_code for each in sent] == [303, 303]
    (request,) = rights.about(person, now=office.now)
    assert (request["kind"], request["state"], request["channel"]) == ("destroy", "new", "paper")
    assert card(person).email == AIGERIM["email"]
    assert "Destroy my data" in work.get(path(person)).text
    office.fulfil(request["id"])
    assert work.get(path(person), headers={"Accept": "text/html"}).status_code == 410


def test_nothing_is_entered_for_somebody_who_is_not_here(desk, office):
    assert desk("staff").post(path("A" * 22, "demand"), ASKED).status_code == 404

    assert list(rights.listing(now=office.now)) == []


@pytest.mark.parametrize("number", ["A" * 22, "x", "%00"])
@pytest.mark.parametrize("act", ["", "open", "rectify", "block", "demand"])
def test_who_is_not_there_is_told_so(desk, person, number, act):
    work = desk("staff")
    data = {"reason": "case 7", "phone": "+77770001122"} | ASKED
    answer = work.post(path(number, act), data) if act else work.get(path(number))

    assert answer.status_code == 404


@pytest.mark.parametrize("act", ["", "open"])
def test_a_page_asks_at_most_twelve_questions(desk, office, person, act, queries):
    for number in range(5):
        office.write(AIGERIM | {"message": f"{number}"})
    office.asked("information", AIGERIM["email"])
    work = desk("responsible")
    token = {"csrf_token": work.token()}
    base = "http://localhost/console/"

    asked = queries(
        lambda: (
            work.client.post(f"/{path(person, act)}", data=token, base_url=base)
            if act
            else work.client.get(f"/{path(person)}", base_url=base)
        )
    )

    assert 2 <= len(asked) <= MOST_QUERIES, "\n".join(asked)


def test_strangers_words_are_text_here_too(desk, office):
    bad = "x' onfocus=alert(1) '"
    office.write(AIGERIM | {"last_name": "Оспан`ұлы onfocus", "message": bad})
    (person,) = people_of(AIGERIM["email"])

    page = desk("responsible").post(path(person, "open")).text

    assert 'value="Оспан`ұлы onfocus"' in html.unescape(page)
    assert ledger.history([person], database.vault)[-1]["event"] == "vault:person:read"
