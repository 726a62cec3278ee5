"""How somebody comes in: both factors, each code once, nobody by guessing, and nobody shut out by one who guesses."""

import html
import inspect
import json
import logging
import re
import threading
from datetime import timedelta

import pytest
from flask_security import recovery_codes, tf_plugin, views, webauthn

from tests import translations
from tests.console.conftest import TOKEN
from tests.console.newcomer import PASSWORD, Newcomer
from tests.house import Watch
from wadjet import clock, database, ledger
from wadjet.console import forms, guard, models, sentences, service, tries
from wadjet.console.entrance import HALFWAY, PAGES
from wadjet.console.guard import ENTRANCE


@pytest.fixture
def watch():
    """The true time: apps and the library go by it."""
    return Watch(clock.now())


@pytest.fixture
def newcomer(console):
    return Newcomer(console)


@pytest.fixture
def member(newcomer):
    """Somebody who has come the whole way, and signed out."""
    newcomer.join()
    newcomer.post("logout")
    return newcomer


def test_only_the_pages_that_are_wanted_are_there(console):
    there = {rule.endpoint for rule in console.url_map.iter_rules() if rule.endpoint.startswith("security.")}

    assert there == set(ENTRANCE)


@pytest.mark.parametrize(
    "path",
    ["tf-rescue", "wan-verify", "us-signin", "reset", "register", "change", "confirm", "fs-static/js/webauthn.js"],
)
def test_what_the_library_brings_besides_is_not(desk, path):
    assert desk("responsible").get(path).status_code == 404


def test_the_whole_way_in(newcomer):
    assert newcomer.take_invitation().location == "/console/login"
    assert newcomer.give_password().location.startswith("/console/tf-setup")
    assert newcomer.set_up().location == "/console/mf-recovery-codes"
    assert newcomer.is_in

    newcomer.make_codes()

    assert len(newcomer.codes) == 8
    assert newcomer.post("logout").status_code == 302
    assert not newcomer.is_in


def test_who_comes_again_gives_both(member):
    assert member.give_password().location == "/console/tf-validate?next=/console/"
    assert not member.is_in

    answer = member.give_code(member.code())

    assert answer.location == "/console/"
    assert member.is_in


def test_who_was_asked_to_sign_in_comes_to_the_page_they_wanted(member):
    token = TOKEN.findall(member.get("login?next=/console/users/").text)[0]
    form = {"email": member.account.email, "password": PASSWORD, "csrf_token": token, "next": "/console/account/"}
    onward = member.client.post("/login", data=form, base_url="http://localhost/console/").location

    answer = member.client.post(
        onward.removeprefix("/console"),
        data={"csrf_token": token, "code": member.code()},
        base_url="http://localhost/console/",
    )

    assert answer.location == "/console/account/"


def test_nobody_is_sent_elsewhere(member):
    for away in (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/console//evil.example",
        "/console/\\evil.example",
        "javascript:alert(1)",
    ):
        form = {"email": member.account.email, "password": PASSWORD, "next": away}
        assert member.send("login", form).status_code == 400
        assert member.get("tf-validate", query_string={"next": away}).status_code == 400


def test_the_password_alone_opens_nothing(member, console):
    member.give_password()

    for rule in console.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments and guard.needed(console, rule.endpoint) is not None:
            assert member.get(rule.rule.lstrip("/")).location.startswith("/console/login"), rule.rule


def test_who_has_a_second_factor_cannot_set_up_another_by_the_password(member):
    member.give_password()

    answer = member.send("tf-setup", {"setup": "authenticator"})

    assert answer.location == "/console/login"
    assert member.now().tf_totp_secret is not None


def test_a_cookie_of_the_first_setting_up_is_worth_nothing_later(newcomer):
    newcomer.take_invitation()
    newcomer.give_password()
    newcomer.send("tf-setup", {"setup": "authenticator"})
    kept = newcomer.client.get_cookie("wadjet-console").value
    newcomer.set_up()
    secret = newcomer.now().tf_totp_secret
    other = newcomer.another_browser()
    other.client.set_cookie("wadjet-console", kept)

    answer = other.send("tf-setup", {"setup": "authenticator"})

    assert answer.location == "/console/login"
    assert newcomer.now().tf_totp_secret == secret


def test_the_password_waits_ten_minutes_for_the_code(member, watch):
    member.give_password()
    watch.advance(seconds=HALFWAY.total_seconds() + 1)

    answer = member.give_code(member.code())

    assert answer.location == "/console/login"
    assert not member.is_in


def test_who_goes_back_to_the_page_of_the_code_stays_in(newcomer):
    newcomer.join()

    answer = newcomer.get("tf-validate")

    assert answer.location == "/console/"
    assert newcomer.is_in


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
    page = browser.get("/login", base_url="http://localhost/console/")
    form = {"email": email, "password": password, "csrf_token": TOKEN.findall(page.text)[0]}
    answer = browser.post("/login", data=form, base_url="http://localhost/console/")
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
                base_url="http://localhost/console/",
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


