"""The steps of a request: told before they are taken, taken once, and no word is lost on the way."""

import re
from datetime import timedelta

import pytest

from tests.console.demands import MAIL, SECRET, hidden, press, rows, seen, state
from tests.rights.desk import people_of, text_of
from tests.writer import AIGERIM
from wadjet import consent, database, rights, vault
from wadjet.console import models, service


def test_taken_up_and_given_back(house, desk):
    request = house.ask("question", MAIL)
    work = desk("staff")

    assert press(work, request, "take").status_code == 303
    assert rights.outline(request).row.taken_by == work.account.handle
    assert work.post(f"requests/{request}/give-back").status_code == 303

    assert (state(request), rights.outline(request).row.taken_by) == ("new", "")
    assert "given back" in work.get(f"requests/{request}/").text


def test_the_second_to_take_it_hears_who_was_quicker(house, desk):
    request = house.ask("question", MAIL)
    first, second = desk("staff"), desk("responsible")
    press(first, request, "take")

    answer = press(second, request, "take")

    assert answer.status_code == 409
    assert f"Last: taken up, {first.account.name}, 23 Nov 2026" in answer.text
    assert rights.outline(request).row.taken_by == first.account.handle


@pytest.mark.parametrize("kind", ["complaint", "withdraw", "question"])
def test_what_somebody_sorted_meanwhile_is_sorted_by_nobody_who_has_not_seen_it(house, desk, kind):
    request = house.ask("triage", MAIL, channel="email")
    first, second = desk("staff"), desk("responsible")
    before = hidden(second.get(f"requests/{request}/").text)
    assert press(first, request, "take", kind="question").status_code == 303

    late = [second.post(f"requests/{request}/{act}", before | {"kind": kind}) for act in ("take", "sort")]

    row = rights.outline(request).row
    assert (row.kind, row.taken_by) == ("question", first.account.handle)
    assert late[0].status_code == 409
    assert f"Last: taken up, {first.account.name}" in late[0].text
    assert late[1].status_code == (409 if kind == "withdraw" else 422)


def test_who_takes_it_up_by_a_double_click_has_taken_it_up(house, desk):
    request, work = house.ask("triage", MAIL, channel="email"), desk("staff")
    before = seen(request)

    sent = [work.post(f"requests/{request}/take", {"seen": before, "kind": "question"}) for _ in range(2)]

    assert [each.status_code for each in sent] == [303, 303]


@pytest.mark.parametrize("stage", ["check", "do"])
def test_who_answers_what_was_ended_meanwhile_loses_no_word(house, desk, stage):
    request = house.ask("question", MAIL)
    before = seen(request)
    house.fulfil(request, answer="Жауап.", by="staff-9")

    answer = desk("staff").post(
        f"requests/{request}/fulfil/", {"seen": before, "step": stage, "answer": "Ұзақ жазылған жауап"}
    )

    assert answer.status_code == 409
    assert "Last: done, staff-9" in answer.text
    assert "Ұзақ жазылған жауап" in answer.text


def test_what_somebody_took_meanwhile_is_told_before_it_is_ended(house, desk):
    request = house.ask("question", MAIL)
    before = seen(request)
    rights.take(request, by="staff-9", settings=house.settings, now=house.now)

    answer = desk("staff").post(f"requests/{request}/fulfil/", {"seen": before, "step": "do", "answer": "Иә."})

    assert (answer.status_code, state(request)) == (409, "taken")
    assert "staff-9" in answer.text


def test_sorted_into_a_kind_its_own_clock_runs(house, desk):
    request = house.ask("triage", MAIL, channel="email")
    work = desk("staff")

    assert press(work, request, "take", kind="").status_code == 422
    assert press(work, request, "take", kind="everything").status_code == 422
    assert press(work, request, "take", kind="rectify").status_code == 303

    row = rights.outline(request).row
    assert (row.kind, row.deadline, row.state) == ("rectify", "D1", "taken")


