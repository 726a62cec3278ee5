"""Who works here: hired, appointed, shut out at once; somebody responsible remains; who may see and do that."""

import re
import threading

import pytest

from tests.console.newcomer import Newcomer, events
from tests.house import on_both_databases
from wadjet import clock, database, ledger, mail
from wadjet.console import ROLES, invitations, letters, models, service
from wadjet.console.problems import AccountThere, AccountUnfit, InvitationOver, LastResponsible

pytestmark = pytest.mark.true_time


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "two@wadjet.kz, three@wadjet.kz", "x\r\n@wadjet.kz", "a" * 250 + "@wadjet.kz"]
)
def test_nobody_is_hired_without_an_address(console, settings, now, email):
    with pytest.raises(AccountUnfit):
        service.hire(email, "Bolat", "staff", language="kk", by="tests", settings=settings, now=now)


def test_an_address_stands_for_one(invite):
    invite()

    with pytest.raises(AccountThere):
        invite(email="Bolat@WADJET.kz")


def test_there_is_nobody_before_somebody_is_invited(console):
    assert models.everybody() == []


@on_both_databases
def test_somebody_responsible_remains(invite, watch):
    first, _ = invite("responsible", "first@wadjet.kz")
    second, _ = invite("responsible", "second@wadjet.kz")
    refused, barrier = [], threading.Barrier(2)

    def go(account, act):
        barrier.wait()
        try:
            act(account)
        except LastResponsible:
            refused.append(account.id)

    acts = [
        (first, lambda each: service.disable(each.id, by="tests", now=watch())),
        (second, lambda each: service.appoint(each.id, "staff", by="tests", now=watch())),
    ]
    threads = [threading.Thread(target=go, args=each) for each in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(refused) == 1
    assert len([each for each in models.everybody() if each.active and each.role == "responsible"]) == 1


@on_both_databases
def test_who_has_not_come_yet_takes_nobodys_place(console, invite, settings, watch):
    joined = Newcomer(console, "responsible", "first@wadjet.kz")
    joined.take_invitation()
    second, _ = invite("responsible", "second@wadjet.kz")
    acts = [
        lambda: service.disable(joined.account.id, by="tests", now=watch()),
        lambda: service.appoint(joined.account.id, "staff", by="tests", now=watch()),
    ]

    for act in acts:
        with pytest.raises(LastResponsible):
            act()
    service.disable(second.id, by="tests", now=watch())
    service.enable(second.id, by="tests", now=watch())
    token = service.reset(second.id, by="tests", settings=settings, now=watch()).split("/")[-2]
    service.take_invitation(token, "hashed", settings=settings, now=watch())
    for act in acts:
        act()


def test_who_is_shut_out_is_out_everywhere_at_once(console, watch):
    newcomer = Newcomer(console).join()

    service.disable(newcomer.account.id, by="tests", now=watch())

    assert not newcomer.is_in
    assert newcomer.give_password().status_code == 200
    service.enable(newcomer.account.id, by="tests", now=watch())
    assert newcomer.give_password().status_code == 302


def test_whose_sessions_are_ended_keeps_an_invitation(desk, invite, settings, watch):
    account, token = invite()

    desk("responsible").post(f"users/{account.id}/send-out")

    assert invitations.read(token, settings=settings, now=watch()).id == account.id


def test_who_is_let_in_again_without_a_password_needs_a_new_invitation(desk, invite, settings, watch):
    account, token = invite()
    work = desk("responsible")
    work.post(f"users/{account.id}/disable")

    work.post(f"users/{account.id}/enable")

    assert "They can come in again with a new invitation" in work.get(f"users/{account.id}/").text
    with pytest.raises(InvitationOver):
        invitations.read(token, settings=settings, now=watch())


def test_a_new_invitation_keeps_the_second_factor(console, settings, watch):
    newcomer = Newcomer(console).join()
    newcomer.link = service.reset(newcomer.account.id, by="tests", settings=settings, now=watch())
    assert not newcomer.is_in
    assert newcomer.give_password().status_code == 200

    newcomer.take_invitation("another four of words")
    newcomer.password = "another four of words"

    assert newcomer.give_password().location.startswith("/console/tf-validate")
    newcomer.give_code(newcomer.code())
    assert newcomer.is_in


def test_a_new_invitation_can_take_the_second_factor_away(console, settings, watch):
    newcomer = Newcomer(console).join()
    newcomer.link = service.reset(newcomer.account.id, second_factor=True, by="tests", settings=settings, now=watch())
    newcomer.take_invitation()

    assert newcomer.give_password().location.startswith("/console/tf-setup")
    assert newcomer.now().mf_recovery_codes == []


def test_another_role_ends_what_the_old_one_opened(console, watch):
    newcomer = Newcomer(console).join()

    service.appoint(newcomer.account.id, "auditor", by="tests", now=watch())

    assert not newcomer.is_in
    assert newcomer.now().role == "auditor"


def test_every_act_leaves_a_row_that_names_nobody(invite, settings, watch):
    account, token = invite()
    service.take_invitation(token, "hashed", settings=settings, now=watch())
    service.appoint(account.id, "auditor", by="staff-1", now=watch())
    service.disable(account.id, by="staff-1", now=watch())
    service.enable(account.id, by="staff-1", now=watch())
    service.send_out(account.id, by="staff-1", now=watch())
    service.reset(account.id, by="staff-1", settings=settings, now=watch())

    assert events(account) == ["added", "joined", "appointed", "disabled", "enabled", "sent-out", "invited"]
    assert "olat" not in str(list(ledger.listing(database.vault)))


def test_a_letter_tells_of_what_changed_and_of_nothing_else(invite, settings, watch):
    account, token = invite()
    service.take_invitation(token, "hashed", settings=settings, now=watch())
    service.appoint(account.id, "auditor", by="staff-1", now=watch())

    letter = letters.tell(letters.about(account.id, "role"), settings, watch())

    assert letter is not None
    assert letter.to == "bolat@wadjet.kz"
    assert "Рөліңіз өзгертілді." in letter.text
    assert database.vault.read(lambda: mail.is_known(letters.CHANGED, letters.about(account.id, "role")))
    assert letters.tell(letters.about(99, "role"), settings, watch()) is None


@pytest.mark.parametrize("what", letters.WHAT)
def test_every_letter_can_be_written(invite, settings, watch, what):
    account, _ = invite()

    letter = letters.tell(letters.about(account.id, what), settings, watch())

    assert letter is not None
    assert letter.subject


def test_the_list_shows_everybody_a_page_at_a_time(desk, invite):
    for number in range(60):
        invite("staff", f"somebody{number}@wadjet.kz")
    work = desk("auditor")

    first = work.get("users/")

    assert first.text.count('data-name="In journals"') == 50
    following = re.findall(r'href="(/console/users/\?after=\d+)" rel="next"', first.text)[0]
    assert work.get(following).text.count('data-name="In journals"') == 11
    assert "somebody3@" not in first.text


def test_who_only_reads_sees_no_buttons_and_presses_none(desk, invite):
    account, _ = invite()
    work = desk("auditor")

    assert "<form" not in work.get(f"users/{account.id}/").text.partition("<main")[2]
    for act in ("role", "disable", "enable", "send-out", "reset"):
        assert work.post(f"users/{account.id}/{act}", {"role": "responsible"}).status_code == 403
    assert service.get(account.id).role == "staff"


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"responsible", "auditor"}))
def test_other_roles_do_not_see_who_works_here(desk, invite, role):
    account, _ = invite(email="other@wadjet.kz")

    work = desk(role)
    for page in ("users/", "users/add/", f"users/{account.id}/"):
        assert work.get(page).status_code == 403


