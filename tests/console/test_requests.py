"""Requests at the desk: seen without being opened, opened on record, carried out or refused as the law allows."""

import html
import re
from functools import partial
from urllib.parse import parse_qsl

import pytest

from tests.console.conftest import BASE, MOST_QUERIES
from tests.console.demands import MAIL, SECRET, press, rows
from tests.rights.desk import people_of
from tests.writer import AIGERIM
from wadjet import database, deadlines, ledger, rights, vault
from wadjet.console.pages.requests import words

# What is seen


def test_a_list_shows_the_most_pressing_first_and_nothing_of_what_is_in_them(house, desk):
    later, sooner = house.ask("question", MAIL, text=SECRET), house.ask("rectify", MAIL, text=SECRET)

    page = desk("auditor").get("requests/").text

    assert page.index(sooner) < page.index(later)
    assert "until tomorrow midnight" in page
    assert SECRET not in page
    assert MAIL not in page
    assert 'requests/?lang=en">What people may demand' in page


def test_a_list_is_narrowed_and_goes_on_where_it_stopped(house, desk):
    asked = [house.ask("question", MAIL, channel="paper") for _ in range(51)]
    other = house.ask("complaint", MAIL)
    work = desk("staff")
    rights.take(asked[0], by=work.account.handle, settings=house.settings, now=house.now)

    first = work.get("requests/?kind=question&channel=paper").text
    further = re.search(r'href="/console/(requests/[^"]*after=[^"]*)" rel="next"', first)
    assert further
    second = work.get(further[1].replace("&amp;", "&")).text
    mine, nobodys = work.get("requests/?who=me").text, work.get("requests/?who=nobody&kind=complaint").text

    shown = [set(re.findall(r'href="/console/requests/([\w-]{22})/"', page)) for page in (first, second)]
    assert shown[0] | shown[1] == set(asked)
    assert not shown[0] & shown[1]
    assert asked[0] in mine
    assert asked[1] not in mine
    assert other in nobodys


@pytest.mark.parametrize(
    "query", ["after=x", "after=~", "after=%00~%00~%00", "kind=everything&state=done&who=you", "show=x"]
)
def test_a_query_that_makes_no_sense_narrows_nothing(house, desk, query):
    request = house.ask("question", MAIL)

    assert request in desk("staff").get(f"requests/?{query}").text


def test_who_asked_is_found_by_the_whole_address_number_or_telephone_and_on_record(house, desk):
    request = house.asked("information", MAIL)
    work = desk("staff")

    by_mail, by_phone = (work.post("requests/search", {"what": what}) for what in (MAIL, AIGERIM["phone"]))
    by_number = work.post("requests/search", {"what": request})
    nobody, nothing = (work.post("requests/search", {"what": what}) for what in ("x" + MAIL, "Айгерим"))

    assert request in by_mail.text
    assert request in by_phone.text
    assert (by_number.status_code, by_number.location) == (303, f"/console/requests/{request}/")
    assert "has asked for anything" in nobody.text
    assert (nothing.status_code, "Give a whole e-mail address" in nothing.text) == (422, True)
    assert {row["by"] for row in rows("rights:person:found")} == {work.account.handle}


@pytest.mark.parametrize("written", ["7011234567", "8 (701) 123-45-67", "+7 701 123 45 67", "87011234567"])
def test_a_telephone_is_found_however_it_is_written(house, desk, written):
    request = house.asked("information", MAIL)
    assert AIGERIM["phone"].replace(" ", "").endswith("7011234567")

    assert request in desk("staff").post("requests/search", {"what": written}).text


