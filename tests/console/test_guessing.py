"""Passwords as they were typed; nobody comes in by guessing, and nobody is shut out by one who guesses."""

import html
import random
import statistics
import time

import pytest

from tests.console.conftest import BASE, TOKEN
from tests.console.newcomer import PASSWORD, Newcomer
from tests.faults.figures import full
from tests.faults.test_enumeration import HIGHEST, auc
from wadjet import clock, database
from wadjet.console import models, service, tries

pytestmark = pytest.mark.true_time


def test_what_is_kept_of_a_password_is_argon2(newcomer):
    newcomer.take_invitation()

    assert newcomer.now().password.startswith("$argon2id$")


def test_the_key_of_the_app_is_kept_sealed(member):
    assert member.key not in member.now().tf_totp_secret


@pytest.mark.parametrize(
    "password", ["q" * 5 + "жәһ-9" * 20, "P" + "ä̈ ö" * 60, " correct horse  battery ", "a\tb\u00a0c d e\u3000f g"]
)
def test_a_password_is_taken_as_it_was_typed(newcomer, password):
    newcomer.password = password
    assert newcomer.take_invitation(password).status_code == 303

    assert (
        newcomer.give_password(password.strip() if password != password.strip() else password[:-1]).status_code == 200
    )
    assert newcomer.give_password(password.swapcase()).status_code == 200
    assert newcomer.give_password(password).status_code == 302


def test_a_letter_written_otherwise_is_another_letter(newcomer):
    newcomer.take_invitation("\u0439 of one sign, fine")

    assert newcomer.give_password("\u0438\u0306 of one sign, fine").status_code == 200
    assert newcomer.give_password("\u0439 of one sign, fine").status_code == 302


def answers_to(console, email, password="not the one at all"):
    """What one hears who guesses, without what is new in every answer."""
    browser = console.test_client()
    page = browser.get("/login", base_url=BASE)
    form = {"email": email, "password": password, "csrf_token": TOKEN.findall(page.text)[0]}
    answer = browser.post("/login", data=form, base_url=BASE)
    told = {name: value for name, value in answer.headers if name != "Set-Cookie"}
    told.pop("Content-Length")
    return answer.status_code, told, TOKEN.sub("", answer.text).replace(html.escape(email), "")


def test_nobody_learns_who_works_here(console, member, hire):
    disabled = Newcomer(console, email="disabled@wadjet.kz").join()
    service.disable(disabled.account.id, by="tests", now=clock.now())
    hire("auditor", "invited@wadjet.kz")

    unknown = answers_to(console, "nobody@wadjet.kz")

    for email in (member.account.email, "disabled@wadjet.kz", "invited@wadjet.kz"):
        assert answers_to(console, email) == unknown
    assert answers_to(console, "disabled@wadjet.kz", PASSWORD) == unknown


def test_as_much_is_reckoned_for_who_is_unknown(console, member, monkeypatch):
    """The dear part of an answer is argon2's, and comes once whoever it is."""
    reckoned = []
    context = console.extensions["security"].pwd_context

    def counted(whole):
        def reckon(*given, **options):
            reckoned.append(whole)
            return whole(*given, **options)

        return reckon

    for name in ("hash", "verify"):
        monkeypatch.setattr(context, name, counted(getattr(context, name)))

    answers_to(console, member.account.email)
    known = len(reckoned)
    answers_to(console, "nobody@wadjet.kz")

    assert known == 1
    assert len(reckoned) == 2


class Stranger:
    """Tries addresses, each from a network of its own, and times the answers."""

    def __init__(self, console):
        self.client = console.test_client()
        self.token = TOKEN.findall(self.client.get("/login", base_url=BASE).text)[0]
        self.networks = 0

    def seconds(self, email):
        self.networks += 1
        network = f"10.{self.networks >> 16}.{self.networks >> 8 & 255}.{self.networks & 255}"
        form = {"email": email, "password": "a guess of twelve", "csrf_token": self.token}
        began = time.perf_counter()
        answer = self.client.post("/login", data=form, base_url=BASE, environ_base={"REMOTE_ADDR": network})
        took = time.perf_counter() - began
        assert answer.status_code == 200
        return took


