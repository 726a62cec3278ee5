"""Letters to the staff: everything new is told once, at most one letter of a kind in an hour, and nothing personal."""

import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from tests.console.people import CANARIES, authority_asks, fail_letters
from tests.house import on_both_databases
from tests.rights.desk import text_of, to
from wadjet import clock, database, ledger, mail, rights
from wadjet.console import bundles, letters, models, news

COUNTED = re.compile(r"^(.+): (\d+)$", re.MULTILINE)
SAID = {"New requests": "requests", "New messages": "messages"}


def to_staff():
    """Which letters wait for whom or were sent: (kind, hour, staff)."""
    rows = [row for row in mail.listing() if row.kind.startswith(news.OWN)]
    return Counter((row.kind.removeprefix(news.OWN), *row.about.split("/")) for row in rows)


def about(found, kind):
    return [key for key in found.elements() if key[0] == kind]


@pytest.fixture
def hire(hire):
    """Of those who have come in."""

    def hire_joined(*arguments, **options):
        account = hire(*arguments, **options)
        set_(email=account.email, password="argon2")
        return account

    return hire_joined


@pytest.fixture
def tell(people):
    """`tell()`: what the serving process does each minute."""

    def look() -> None:
        rights.watch(people.settings, people.now)
        news.tell(people.settings, people.now)

    look()  # what was there before is no news
    return look


@on_both_databases
def test_two_days_nothing_doubled_nothing_lost_nothing_personal(people, hire, watch, tell):
    watch.moment = clock.start_of(clock.local_date(watch.moment) + timedelta(days=1)) + timedelta(hours=7)
    hire("staff"), hire("responsible", language="ru"), hire("maintainer"), hire("auditor", language="kk")
    dice, got, numbers = random.Random(5), [], []
    came: Counter[str] = Counter()
    for _ in range(2 * 24 * 2):
        for _ in range(dice.choice([0, 0, 0, 1, 2])):
            numbers.append(people.demand(dice.choice(["rectify", "information", "withdraw"])))
            came["requests"] += 1
        if dice.random() < 0.15:
            people.send_message()
            came["messages"] += 1
        tell()
        tell()
        got += people.post()
        watch.advance(minutes=30)
    watch.advance(hours=1)
    tell()
    got += people.post()

    mine = [each for each in got if to(each) == "staff@wadjet.kz"]
    told: Counter[str] = Counter()
    for each in mine:
        told.update({SAID[title]: int(count) for title, count in COUNTED.findall(text_of(each)) if title in SAID})
    assert told == came
    found = to_staff()
    assert max(found.values()) == 1  # of a kind in an hour for one person
    staff = {str(each.id): each.role for each in database.vault.read(bundles.readers)}
    digests = [(day, staff[to_whom]) for _, day, to_whom in about(found, "digest")]
    assert {day for day, _ in digests} == {"2026-11-24", "2026-11-25"}  # a Tuesday and a Wednesday
    assert {role for _, role in digests} == {"staff", "responsible", "auditor"}
    assert "maintainer@wadjet.kz" not in {to(each) for each in got}
    for each in got:
        if to(each).endswith("@wadjet.kz") and to(each) != "desk@wadjet.kz":
            raw = each.as_string() + text_of(each) + str(each["Subject"])
            assert [canary for canary in (*CANARIES.values(), *numbers) if canary in raw] == []


def test_in_the_language_of_whom_it_is_for(people, hire, tell):
    hire("staff", language="kk"), hire("auditor", language="ru"), hire("responsible")
    people.demand()

    tell()

    subjects = {(to(each).partition("@")[0], str(each["Subject"])) for each in people.post()}
    assert ("responsible", "Something new has come: New requests (1)") in subjects
    assert ("staff", "Жаңа нәрсе келді: Жаңа өтініштер (1)") in subjects
    assert ("auditor", "Поступило новое: Новые обращения (1)") in subjects


def test_what_comes_within_the_hour_waits_for_the_next(people, hire, tell, watch):
    hire("staff")
    watch.moment = watch.moment.replace(minute=5)
    people.demand()
    tell()
    people.demand()
    watch.advance(minutes=50)
    tell()
    assert len(about(to_staff(), "new")) == 1

    watch.advance(minutes=10)
    tell()

    assert [each["New requests"] for each in map(counted, people.post()) if "New requests" in each] == ["1", "1"]


def counted(letter):
    return dict(COUNTED.findall(text_of(letter)))


@on_both_databases
def test_processes_that_look_at_once_tell_once(people, hire, tell):
    hire("staff"), hire("responsible")
    for _ in range(5):
        people.demand()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: news.tell(people.settings, people.now), range(24)))

    found = to_staff()
    assert max(found.values()) == 1
    assert len(about(found, "new")) == 2
    hour = about(found, "new")[0][1]
    assert database.vault.read(lambda: bundles.bundle("new", hour)) == {"requests": 5}


@on_both_databases
@pytest.mark.clause("D12", "D5")
def test_a_registers_clock_is_told_of_before_its_day_is_over_and_after(people, hire, tell, watch):
    hire("responsible")
    authority_asks(people.settings, people.now)
    seen = []
    for _ in range(20):
        tell()
        seen.append([kind for kind, *_ in to_staff() if kind in ("soon", "late")])
        watch.advance(days=1)

    assert seen[0] == []
    assert seen[-1] == ["soon", "late"]