@pytest.mark.clause("8.4.b", "D6")
@pytest.mark.parametrize("kind", ["withdraw", "stop"])
def test_what_ends_a_consent_is_told_before_it_is_sorted_so(house, desk, kind):
    receipt = house.write(AIGERIM | {"message": "Тағы."}).id
    request = house.asked("question", MAIL, text="Қашан ашыласыздар?")
    work = desk("staff")

    told = press(work, request, "take", kind=kind)
    assert (told.status_code, rights.outline(request).row.kind) == (200, "question")
    assert "what is kept for these consents alone is destroyed the day after" in told.text
    assert consent.standing(receipt)["feedback"]
    assert press(work, request, "sort", kind="destroy").status_code == 422
    done = work.post(f"requests/{request}/sort", hidden(told.text))

    row = rights.outline(request).row
    assert (done.status_code, row.kind, row.deadline, row.state) == (303, kind, "D6", "taken")
    assert not consent.standing(receipt)["feedback"]


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


@pytest.mark.clause("4.1.b")
def test_what_staff_took_out_of_a_correction_is_not_written(house, desk):
    request = house.asked("rectify", MAIL, fields={"last_name": "Қасымова", "phone": "8 777 000 11 22"})
    (person,) = people_of(MAIL)
    work = desk("staff")

    check = press(work, request, "fulfil", step="check", new_last_name="Қасымова", new_phone="").text
    again = press(work, request, "fulfil", **hidden(check) | {"step": "edit"}).text
    done = press(work, request, "fulfil", **hidden(check) | {"step": "do"})

    card = database.vault.read(lambda: vault.card(person))
    assert "8 777 000 11 22" not in check
    assert 'name="new_phone" type="tel" value=""' in again
    assert (done.status_code, card.last_name, card.phone) == (303, "Қасымова", AIGERIM["phone"])


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


def test_who_noted_whose_demand_it_is_does_not_destroy_alone(house, desk):
    request, (person,) = house.ask("destroy", "", channel="paper"), people_of(MAIL)
    first, second = desk("staff"), desk("responsible")
    first.post(f"requests/{request}/admit/", {"what": MAIL, "step": "do", "person": person, "evidence": "case 17"})

    alone = first.post(f"requests/{request}/destroy/", headers={"Accept": "text/html"})
    assert (alone.status_code, people_of(MAIL)) == (403, [person])
    assert "let somebody else carry it out" in alone.text
    shown = [each.get(f"requests/{request}/").text for each in (first, second)]
    assert [f"/requests/{request}/destroy/" in page for page in shown] == [False, True]
    assert ["Waits for a second person" in page for page in shown] == [True, False]
    done = press(second, request, "destroy", step="do")

    assert (done.status_code, people_of(MAIL), state(request)) == (303, [], "fulfilled")


def test_who_sorted_it_as_a_demand_to_destroy_does_not_destroy_alone(house, desk):
    request, (person,) = house.asked("question", MAIL, text="Қашан ашыласыздар?"), people_of(MAIL)
    first, second = desk("staff"), desk("responsible")
    press(first, request, "take", kind="destroy")

    alone = first.post(f"requests/{request}/destroy/", headers={"Accept": "text/html"})
    assert (alone.status_code, people_of(MAIL)) == (403, [person])
    assert "You found that it asks for this" in alone.text
    done = press(second, request, "destroy", step="do")

    assert (done.status_code, people_of(MAIL), state(request)) == (303, [], "fulfilled")


@pytest.mark.parametrize("way", ["paper", "question"])
def test_an_account_that_they_let_in_destroys_for_nobody(house, desk, settings, way):
    request = house.asked("question", MAIL) if way == "question" else house.ask("destroy", "", channel="paper")
    first, (person,) = desk("responsible"), people_of(MAIL)
    noted = {"what": MAIL, "step": "do", "person": person, "evidence": "case 17"}
    act, values = ("take", {"kind": "destroy"}) if way == "question" else ("admit", noted)
    press(first, request, act, **values)
    let_in = {"by": first.account.handle, "settings": settings, "now": house.now}
    service.hire("c@wadjet.kz", "C", "staff", language="en", **let_in)

    alone = press(desk("staff", "c@wadjet.kz"), request, "destroy", step="do")

    assert (alone.status_code, people_of(MAIL)) == (403, [person])
    assert press(desk("staff"), request, "destroy", step="do").status_code == 303


