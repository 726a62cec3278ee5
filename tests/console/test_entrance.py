"""How somebody comes in: by both factors, to the page they wanted, in a session of their own."""

import inspect
import logging
import re
from datetime import timedelta

import pytest
from flask_security import recovery_codes, tf_plugin, views, webauthn

from tests import translations
from tests.console.conftest import TOKEN
from tests.console.newcomer import PASSWORD
from wadjet import clock, database, ledger
from wadjet.console import forms, guard, sentences
from wadjet.console.entrance import HALFWAY, PAGES
from wadjet.console.guard import ENTRANCE

pytestmark = pytest.mark.true_time


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


def test_no_link_signs_anybody_out(member):
    member.give_password()
    member.give_code(member.code())

    for path in PAGES.values():
        if "<" not in path[0]:
            member.get(path[0].removeprefix("/"))
            assert member.is_in, path[0]


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


@pytest.mark.parametrize(("language", "word"), [("kk", "Кіру"), ("ru", "Войти"), ("en", "Sign in")])
def test_it_speaks_the_browsers_language(desk, language, word):
    assert f"<h1>{word}</h1>" in desk().get("login", headers={"Accept-Language": language}).text


def test_who_goes_back_to_the_page_of_the_code_stays_in(newcomer):
    newcomer.join()

    answer = newcomer.get("tf-validate")

    assert answer.location == "/console/account/"
    assert newcomer.is_in