def test_no_form_of_a_program_is_read(member):
    token = TOKEN.findall(member.get("login").text)[0]

    answer = member.client.post(
        "/login",
        json={"email": member.account.email, "password": PASSWORD},
        headers={"X-CSRFToken": token},
        base_url="http://localhost/console/",
    )

    assert answer.status_code == 415


def test_giving_the_password_again_makes_it_fresh_and_the_session_another(member, watch):
    member.give_password()
    member.give_code(member.code())
    kept = member.client.get_cookie("wadjet-console").value
    watch.moment += timedelta(minutes=11)
    assert member.get("mf-recovery-codes").location.startswith("/console/verify?next=")

    wrong = member.send("verify", {"password": "a guess of twelve"})
    assert wrong.status_code == 200
    assert "This is not your password." in wrong.text
    watch.moment = clock.now()
    answer = member.send("verify?next=/console/mf-recovery-codes", {"password": PASSWORD, "next": "/console/account/"})

    assert answer.location == "/console/account/"
    assert member.get("mf-recovery-codes").status_code == 200
    old = member.another_browser()
    old.client.set_cookie("wadjet-console", kept)
    assert not old.is_in


def test_signing_in_makes_a_session_that_nobody_could_have_fixed(member):
    member.get("login")
    before = member.client.get_cookie("wadjet-console").value
    member.give_password()
    member.give_code(member.code())

    fixed = member.another_browser()
    fixed.client.set_cookie("wadjet-console", before)

    assert member.is_in
    assert not fixed.is_in


def test_the_log_tells_of_signing_in_and_of_nobody(member, caplog):
    with caplog.at_level(logging.INFO, "wadjet.console"):
        member.give_password("a guess of twelve")
        member.give_password()
        member.give_code("000000")
        member.give_code(member.code())
        member.send("verify", {"password": "a guess of twelve"})

    told = [each.facts for each in caplog.records if each.name == "wadjet.console"]
    assert told == [
        {"outcome": "refused", "by": "password"},
        {"outcome": "refused", "by": "second factor"},
        {"outcome": "signed in", "by": "second factor", "who": member.account.handle},
        {"outcome": "refused", "by": "password again", "who": member.account.handle},
    ]
    assert "aigerim" not in caplog.text


def test_setting_up_anew_ends_the_old_app_and_is_told(member, watch):
    member.give_password()
    member.give_code(member.code())
    old = member.key
    page = member.send("tf-setup", {"setup": "authenticator"})
    found = re.findall(r'<code class="key">([^<]+)</code>', page.text)
    member.key = found[0].replace("-", "")
    address = re.findall(r'action="/console(/tf-setup/[^"]+)"', page.text)[0]

    answer = member.client.post(
        address,
        data={"csrf_token": TOKEN.findall(page.text)[0], "code": member.code()},
        base_url="http://localhost/console/",
    )

    assert answer.location == "/console/account/"
    assert member.key != old
    member.post("logout")
    member.forget_the_code()
    member.give_password()
    member.give_code(member.code())
    assert member.is_in
    events = [row["event"] for row in ledger.listing(database.vault) if row["about"] == member.account.handle]
    assert events.count("console:account:factor-changed") == 2


def test_the_qr_code_is_drawn_in_the_page(newcomer):
    newcomer.take_invitation()
    newcomer.give_password()

    page = newcomer.send("tf-setup", {"setup": "authenticator"}).text

    assert re.search(r'<svg class="qr" viewBox="0 0 \d+ \d+" role="img"[^>]*><path d="(M\d+ \d+h1v1h-1z)+">', page)
    assert "data:" not in page


def reachable():
    """The messages that the library's pages which are there can show."""
    parts = [each for _, each, _ in PAGES.values()]
    parts += [views.default_render_json, tf_plugin.tf_illegal_state, tf_plugin.TfPlugin]
    parts += [base for form in vars(forms).values() if inspect.isclass(form) for base in inspect.getmro(form)]
    source = "".join(inspect.getsource(each) for each in dict.fromkeys(parts) if "flask_security" in each.__module__)
    source += inspect.getsource(webauthn) + inspect.getsource(recovery_codes)
    said = re.findall(r'get_message\(\s*"([A-Z_]+)"|message="([A-Z_]+)"', source)
    return {one or other for one, other in said}


SWITCHED_OFF = {
    "FORGOT_PASSWORD",  # passwords are reset by invitation
    "CONFIRMATION_REQUIRED",
    "PHONE_INVALID",  # and codes come from an app
    "TWO_FACTOR_DISABLED",
}


def test_every_message_is_said_in_our_words():
    assert reachable() - set(sentences.MESSAGES) <= SWITCHED_OFF


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_message_is_translated(language):
    catalogue = translations.read(language)

    assert [said for said, _ in sentences.MESSAGES.values() if not catalogue[said].string] == []


@pytest.mark.parametrize(("language", "word"), [("kk", "Кіру"), ("ru", "Вход"), ("en", "Sign in")])
def test_it_speaks_the_browsers_language(desk, language, word):
    assert f"<h1>{word}</h1>" in desk().get("login", headers={"Accept-Language": language}).text
