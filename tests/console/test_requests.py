"""Requests at the desk: seen without being opened, opened on record, carried out or refused as the law allows."""

import re
from functools import partial

import pytest

from tests.console.conftest import BASE, MOST_QUERIES, Desk
from tests.rights.desk import Desk as House
from tests.rights.desk import people_of, text_of
from tests.writer import AIGERIM
from wadjet import consent, database, deadlines, ledger, rights, vault
from wadjet.console.pages.requests import words

MAIL = AIGERIM["email"]
SECRET = "Қатем бар: нөмірім басқа"


@pytest.fixture
def house(console, settings, watch) -> House:
    """People who write and demand, in the console's own home."""
    made = House(settings, watch)
    made.write(AIGERIM)
    return made


def rows(event):
    return [row for row in ledger.listing(database.vault) if row["event"] == event]


def press(work: Desk, request: str, act: str, **values: str):
    """A step's form, as the page before posts it."""
    row = rights.outline(request).row
    seen = "/".join((row.state, row.taken_by, row.kind, row.due_on))
    return work.post(f"requests/{request}/{act}/", {"seen": seen} | values)


def state(request: str) -> str:
    return rights.outline(request).row.state


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


def test_who_opens_nobody_finds_nobody_by_address(house, desk):
    request = house.ask("question", MAIL)
    work = desk("auditor")

    assert work.post("requests/search", {"what": MAIL}).status_code == 403
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


# The steps


def test_taken_up_and_given_back(house, desk):
    request = house.ask("question", MAIL)
    work = desk("staff")

    assert work.post(f"requests/{request}/take").status_code == 303
    assert rights.outline(request).row.taken_by == work.account.handle
    assert work.post(f"requests/{request}/give-back").status_code == 303

    assert (state(request), rights.outline(request).row.taken_by) == ("new", "")
    assert "given back" in work.get(f"requests/{request}/").text


def test_the_second_to_take_it_hears_who_was_quicker(house, desk):
    request = house.ask("question", MAIL)
    first, second = desk("staff"), desk("responsible")
    first.post(f"requests/{request}/take")

    answer = second.post(f"requests/{request}/take")

    assert answer.status_code == 409
    assert f"Last: taken up, {first.account.name}, 23 Nov 2026" in answer.text
    assert rights.outline(request).row.taken_by == first.account.handle


@pytest.mark.parametrize("stage", ["check", "do"])
def test_who_answers_what_was_ended_meanwhile_loses_no_word(house, desk, stage):
    request = house.ask("question", MAIL)
    row = rights.outline(request).row
    seen = "/".join((row.state, row.taken_by, row.kind, row.due_on))
    house.fulfil(request, answer="Жауап.", by="staff-9")

    answer = desk("staff").post(
        f"requests/{request}/fulfil/", {"seen": seen, "step": stage, "answer": "Ұзақ жазылған жауап"}
    )

    assert answer.status_code == 409
    assert "Last: done, staff-9" in answer.text
    assert "Ұзақ жазылған жауап" in answer.text


def test_what_somebody_took_meanwhile_is_told_before_it_is_ended(house, desk):
    request = house.ask("question", MAIL)
    row = rights.outline(request).row
    seen = "/".join((row.state, row.taken_by, row.kind, row.due_on))
    rights.take(request, by="staff-9", settings=house.settings, now=house.now)

    answer = desk("staff").post(f"requests/{request}/fulfil/", {"seen": seen, "step": "do", "answer": "Иә."})

    assert (answer.status_code, state(request)) == (409, "taken")
    assert "staff-9" in answer.text


def test_sorted_into_a_kind_its_own_clock_runs(house, desk):
    request = house.ask("triage", MAIL, channel="email")
    work = desk("staff")

    assert work.post(f"requests/{request}/take", {"kind": ""}).status_code == 422
    assert work.post(f"requests/{request}/take", {"kind": "everything"}).status_code == 422
    assert work.post(f"requests/{request}/take", {"kind": "withdraw"}).status_code == 303

    row = rights.outline(request).row
    assert (row.kind, row.deadline, row.state) == ("withdraw", "D6", "taken")