def test_a_number_that_no_request_has_is_told_beside_the_search(desk):
    answer = desk("staff").post("requests/search", {"what": "A" * 22}, headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "No request has this number." in answer.text
    assert f'value="{"A" * 22}"' in answer.text


def test_who_opens_nobody_finds_nobody_by_address(house, desk):
    request = house.ask("question", MAIL)
    work = desk("auditor")

    refused = work.post("requests/search", {"what": MAIL})
    assert (refused.status_code, "Your role looks for numbers alone" in refused.text) == (422, True)
    assert work.post("requests/search", {"what": request}).status_code == 303
    assert rows("rights:person:found") == []


def test_a_request_closed_says_how_it_stands_and_nothing_of_whose_it_is(house, desk):
    request = house.asked("rectify", MAIL, text=SECRET)
    rights.take(request, by="staff-7", settings=house.settings, now=house.now)

    page = desk("auditor").get(f"requests/{request}/").text

    for said in ("Correction", "clause 4.1.b", "94-V art. 25(2)(8)", "staff-7", "proven by the button in their letter"):
        assert said in page
    assert "Your role does not open it." in page
    for hidden in (SECRET, MAIL, AIGERIM["last_name"]):
        assert hidden not in page
    assert rows("rights:request:read") == []


def test_opening_shows_words_and_card_and_leaves_the_name_of_who_looked(house, desk):
    request = house.ask("rectify", MAIL, text=SECRET, fields={"phone": "8 777 000 11 22"})
    (person,) = people_of(MAIL)
    work = desk("staff")

    page = work.post(f"requests/{request}/open").text

    for said in (SECRET, MAIL, AIGERIM["last_name"], "8 777 000 11 22"):
        assert said in page
    (read,), (card,) = rows("rights:request:read"), rows("rights:person:read")
    assert (read["about"], read["by"]) == (request, work.account.handle)
    assert (card["about"], card["by"], card["facts"]) == (person, work.account.handle, f"request={request}")
    assert "opened and read" in work.get(f"requests/{request}/").text


def test_blocked_means_blocked_here_too(house, desk):
    request = house.ask("unblock", MAIL)
    (person,) = people_of(MAIL)
    database.vault.write(lambda: vault.block(person, reason="case 1", now=house.now))
    work = desk("staff")

    page = work.post(f"requests/{request}/open").text

    assert AIGERIM["last_name"] not in page
    assert "blocked" in page
    writer = rights.outline(request).row.person
    database.vault.write(lambda: vault.block(writer, reason="case 1", now=house.now))
    assert "Whoever wrote is blocked" in work.post(f"requests/{request}/open").text


def test_a_request_of_nobody_is_not_there(desk, house):
    work = desk("staff")

    for path in ("A" * 22, "x", "a%00b", "new/x"):
        assert work.get(f"requests/{path}/").status_code == 404


# Who may what


READ = ("", "ID/")
OPENED = ("ID/open",)
MOVED = (
    "ID/take",
    "ID/give-back",
    "ID/sort",
    "ID/fulfil/",
    "ID/end/",
    "ID/destroy/",
    "ID/refuse/",
    "ID/extend",
    "ID/admit/",
    "new/",
)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("staff", (*READ, *OPENED, *MOVED)),
        ("responsible", (*READ, *OPENED, *MOVED)),
        ("auditor", READ),
        ("maintainer", ()),
    ],
)
def test_what_a_role_may_not_do_here_is_refused_and_not_shown(house, desk, role, allowed):
    request = house.ask("destroy", MAIL)
    work = desk(role)

    for path in (*READ, *OPENED, *MOVED):
        ask = work.get if path in READ else work.post
        status = ask(f"requests/{path.replace('ID', request)}").status_code
        assert (status != 403) == (path in allowed), (path, status)
    if "" in allowed and not set(MOVED) & set(allowed):
        page = work.get(f"requests/{request}/").text
        assert "What may be done next" not in page
        assert "on paper or by telephone" not in work.get("requests/").text


def test_no_page_asks_the_databases_more_often_than_it_should(house, desk, queries):
    request, *_ = [house.asked("rectify", MAIL) for _ in range(30)]
    ended = house.ask("question", MAIL)
    house.fulfil(ended, answer="Иә.")
    work = desk("staff")
    token = {"csrf_token": work.token()}

    paths = ("", "?show=ended", "?kind=rectify&channel=form&who=nobody", f"{request}/")
    asked = {path: partial(work.get, f"requests/{path}") for path in paths}
    for path in (f"{request}/open", f"{ended}/open", f"{request}/fulfil/", f"{request}/refuse/"):
        asked[path] = partial(work.client.post, f"/requests/{path}", data=token, base_url=BASE)

    counted = {name: len(queries(ask)) for name, ask in asked.items()}

    assert {name: number for name, number in counted.items() if not 0 < number <= MOST_QUERIES} == {}
    assert {ask().status_code for ask in asked.values()} == {200}


def test_every_kind_state_and_event_has_its_words():
    assert set(words.KINDS) == set(rights.KINDS)
    assert set(words.DOES) == set(rights.KINDS) - {"triage"}
    assert set(words.CHANNELS) == set(rights.CHANNELS)
    assert set(rights.REASONS) == set(rights.GROUNDS)
    assert {deadlines.deadline(each.deadline).article for each in rights.KINDS.values()} <= set(words.ARTICLES)


def test_nobody_is_named_in_an_address_a_journal_or_a_notice(house, desk):
    request = house.asked("rectify", MAIL, text=SECRET, fields={"phone": "8 777 000 11 22"})
    work = desk("staff")

    work.post(f"requests/{request}/open")
    done = press(work, request, "fulfil", step="do", new_last_name="Серікқызы")
    notice = work.get(f"requests/{request}/").text
    told = " ".join(f"{row}" for row in ledger.listing(database.vault))

    for personal in (MAIL, SECRET, AIGERIM["last_name"], "Серікқызы", "777"):
        assert personal not in done.location
        assert personal not in notice
        assert personal not in told


def test_another_tab_keeps_what_the_list_was_narrowed_to(house, desk):
    page = desk("staff").get("requests/?kind=rectify&who=me&channel=form&state=new").text

    tabs = re.findall(r'href="/console/requests/\?([^"]*)"', page.partition('class="tabs"')[2])
    assert [dict(parse_qsl(html.unescape(each))) for each in tabs[:3]] == [
        {"kind": "rectify", "channel": "form", "who": "me"} | more for more in ({}, {"overdue": "1"}, {"show": "ended"})
    ]
