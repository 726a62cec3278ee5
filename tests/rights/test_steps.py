"""Which step a request may take, when and by whom."""

import threading

import pytest

from tests.house import on_both_databases
from tests.rights.desk import STAFF, people_of, text_of
from tests.writer import AIGERIM
from wadjet import clock, consent, contact, database, retention, rights, vault
from wadjet.rights.kinds import GROUNDS, KINDS

MAIL = AIGERIM["email"]


def is_blocked(person):
    return database.vault.read(lambda: vault.state(person)).blocked_at is not None


def test_what_nobody_has_read_is_not_carried_out(desk):
    request = desk.ask("triage", MAIL)
    with pytest.raises(rights.FulfilmentUnfit, match="--kind"):
        desk.fulfil(request, answer="…")

    rights.take(request, by=STAFF, kind="question", settings=desk.settings, now=desk.now)
    desk.fulfil(request, answer="…")

    assert desk.state(request) == "fulfilled"


@pytest.mark.clause("D1", "D6")
def test_the_term_of_what_it_turns_out_to_be_counts_from_the_day_it_came(desk):
    request = desk.ask("triage", MAIL)
    (before,) = rights.listing(now=desk.now)
    desk.watch.advance(days=1)

    rights.take(request, by=STAFF, kind="withdraw", settings=desk.settings, now=desk.now)

    (after,) = rights.listing(now=desk.now)
    assert (before["deadline"], before["due_on"]) == ("D1", "2026-11-24")
    assert (after["deadline"], after["due_on"], after["state"]) == ("D6", "2026-12-14", "taken")


@pytest.mark.clause("D10")
def test_an_answer_may_take_longer_and_stays_extended_when_it_is_taken(desk):
    request = desk.ask("question", MAIL)
    until = clock.local_date(desk.now).replace(day=30)
    rights.extend(request, until=until, reason="counsel is asked", by=STAFF, settings=desk.settings, now=desk.now)

    rights.take(request, by=STAFF, settings=desk.settings, now=desk.now)

    assert next(rights.listing(now=desk.now))["due_on"] == "2026-11-30"


def test_no_term_of_the_law_s_is_extended(desk):
    for kind in KINDS.keys() - {"question", "other"}:
        request = desk.ask(kind, MAIL)
        with pytest.raises(rights.TermFixed):
            rights.extend(
                request,
                until=clock.local_date(desk.now).replace(day=30),
                reason="much to do",
                by=STAFF,
                settings=desk.settings,
                now=desk.now,
            )


@pytest.mark.clause("D11", "3.1.b")
def test_a_demand_is_refused_on_a_ground_that_holds_against_it(desk):
    desk.write(AIGERIM)
    desk.hold(MAIL)
    for code, ground in GROUNDS.items():
        if code == "data-blocked":
            continue
        request = desk.ask(ground.kinds[0], MAIL)
        desk.refuse(request, code, text="Салық кодексі, 49-бап.")
        assert desk.state(request) == "refused"


@on_both_databases
@pytest.mark.clause("2.2", "D11")
@pytest.mark.parametrize("kind", ["information", "rectify", "destroy", "depersonalise"])
def test_who_is_blocked_is_told_so_where_it_is_proven_that_it_is_they(desk, kind):
    desk.write(AIGERIM)
    request, unproven = desk.asked(kind, MAIL), desk.ask(kind, MAIL)
    with pytest.raises(rights.GroundUnfit, match="Nobody"):
        desk.refuse(request, "data-blocked")
    desk.fulfil(desk.ask("block", MAIL))
    desk.post()

    with pytest.raises(rights.GroundUnfit, match="Nobody"):
        desk.refuse(unproven, "data-blocked")
    desk.refuse(request, "data-blocked")

    assert "бұғатталған" in "".join(map(text_of, desk.post()))
    assert desk.state(request) == "refused"


@on_both_databases
@pytest.mark.clause("3.1.b", "8.9", "2.14", "D6")
@pytest.mark.parametrize("kind", ["destroy", "depersonalise", "withdraw"])
def test_what_a_law_keeps_is_used_no_more(desk, kind):
    receipt = desk.write(AIGERIM, marketing=True).id
    (message,) = contact.listing()
    request = desk.asked(kind, MAIL)
    with pytest.raises(rights.GroundUnfit, match="No law is on record"):
        desk.refuse(request, "storage-required")
    desk.hold(MAIL)

    desk.refuse(request, "storage-required")

    answer = rights.read(request, by=STAFF, now=desk.now).answer
    assert answer
    assert (answer.law, answer.until) == ("Tax Code art. 49", "2031-12-31")
    assert not any(consent.standing(receipt).values())
    with pytest.raises(contact.MessageMoved):
        contact.answer(message["id"], text="Жаңалық!", by=STAFF, now=desk.now)
    assert people_of(MAIL)