@on_both_databases
@pytest.mark.clause("D12", "D5")
@pytest.mark.parametrize("muted", [None, "soon late"], ids=["nobody works here", "nobody wants it"])
def test_a_registers_clock_that_nobody_else_is_told_of_is_told_to_the_operator(people, hire, tell, watch, muted):
    hire("maintainer")  # sees no register
    if muted:
        hire("responsible")
        set_(email="responsible@wadjet.kz", muted=muted)
    authority_asks(people.settings, people.now)
    people.post()
    came = []
    for _ in range(20):
        tell()
        came += [each for each in people.post() if to(each) == "desk@wadjet.kz"]
        watch.advance(days=1)

    assert [str(each["Subject"]) for each in came] == [
        "Скоро истекает срок: Записи реестров со сроком до следующего рабочего дня (1)",
        "Просроченные: Просроченные записи реестров (1)",
    ]
    assert all("wadjet registers list" in text_of(each) and "notifications" not in text_of(each) for each in came)


def test_letters_given_up_are_told_of_but_never_those_to_the_staff(people, hire, tell, watch):
    account = hire("maintainer")
    database.vault.write(
        lambda: models.Account.update(email="not an address").where(models.Account.id == account.id).execute()
    )
    hire("responsible")
    database.vault.write(lambda: mail.enqueue("kind-of-nobody", "x", now=people.now))
    mail.send_due(people.settings, people.now + timedelta(days=6))
    tell()

    assert len(about(to_staff(), "failed")) == 2
    mail.send_due(people.settings, people.now)  # that to the maintainer cannot go
    watch.advance(hours=2)
    tell()
    assert len(about(to_staff(), "failed")) == 2


def test_who_answers_hears_that_an_answer_could_not_be_delivered(people, hire, tell, watch):
    hire("staff"), hire("maintainer"), hire("auditor")
    for kind in ("contact-answer", "contact-opt-in"):
        database.vault.write(partial(refuse_letter, kind, people.now))
    tell()

    got = {to(each): text_of(each) for each in people.post()}

    assert "Answers that could not be delivered: 1" in got["staff@wadjet.kz"]
    assert "Letters given up: 2" not in got["staff@wadjet.kz"]
    assert "Letters given up: 2" in got["maintainer@wadjet.kz"]
    assert "Answers" not in got["maintainer@wadjet.kz"]
    assert "Answers" not in got["auditor@wadjet.kz"]


def refuse_letter(kind, now):
    ledger.append("use", "mail:letter:failed", about="x" * 22, at=now, store=database.vault, kind=kind, error="refused")


@on_both_databases
def test_who_never_took_their_invitation_is_told_nothing(people, hire, invite, tell):
    invite("responsible", "gohst@wadjet.kz")
    again = hire("staff")  # invited once more: they have been here
    set_(email=again.email, password=None, tf_primary_method="authenticator")
    people.demand()
    tell()

    assert [key[2] for key in about(to_staff(), "new")] == [str(again.id)]


def test_who_wants_none_or_left_gets_none(people, hire, tell):
    hire("staff"), hire("auditor"), hire("responsible")
    set_(email="staff@wadjet.kz", muted="new soon")
    set_(email="auditor@wadjet.kz", active=False)
    people.demand()
    tell()
    assert len(about(to_staff(), "new")) == 1
    set_(email="responsible@wadjet.kz", active=False)  # between the row and the letter

    assert [to(each) for each in people.post() if to(each) == "responsible@wadjet.kz"] == []


def set_(*, email, **columns):
    database.vault.write(lambda: models.Account.update(**columns).where(models.Account.email == email).execute())


def test_on_a_day_off_and_before_nine_there_is_no_digest(people, hire, tell, watch):
    hire("staff")
    people.demand()
    local = clock.local_date(watch.moment) + timedelta(days=5)  # a Saturday
    for moment in (clock.start_of(local) + timedelta(hours=12), clock.start_of(local + timedelta(days=2, hours=0))):
        watch.moment = moment
        tell()
    days = {day for _, day, _ in about(to_staff(), "digest")}
    assert local.isoformat() not in days

    watch.advance(hours=8, minutes=59)
    tell()
    monday = (local + timedelta(days=2)).isoformat()
    assert monday not in {day for _, day, _ in about(to_staff(), "digest")}
    watch.advance(minutes=1)
    tell()
    tell()
    assert about(to_staff(), "digest").count(("digest", monday, "1")) == 1


def test_a_day_without_anything_has_no_digest(people, hire, tell, watch):
    hire("staff"), hire("responsible")
    watch.advance(days=1)

    tell()

    assert about(to_staff(), "digest") == []


def test_a_letter_of_a_bundle_that_is_gone_is_none(people, hire):
    account = hire("staff")

    assert letters.compose("new", f"2026-11-23T06:00:00.000Z/{account.id}", people.settings, people.now) is None


def test_letters_given_up_before_anybody_was_told_are_for_today_alone(people, hire):
    hire("responsible")
    fail_letters(2, people.now)
    people.demand()

    news.tell(people.settings, people.now)
    news.tell(people.settings, people.now)

    assert [kind for kind, *_ in to_staff() if kind != "digest"] == []
