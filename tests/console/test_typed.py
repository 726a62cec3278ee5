"""What was typed when a session had ended is kept: for whoever typed it, sealed, and not for long."""

from datetime import timedelta

import pytest

from tests.console.conftest import BASE, Desk
from tests.house import on_both_databases
from wadjet import contact, database
from wadjet.console import models, typed
from wadjet.console.guard import FRESH, IDLE
from wadjet.console.typed import KEPT

TYPED = "Сәлеметсіз бе! Біз 9-дан 18-ге дейін ашықпыз."
HIRED = {"name": "Dana Serik", "email": "dana@wadjet.kz", "role": "staff", "language": "kk"}


@pytest.fixture
def answer(house):
    """Where an answer to Aigerim is sent."""
    (found,) = contact.page()
    return f"messages/{found.id}/answer"


def send(work, path, form, token):
    return work.client.post("/" + path, data={"csrf_token": token} | form, base_url=BASE)


def page_of(path):
    return path.rpartition("/")[0] + "/"


def rows():
    return database.vault.read(lambda: [bytes(each.sealed) for each in models.Typed.select()])


@on_both_databases
def test_an_answer_typed_for_longer_than_a_session_is_there_for_who_signs_in_again(desk, watch, answer):
    work = desk("staff")
    work.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    token = work.token()
    watch.advance(seconds=IDLE.total_seconds() + 1)

    sent = send(work, answer, {"text": TYPED, "draft": "answer", "after": "A" * 22}, token)

    assert sent.location == f"/console/login?next=/console/{page_of(answer)}"
    entrance = work.get("login").text
    assert "nothing has been done" in entrance
    assert "What you typed is kept for you." in entrance
    assert TYPED not in entrance
    work.sign_in(work.account, watch())
    shown = work.get(page_of(answer)).text
    assert f">{TYPED}</textarea>" in shown
    assert "A" * 22 not in shown
    assert TYPED not in work.get("").text
    assert contact.look(answer.split("/")[1]).state == "received"


def test_what_was_typed_outlives_signing_out_in_another_window(desk, watch, answer):
    work = desk("staff")
    token = work.token()
    work.post("logout")

    assert send(work, answer, {"text": TYPED}, token).location.startswith("/console/login?next=/console/messages/")

    watch.advance(minutes=1)
    work.sign_in(work.account, watch())
    assert TYPED in work.get(page_of(answer)).text


def test_what_was_typed_outlives_another_session_of_theirs(desk, watch, answer):
    work = desk("staff")
    token = work.token()
    work.post("logout")
    work.sign_in(work.account, watch())
    watch.advance(minutes=1)

    assert send(work, answer, {"text": TYPED}, token).location.startswith("/console/verify?next=/console/messages/")

    assert TYPED not in work.get(page_of(answer)).text  # before the password was given
    work.sign_in(work.account, watch())
    assert TYPED in work.get(page_of(answer)).text


def test_a_cookie_that_is_gone_loses_nothing(desk, watch, answer):
    work = desk("staff")
    token = work.token()
    work.client.delete_cookie("wadjet-console")

    send(work, answer, {"text": TYPED}, token)

    work.sign_in(work.account, watch())
    assert TYPED in work.get(page_of(answer)).text


def test_a_whole_policy_is_kept(desk, watch):
    work = desk("maintainer")
    work.post("policy/drafts/")
    token, text = work.token(), "Мақсат. " * 20_000
    watch.advance(seconds=IDLE.total_seconds() + 1)

    send(work, "policy/drafts/1/", {"text.kk": text, "revision": "1"}, token)

    work.sign_in(work.account, watch())
    assert text.strip() in work.get("policy/drafts/1/").text


def test_what_wants_the_password_again_is_shown_once_it_was_given(desk, watch):
    work = desk("responsible")
    token = work.token()
    watch.advance(seconds=FRESH.total_seconds())

    assert send(work, "users/add/", HIRED, token).location == "/console/verify?next=/console/users/add/"

    assert HIRED["email"] not in work.get("verify?next=/console/users/add/").text
    work.sign_in(work.account, watch())
    shown = work.get("users/add/").text
    assert "Dana Serik\n\ndana@wadjet.kz</textarea>" in shown


