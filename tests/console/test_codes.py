"""The second factor's codes: each is taken once, however many try it at once."""

import json
import threading

import pytest

pytestmark = pytest.mark.true_time


def test_a_code_is_taken_once(member):
    member.give_password()
    code = member.code()
    member.give_code(code)
    other = member.another_browser()
    other.give_password()

    answer = other.give_code(code)

    assert answer.status_code == 200
    assert "was used already" in answer.text
    assert not other.is_in


def test_an_older_code_is_not_taken_after_a_newer_one(member):
    member.give_password()
    member.give_code(member.code())
    other = member.another_browser()
    other.give_password()

    other.give_code(member.code(-1))

    assert not other.is_in


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_another_time_is_not_taken(member, steps):
    member.give_password()

    member.give_code(member.code(steps))

    assert not member.is_in


@pytest.mark.parametrize("code", ["", "1", "abcdef", "１２３４５６", "1" * 13, "\0", "000000 or 1"])
def test_what_is_no_code_is_refused_calmly(member, code):
    member.give_password()

    assert member.give_code(code).status_code == 200
    assert not member.is_in


def at_once(browsers, act):
    """All do it at the same moment."""
    barrier = threading.Barrier(len(browsers))

    def go(browser):
        barrier.wait()
        act(browser)

    threads = [threading.Thread(target=go, args=(each,)) for each in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(each.is_in for each in browsers)


def halfway(member, count):
    """Browsers in which the password was given."""
    browsers = [member.another_browser() for _ in range(count)]
    for each in browsers:
        each.give_password()
    return browsers


def test_of_many_who_give_a_code_at_once_one_comes_in(member):
    code = member.code()

    assert at_once(halfway(member, 6), lambda each: each.give_code(code)) == 1


def test_of_many_who_give_a_recovery_code_at_once_one_comes_in(member):
    code = member.codes[3]

    assert at_once(halfway(member, 6), lambda each: each.send("mf-recovery", {"code": code})) == 1
    assert len(member.now().mf_recovery_codes) == 7


def test_two_recovery_codes_at_once_are_both_used_up(member):
    first, second = halfway(member, 2)
    codes = {id(first): member.codes[0], id(second): member.codes[1]}

    assert at_once([first, second], lambda each: each.send("mf-recovery", {"code": codes[id(each)]})) == 2
    assert len(member.now().mf_recovery_codes) == 6


def test_a_recovery_code_opens_once_however_it_is_typed(member):
    member.give_password()
    member.send("mf-recovery", {"code": f"  {member.codes[0].upper().replace('-', ' ')} "})
    assert member.is_in
    member.post("logout")
    member.give_password()

    answer = member.send("mf-recovery", {"code": member.codes[0]})

    assert "is not right" in answer.text
    assert not member.is_in


def test_recovery_codes_are_shown_once_and_kept_by_nobody(newcomer):
    newcomer.join()

    for page in ("mf-recovery-codes", "mf-recovery-codes?show_codes=1"):
        assert not any(code in newcomer.get(page).text for code in newcomer.codes)
    kept = json.dumps(newcomer.now().mf_recovery_codes)
    assert not any(code in kept or code.replace("-", "") in kept for code in newcomer.codes)
    assert all(len(code.replace("-", "")) * 5 >= 112 for code in newcomer.codes)