@pytest.mark.parametrize("pairs", [full(3_000)])
def test_time_tells_nobody_who_works_here(console, pairs, progress):
    """Somebody who works here, or nobody: by chance which is tried first, each as often as a day allows."""
    here = [f"{number:03}-here@wadjet.kz" for number in range(-(-pairs // tries.A_DAY["password"]))]
    for email in here:
        Newcomer(console, email=email).take_invitation()
    nobody = [email.replace("here", "none") for email in here]
    order = [pair for pair in zip(here, nobody, strict=True) for _ in range(tries.A_DAY["password"])][:pairs]
    random.shuffle(order)
    stranger = Stranger(console)
    times: dict[bool, list[float]] = {True: [], False: []}
    for number, pair in enumerate(order):
        for which in random.sample((True, False), 2):
            times[which].append(stranger.seconds(pair[0] if which else pair[1]))
        progress.tell(number + 1, pairs)

    found_out = auc(times[True], times[False])
    known, unknown = (statistics.median(times[each]) * 1000 for each in (True, False))
    progress.say(f"{pairs:,} pairs, AUC {found_out:.3f}; of the staff {known:.2f} ms, nobody {unknown:.2f} ms")
    assert 1 - HIGHEST <= found_out <= HIGHEST


def test_who_guesses_is_stopped_and_the_owner_is_not(member):
    stranger = member.another_browser()
    for _ in range(tries.A_DAY["password"]):
        assert stranger.give_password("a guess of twelve").status_code == 200

    answer = stranger.give_password()  # right at last

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 86400
    assert member.give_password().location.startswith("/console/tf-validate")


def test_who_guesses_at_nobody_is_stopped_likewise(console, newcomer):
    newcomer.account.email = "nobody@wadjet.kz"
    for _ in range(tries.A_DAY["password"]):
        assert newcomer.give_password().status_code == 200

    assert newcomer.give_password().status_code == 429


def test_codes_are_guessed_at_fifteen_times_a_day(member, watch):
    stranger = member.another_browser()
    stranger.give_password()
    for number in range(tries.A_DAY["code"]):
        assert stranger.give_code(f"{number:06}").status_code == 200
    assert stranger.give_code(member.code()).status_code == 429

    member.give_password()
    member.give_code(member.code())

    assert member.is_in


def test_a_day_of_guesses_opens_less_than_one_in_ten_thousand():
    good_at_a_time, of_all = 3, 10**6
    strangers_and_one_browser = 2 * tries.A_DAY["code"]

    assert strangers_and_one_browser * good_at_a_time / of_all <= 1e-4


def test_right_ones_are_not_counted(member):
    for _ in range(tries.A_DAY["code"] + 2):
        member.forget_the_code()
        member.give_password()
        member.give_code(member.code())
        assert member.is_in
        member.post("logout")


def test_on_the_next_day_one_may_guess_again(member, watch):
    stranger = member.another_browser()
    for _ in range(tries.A_DAY["password"]):
        stranger.give_password("a guess of twelve")
    watch.advance(days=1)

    assert stranger.give_password().status_code == 302
    kept = database.vault.read(lambda: {each.day for each in models.Try.select()})
    assert kept == {str(clock.local_date(watch()))}


def test_a_network_is_counted_without_its_address(newcomer, settings):
    email = newcomer.account.email
    for number in range(100):
        newcomer.account.email = f"nobody{number}@wadjet.kz"
        with newcomer.console.test_client() as browser:
            answer = browser.post(
                "/mf-recovery",
                data={"csrf_token": "none"},
                base_url=BASE,
                environ_base={"REMOTE_ADDR": "203.0.113.7"},
            )
        assert answer.status_code == 400  # the token is asked for first
    newcomer.account.email = email
    taken = [
        newcomer.give_password("a guess of twelve", environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code
        for _ in range(3)
    ]

    assert taken == [200, 200, 200]
    assert "203.0.113.7" not in str(database.vault.read(lambda: list(models.Try.select().dicts())))


def test_nobody_keeps_a_newcomer_out_by_guessing(newcomer):
    newcomer.take_invitation()
    stranger = newcomer.another_browser()
    for _ in range(tries.A_DAY["password"]):
        stranger.give_password("a guess of twelve")
    assert stranger.give_password().status_code == 429

    assert newcomer.give_password().location.startswith("/console/tf-setup")
    assert newcomer.set_up().location == "/console/mf-recovery-codes"


def test_a_network_that_posts_without_end_waits_and_others_do_not(console):
    browser = console.test_client()
    page = browser.get("/login", base_url=BASE)
    form = {"email": "nobody@wadjet.kz", "csrf_token": TOKEN.findall(page.text)[0]}  # no password: none is reckoned

    def post(address):
        return browser.post("/login", data=form, base_url=BASE, environ_base={"REMOTE_ADDR": address})

    assert {post(f"2001:db8::{number:x}").status_code for number in range(100)} == {200}
    assert post("2001:db8::ffff").status_code == 429
    assert post("2001:db8:0:1::1").status_code == 200