@pytest.mark.clause("3.1.b", "D6", "D11")
@pytest.mark.parametrize("ground", ["law-forbids", "obligation-outstanding"])
@pytest.mark.parametrize("kind", ["withdraw", "destroy"])
def test_what_obliges_is_named(desk, ground, kind):
    desk.write(AIGERIM)
    request = desk.asked(kind, MAIL)

    with pytest.raises(rights.GroundUnfit, match="which law"):
        desk.refuse(request, ground, text=" ")
    desk.refuse(request, ground, text="2026-11 шоты төленбеген.")

    assert desk.state(request) == "refused"


@on_both_databases
@pytest.mark.clause("3.1.b", "8.9", "D6")
@pytest.mark.parametrize("ground", ["law-forbids", "obligation-outstanding", "storage-required"])
def test_nothing_obliges_to_keep_what_is_gone(desk, ground):
    """The morning after the button all of it has gone, as the policy promises."""
    desk.write(AIGERIM)
    request = desk.asked("withdraw", MAIL)
    desk.watch.advance(days=1)
    list(retention.run(desk.settings, desk.now, is_applying=True))

    with pytest.raises(rights.GroundUnfit, match="Nothing of theirs is kept"):
        desk.refuse(request, ground, text="Салық кодексі, 49-бап.")
    desk.fulfil(request)

    assert desk.state(request) == "fulfilled"


@pytest.mark.clause("3.1.b")
def test_a_demand_is_refused_on_no_other_ground(desk):
    for kind in KINDS:
        request = desk.ask(kind, MAIL)
        for code, ground in GROUNDS.items():
            if kind not in ground.kinds:
                with pytest.raises(rights.GroundUnfit):
                    desk.refuse(request, code)
        assert desk.state(request) == "new"


@on_both_databases
@pytest.mark.parametrize("kind", ["block", "destroy"])
def test_of_two_who_settle_it_at_once_one_does(desk, kind):
    desk.write(AIGERIM)
    request = desk.asked(kind, MAIL)
    outcomes = []

    def attempt(settle):
        try:
            settle()
            outcomes.append("done")
        except rights.RequestMoved:
            outcomes.append("moved")

    settlers = [
        lambda: desk.fulfil(request, by="dana"),
        lambda: desk.refuse(request, "violation-not-confirmed"),
        lambda: desk.fulfil(request, by="bolat"),
    ]
    threads = [threading.Thread(target=attempt, args=(settle,)) for settle in settlers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "moved", "moved"]
    is_done = desk.state(request) == "fulfilled"
    if kind == "block":
        assert is_blocked(people_of(MAIL)[0]) is is_done
    if kind == "destroy":
        assert (people_of(MAIL) == []) is is_done


def test_what_somebody_has_begun_is_theirs_until_another_takes_it_over(desk):
    desk.write(AIGERIM)
    request = desk.asked("destroy", MAIL)
    row = database.vault.read(lambda: rights.service.look(request)).row
    database.vault.write(lambda: rights.service.begin(row, by="bolat", now=desk.now))

    with pytest.raises(rights.RequestMoved, match="begun by bolat"):
        desk.fulfil(request)
    with pytest.raises(rights.RequestMoved):
        desk.refuse(request, "violation-not-confirmed")
    assert [each["id"] for each in rights.listing(now=desk.now, is_open=True)] == [request]

    rights.take(request, by=STAFF, settings=desk.settings, now=desk.now)
    desk.fulfil(request)

    assert people_of(MAIL) == []


def test_what_turned_out_to_be_another_demand_meanwhile_is_not_settled_as_the_first(desk):
    request = desk.ask("question", MAIL)
    before = database.vault.read(lambda: rights.service.look(request)).row
    rights.take(request, by="bolat", kind="destroy", settings=desk.settings, now=desk.now)

    with pytest.raises(rights.RequestMoved):
        database.vault.write(
            lambda: rights.service.end(before, "fulfil", rights.service.Answer("…"), by=STAFF, now=desk.now)
        )

    assert desk.state(request) == "taken"
