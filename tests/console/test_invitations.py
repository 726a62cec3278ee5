"""An invitation: good once and for three days, and for no poor password."""

import re
import threading

import pytest

from tests.console.newcomer import PASSWORD, Newcomer
from tests.house import on_both_databases
from wadjet.console import invitations, passwords, service
from wadjet.console.invitations import GOOD_FOR
from wadjet.console.problems import InvitationOver

pytestmark = pytest.mark.true_time


def test_an_invitation_is_good_for_three_days(invite, settings, watch):
    account, token = invite()
    watch.advance(seconds=GOOD_FOR.total_seconds() - 2)
    assert invitations.read(token, settings=settings, now=watch()).id == account.id

    watch.advance(seconds=2)

    with pytest.raises(InvitationOver):
        invitations.read(token, settings=settings, now=watch())


def test_an_invitation_is_good_once(invite, settings, watch):
    _, token = invite()
    service.take_invitation(token, "hashed", settings=settings, now=watch())

    with pytest.raises(InvitationOver):
        service.take_invitation(token, "another", settings=settings, now=watch())


@on_both_databases
def test_of_many_who_take_one_invitation_at_once_one_does(invite, settings, watch):
    account, token = invite()
    outcomes, barrier = [], threading.Barrier(8)

    def take(number):
        barrier.wait()
        try:
            service.take_invitation(token, f"hashed {number}", settings=settings, now=watch())
            outcomes.append(f"hashed {number}")
        except InvitationOver:
            pass

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert [service.get(account.id).password] == outcomes


def test_a_later_invitation_takes_the_place_of_the_earlier(invite, settings, watch):
    account, token = invite()
    service.reset(account.id, by="tests", settings=settings, now=watch())

    with pytest.raises(InvitationOver):
        invitations.read(token, settings=settings, now=watch())


def test_nobody_is_invited_who_is_shut_out(invite, settings, watch):
    account, token = invite()
    service.disable(account.id, by="tests", now=watch())

    with pytest.raises(InvitationOver):
        invitations.read(token, settings=settings, now=watch())


@pytest.mark.parametrize("token", ["", "x", "WzEsMiwiYSJd.bad", "é", "[1,2]"])
def test_what_is_no_invitation_opens_nothing(settings, console, now, token):
    with pytest.raises(InvitationOver):
        invitations.read(token, settings=settings, now=now)


def test_looking_at_an_invitation_does_not_use_it_up(console):
    newcomer = Newcomer(console)

    assert newcomer.get(newcomer.path).status_code == 200
    assert newcomer.get(newcomer.path).status_code == 200
    assert newcomer.now().password is None


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "at least 12"),
        ("x" * 257, "at most 256"),
        ("password1234", "guessed"),
        ("A. Person 2026", "your name"),
    ],
)
def test_a_poor_password_is_refused_beside_its_field(console, password, told):
    newcomer = Newcomer(console)

    answer = newcomer.take_invitation(password)

    assert answer.status_code == 422
    assert told in re.findall(r'id="new-error">([^<]+)', answer.text)[0]
    assert newcomer.now().password is None


@pytest.mark.parametrize(
    "password",
    [
        "qwertyuiop123",
        "passwordpassword",
        "Dragonmonkey",
        "aaaaaaaaaaaa",
        "abcdefghijklm",
        "123456654321",
        "ГГГГГГГГГГГГ",
        "abcabcabcabc",
    ],
)
def test_what_many_would_take_is_known(password):
    assert passwords.objection(password) == "common"


@pytest.mark.parametrize("password", [PASSWORD, "correct horse battery staple", "k7#Vq!x2Lw9z", "u" * 5 + "жәһ-9" * 40])
def test_what_nobody_would_guess_is_taken(password):
    assert passwords.objection(password, ["aigerim@wadjet.kz", "A. Person"]) == ""


def test_the_list_holds_what_is_long_enough_too():
    known = passwords._common()

    assert len(known) > 9000
    assert sum(len(each) >= passwords.LEAST for each in known) > 300