def test_corrected_with_the_old_value_beside_and_told_before(house, desk):
    request = house.asked("rectify", MAIL, text=SECRET, fields={"phone": "8 777 000 11 22"})
    (person,) = people_of(MAIL)
    work = desk("staff")

    form = press(work, request, "fulfil").text
    check = press(work, request, "fulfil", step="check", new_phone="8 777 555 44 33").text
    assert database.vault.read(lambda: vault.card(person)).phone == AIGERIM["phone"]
    done = press(work, request, "fulfil", step="do", new_phone="8 777 555 44 33")

    assert f"So far: {AIGERIM['phone']}" in form
    assert 'value="8 777 000 11 22"' in form
    assert "+77775554433" in check
    assert "Деректеріңіз түзетілді" in check
    assert (done.status_code, state(request)) == (303, "fulfilled")
    assert database.vault.read(lambda: vault.card(person)).phone == "+77775554433"
    assert rows("rights:request:fulfilled")[0]["by"] == work.account.handle


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"new_phone": "7"}, "Write a telephone number"),
        ({"new_phone": "7", "new_email": "x"}, "Write an e-mail address"),
        ({"new_phone": ""}, "Give at least one new value."),
        ({"new_phone": "8 777 555 44 33", "answer": "а" * 3001}, "This is too long."),
    ],
)
@pytest.mark.parametrize("stage", ["check", "do"])
def test_what_cannot_be_carried_out_like_that_comes_back_with_every_word(house, desk, values, said, stage):
    request = house.asked("rectify", MAIL)

    answer = press(desk("staff"), request, "fulfil", step=stage, **values)

    assert (answer.status_code, state(request)) == (422, "new")
    assert said in answer.text
    assert all(value in answer.text for value in values.values())


def test_what_is_told_beforehand_is_what_is_told(house, desk):
    request = house.asked("question", MAIL)
    house.post()
    work = desk("staff")

    check = press(work, request, "fulfil", step="check", answer="Біз деректі екі ай сақтаймыз.").text
    press(work, request, "fulfil", step="do", answer="Біз деректі екі ай сақтаймыз.")
    (letter,) = house.post()

    said = [line for line in text_of(letter).splitlines() if line.strip()]
    assert all(line in check for line in said)


def test_a_link_to_a_copy_is_for_the_person_alone(house, desk):
    request = house.asked("information", MAIL)

    page = press(desk("staff"), request, "fulfil", step="check").text

    assert "requests/result/…/" in page
    assert not re.search(r"requests/result/[\w.-]{20,}/", page)


@pytest.mark.parametrize("kind", ["complaint", "question", "other", "object"])
def test_what_asks_for_an_answer_is_not_ended_without_one(house, desk, kind):
    request = house.ask(kind, MAIL)

    answer = press(desk("staff"), request, "fulfil", step="do", answer=" ")

    assert (answer.status_code, state(request)) == (422, "new")
    assert "there is nothing to do but to answer" in answer.text


def test_nothing_is_done_for_whom_nothing_is_proven(house, desk):
    request = house.ask("rectify", MAIL)
    rights.match(request, now=house.now)

    answer = press(desk("staff"), request, "fulfil", step="do", new_phone="8 777 555 44 33")

    assert (answer.status_code, state(request)) == (409, "new")
    assert "It is not proven yet whose request this is." in answer.text
    assert "8 777 555 44 33" in answer.text


def test_destroyed_only_after_it_was_shown_what_goes(house, desk):
    request = house.asked("destroy", MAIL)
    work = desk("staff")

    check = press(work, request, "destroy", step="check").text
    assert people_of(MAIL)
    assert press(work, request, "fulfil", step="do").status_code == 409
    assert people_of(MAIL)
    done = press(work, request, "destroy", step="do")

    assert "Nobody can undo it." in check
    assert "For 1 person." in check
    assert (done.status_code, people_of(MAIL), state(request)) == (303, [], "fulfilled")


def test_what_is_destroyed_asks_for_a_password_that_was_just_given(console):
    assert console.view_functions["requests.destroy"].fresh


def test_of_people_who_share_a_mailbox_it_is_asked_whose_data(house, desk):
    house.write(AIGERIM | {"first_name": "Болат"})
    request = house.asked("destroy", MAIL)
    bolat, aigerim = sorted(
        people_of(MAIL), key=lambda each: database.vault.read(lambda: vault.card(each)).first_name != "Болат"
    )
    work = desk("staff")

    form = press(work, request, "destroy").text
    unsaid = press(work, request, "destroy", step="do")
    press(work, request, "destroy", step="do", **{f"only_{bolat}": "y"})

    assert "Болат" in form
    assert unsaid.status_code == 422
    assert people_of(MAIL) == [aigerim]


def test_forbidden_only_what_is_ticked(house, desk):
    request = house.asked("restrict", MAIL)
    (person,) = people_of(MAIL)

    done = press(desk("staff"), request, "fulfil", step="do", field_phone="y", condition="тек курьерлерге")

    assert done.status_code == 303
    from wadjet import registers

    known = database.vault.read(lambda: registers.prohibitions(person))
    assert [(each.field, each.condition) for each in known] == [("phone", "тек курьерлерге")]