def test_inviting_shows_the_link_once(desk, console):
    work = desk("responsible")

    answer = work.post("users/add/", {"name": "Dana", "email": "dana@wadjet.kz", "role": "staff", "language": "kk"})

    link = re.findall(r'readonly value="([^"]+)"', answer.text)[0]
    assert answer.headers["Cache-Control"] == "no-store"
    newcomer = console.test_client()
    assert newcomer.get(link.partition("/console")[2], base_url="http://localhost/console/").status_code == 200
    dana = service.find("dana@wadjet.kz")
    assert "invitation/" not in work.get(f"users/{dana.id}/").text


def test_what_is_wrong_with_an_invitation_stands_beside_its_field(desk):
    work = desk("responsible")

    answer = work.post("users/add/", {"name": " ", "email": "no address", "role": "king", "language": "kk"})

    assert answer.status_code == 422
    assert 'value="no address"' in answer.text
    assert {"name-error", "email-error", "role-error"} <= set(
        re.findall(r'<strong class="error" id="([^"]+)"', answer.text)
    )


def test_the_role_that_somebody_has_is_not_told_as_another(desk, invite):
    account, _ = invite("staff")
    work = desk("responsible")

    work.post(f"users/{account.id}/role", {"role": "staff", "was": "staff"})

    page = work.get(f"users/{account.id}/").text
    assert "They have this role already." in page
    assert "They sign in anew." not in page
    assert "appointed" not in events(account)


def test_of_two_who_appoint_the_second_hears_of_it(desk, invite):
    account, _ = invite()
    work = desk("responsible")
    service.appoint(account.id, "auditor", by="staff-9", now=clock.now())

    answer = work.post(f"users/{account.id}/role", {"role": "maintainer", "was": "staff"})

    assert answer.status_code == 409
    assert "Somebody else has changed this meanwhile" in answer.text
    assert '<option value="maintainer" selected>' in answer.text
    assert service.get(account.id).role == "auditor"


def test_the_last_one_responsible_cannot_shut_themselves_out(desk):
    work = desk("responsible")

    answer = work.post(f"users/{work.account.id}/disable")

    assert answer.status_code == 409
    assert "One responsible person has to remain" in answer.text


def test_what_concerns_users_wants_the_password_again(desk, invite, watch):
    account, _ = invite()
    work = desk("responsible")
    watch.advance(minutes=11)

    for act in ("role", "disable", "enable", "reset"):
        answer = work.post(f"users/{account.id}/{act}", {"role": "auditor", "was": "staff"})
        assert answer.location == f"/console/verify?next=/console/users/{account.id}/"
    assert service.get(account.id).role == "staff"