def test_it_goes_when_the_same_is_sent_again(desk, watch):
    work = desk("responsible")
    token = work.token()
    watch.advance(seconds=FRESH.total_seconds())
    send(work, "users/add/", HIRED, token)
    work.sign_in(work.account, watch())

    assert work.post("users/add/", HIRED).status_code == 200

    assert rows() == []
    assert "What you typed" not in work.get("users/add/").text


@on_both_databases
def test_it_goes_within_the_hour(desk, watch, settings, answer):
    work = desk("staff")
    token = work.token()
    work.post("logout")
    send(work, answer, {"text": TYPED}, token)
    watch.advance(seconds=KEPT.total_seconds() - 1)
    typed.sweep(settings, watch())
    work.sign_in(work.account, watch())
    assert TYPED in work.get(page_of(answer)).text

    watch.advance(seconds=2)

    assert TYPED not in work.get(page_of(answer)).text
    typed.sweep(settings, watch())
    assert rows() == []


def test_nobody_else_is_shown_it(desk, watch, answer):
    """Neither who signs in at the same browser, nor the same person elsewhere, nor who holds the database."""
    work = desk("staff")
    token = work.token()
    work.post("logout")
    send(work, answer, {"text": TYPED}, token)

    (sealed,) = rows()
    assert TYPED.encode() not in sealed
    assert TYPED not in desk("staff").get(page_of(answer)).text
    work.sign_in(desk("responsible").account, watch())
    assert TYPED not in work.get(page_of(answer)).text


def test_who_signs_out_leaves_nothing_to_open(desk, watch, answer):
    work = desk("staff")
    token = work.token()
    watch.advance(seconds=IDLE.total_seconds() + 1)
    send(work, answer, {"text": TYPED}, token)
    work.sign_in(work.account, watch())

    work.post("logout")

    work.sign_in(work.account, watch())
    assert TYPED not in work.get(page_of(answer)).text


def test_a_page_of_a_colleague_does_nothing_under_ones_own_name(desk, watch, answer):
    """Who signed in after them at the same browser, where their page still stood."""
    first = desk("staff")
    token = first.token()
    watch.advance(seconds=IDLE.total_seconds() + 1)
    first.sign_in(desk("responsible").account, watch())

    assert send(first, answer, {"text": TYPED}, token).status_code == 400

    assert contact.look(answer.split("/")[1]).state == "received"
    assert TYPED not in first.get(page_of(answer)).text


@pytest.mark.parametrize("token", ["", "x", "IjEuYSI.aa.bb"])
def test_a_stranger_has_nothing_kept(desk, answer, token):
    stranger: Desk = desk()

    assert send(stranger, answer, {"text": TYPED}, token).status_code == 400

    own = stranger.client.get("/login", base_url=BASE).text.partition('name="csrf_token"')[2].split('value="')[1]
    send(stranger, answer, {"text": TYPED}, own.partition('"')[0])
    assert rows() == []


def test_no_password_is_kept(desk, watch):
    work = desk("staff")
    token = work.token()
    watch.advance(seconds=IDLE.total_seconds() + 1)

    for path in ("account/password", "verify", "login"):
        send(work, path, {"old": "сары ала қаз көлде", "new": "қара ала үйрек", "password": "сары ала қаз"}, token)

    assert rows() == []


def test_five_of_one_account_are_kept_at_most(desk, watch, house):
    work = desk("staff")
    token = work.token()
    watch.advance(seconds=IDLE.total_seconds() + 1)

    for number in range(models.MOST_TYPED + 2):
        watch.advance(seconds=1)
        send(work, f"messages/{number:022}/answer", {"text": TYPED}, token)

    assert len(rows()) == models.MOST_TYPED
    assert timedelta(0) < KEPT <= IDLE


def test_a_second_window_of_the_entrance_leads_in(desk, watch):
    work = desk()
    page = work.client.get("/login", base_url=BASE).text
    token = page.partition('name="csrf_token"')[2].split('value="')[1].partition('"')[0]
    work.sign_in(desk("staff").account, watch())

    assert send(work, "login", {"email": "staff@wadjet.kz", "password": "x"}, token).location == "/console/"