def test_refused_on_a_ground_that_holds_and_told_with_its_citation(house, desk):
    request = house.asked("destroy", MAIL)
    house.post()
    work = desk("staff")

    form = press(work, request, "refuse").text
    unfit = press(work, request, "refuse", step="do", ground="documents-missing", answer="Кешіріңіз.")
    check = press(work, request, "refuse", step="check", ground="storage-required", answer="Кешіріңіз.").text
    assert state(request) == "new"
    done = press(work, request, "refuse", step="do", ground="storage-required", answer="Кешіріңіз.")

    assert "94-V art. 8(7); Digital Code art. 41(3)" in form
    assert "documents-missing" not in form
    assert 'value="not-proven"' not in form
    assert (unfit.status_code, "Choose a ground" in unfit.text, "Кешіріңіз." in unfit.text) == (422, True, True)
    assert "Кешіріңіз." in check
    assert (done.status_code, state(request)) == (303, "refused")
    assert "Кешіріңіз." in text_of(house.post()[0])
    assert "A law obliges us" in work.get(f"requests/{request}/").text


def test_an_answer_takes_longer_for_a_reason_that_names_nobody(house, desk):
    request, other = house.asked("question", MAIL), house.asked("rectify", MAIL)
    work = desk("staff")
    path = f"requests/{request}/extend"

    wrong = [
        work.post(path, values)
        for values in (
            {"until": "2027-12-01", "reason": "counsel is asked"},
            {"until": "soon", "reason": "counsel is asked"},
            {"until": "2026-12-04", "reason": ""},
            {"until": "2026-12-04", "reason": f"for {AIGERIM['last_name']}"},
        )
    ]
    done = work.post(path, {"until": "2026-12-04", "reason": "counsel is asked"})

    assert [each.status_code for each in wrong] == [422] * 4
    assert "counsel is asked" in wrong[0].text
    assert (done.status_code, rights.outline(request).row.due_on) == (303, "2026-12-04")
    assert work.post(f"requests/{other}/extend", {"until": "2026-12-04", "reason": "x"}).status_code in (409, 422)
    assert work.get(path).status_code == 200


def test_what_came_on_paper_is_entered_once_and_runs_from_the_day_it_came(house, desk):
    work = desk("staff")
    values = {
        "channel": "paper",
        "kind": "withdraw",
        "day": "2026-11-20",
        "hour": "15:30",
        "details": "Отзываю.",
        "tongue": "ru",
        "once": "a",
    }

    first, again = (work.post("requests/new/", values) for _ in range(2))

    assert first.status_code == 303
    assert first.location == again.location
    (row,) = rights.listing(now=house.now)
    assert (row["kind"], row["channel"], row["received_at"]) == ("withdraw", "paper", "2026-11-20T10:30:00.000Z")
    assert rights.outline(row["id"]).row.language == "ru"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"kind": "everything"},
        {"channel": "form"},
        {"tongue": "de"},
        {"day": "yesterday"},
        {"day": "2026-11-24"},
        {"hour": "25:00"},
        {"email": "nobody"},
        {"details": "а" * 3001},
    ],
    ids=str,
)
def test_what_cannot_be_entered_like_that_comes_back(house, desk, wrong):
    good = {"channel": "paper", "kind": "destroy", "day": "2026-11-20", "details": SECRET, "tongue": "kk"}

    answer = desk("staff").post("requests/new/", good | wrong)

    assert (answer.status_code, list(rights.listing(now=house.now))) == (422, [])
    assert (good | wrong)["details"] in answer.text


def test_staff_say_whose_it_is_and_the_consent_it_ends_has_ended(house, desk):
    receipt = house.write(AIGERIM | {"message": "Тағы."}).id
    request = house.ask("stop", "", channel="paper")
    (person,) = people_of(MAIL)
    work = desk("staff")
    path = f"requests/{request}/admit/"

    found = work.post(path, {"what": MAIL, "step": "find"})
    nobody = work.post(path, {"what": "x" + MAIL, "step": "find"})
    unsaid = work.post(path, {"what": MAIL, "step": "do", "evidence": "case 17"})
    named = work.post(path, {"what": MAIL, "step": "do", "person": person, "evidence": AIGERIM["last_name"]})
    done = work.post(path, {"what": MAIL, "step": "do", "person": person, "evidence": "case 17"})

    assert AIGERIM["last_name"] in found.text
    assert [each.status_code for each in (found, nobody, unsaid, named, done)] == [200, 422, 422, 422, 303]
    assert not consent.standing(receipt)["feedback"]
    (proven,) = rows("rights:request:proven")
    assert (proven["by"], proven["facts"]) == (work.account.handle, "evidence=case 17")


# Who may what


READ = ("", "ID/")
OPENED = ("ID/open",)
MOVED = ("ID/take", "ID/give-back", "ID/fulfil/", "ID/destroy/", "ID/refuse/", "ID/extend", "ID/admit/", "new/")


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