def test_who_put_in_the_address_at_which_it_was_proven_does_not_destroy_alone(house, desk):
    (person,) = people_of(MAIL)
    first, again = desk("staff"), "other@example.kz"
    card = {
        f"was_{name}": AIGERIM.get(name, "") for name in ("last_name", "first_name", "patronymic", "phone", "email")
    }
    card |= {name.removeprefix("was_"): value for name, value in card.items()}
    assert first.post(f"persons/{person}/rectify", card | {"email": again}).status_code == 303
    house.watch.advance(days=5)
    request = house.asked("destroy", again)
    first, second = sign_in_anew(desk, first), desk("responsible")

    alone = first.post(f"requests/{request}/destroy/", headers={"Accept": "text/html"})
    assert (alone.status_code, people_of(again)) == (403, [person])
    assert "You corrected the e-mail address lately" in alone.text
    done = press(second, request, "destroy", step="do")

    assert (done.status_code, people_of(again)) == (303, [])


def test_who_corrected_the_address_weeks_ago_destroys(house, desk):
    (person,) = people_of(MAIL)
    work = desk("staff")
    vault.correct(person, {"email": "other@example.kz"}, was=None, by=work.account.handle, now=house.now)
    vault.correct(
        person, {"phone": "+77770001122"}, was=None, by=work.account.handle, now=house.now + timedelta(days=8)
    )
    house.watch.advance(days=8)
    request = house.asked("destroy", "other@example.kz")

    assert press(sign_in_anew(desk, work), request, "destroy", step="do").status_code == 303


def sign_in_anew(desk, work):
    database.vault.write(lambda: models.end_sessions(work.account.id))
    return desk(work.account.role)


def test_who_took_up_what_was_sent_as_a_demand_to_destroy_carries_it_out(house, desk):
    request = house.asked("destroy", MAIL)
    work = desk("staff")
    press(work, request, "take")

    assert press(work, request, "destroy", step="do").status_code == 303
    assert people_of(MAIL) == []


@pytest.mark.parametrize("act", ["destroy", "end", "sort", "admit"])
def test_what_nobody_can_undo_asks_for_a_password_that_was_just_given(console, act):
    assert console.view_functions[f"requests.{act}"].fresh


def test_what_ends_consents_is_carried_out_by_no_other_step(house, desk):
    request = house.asked("stop", MAIL)
    work = desk("staff")

    assert press(work, request, "fulfil", step="do").status_code == 409
    assert press(work, request, "end", step="check").status_code == 200
    assert press(work, request, "end", step="do").status_code == 303
    assert state(request) == "fulfilled"


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
    unheld = press(work, request, "refuse", step="check", ground="storage-required", answer="Кешіріңіз.")
    silent = press(work, request, "refuse", step="check", ground="law-forbids")
    house.hold(MAIL)
    check = press(work, request, "refuse", step="check", ground="storage-required", answer="Кешіріңіз.").text
    assert state(request) == "new"
    done = press(work, request, "refuse", step="do", ground="storage-required", answer="Кешіріңіз.")

    assert "94-V art. 8(7); Digital Code art. 41(3)" in form
    assert "documents-missing" not in form
    assert 'value="not-proven"' not in form
    assert (unfit.status_code, "Choose a ground" in unfit.text, "Кешіріңіз." in unfit.text) == (422, True, True)
    assert (unheld.status_code, "No law is on record" in unheld.text) == (422, True)
    assert (silent.status_code, "Write which law it is" in silent.text) == (422, True)
    assert "Кешіріңіз." in check
    assert "Tax Code art. 49" in check
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
        {"day": "0001-01-01"},
        {"day": "1899-11-20"},
        {"day": "9999-12-31", "hour": "23:59"},
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
    assert "is destroyed the day after" in found.text
    assert [each.status_code for each in (found, nobody, unsaid, named, done)] == [200, 422, 422, 422, 303]
    assert not consent.standing(receipt)["feedback"]
    (proven,) = rows("rights:request:proven")
    assert (proven["by"], proven["facts"]) == (work.account.handle, "evidence=case 17")
