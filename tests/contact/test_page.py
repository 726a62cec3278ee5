"""The form as a page: no script, nothing typed is ever lost."""

import re
import threading
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from tests.writer import AIGERIM, BOLAT
from wadjet import consent, contact


def hidden(html):
    return dict(re.findall(r'<input[^>]*name="(csrf_token|started|id|offer|at)"[^>]*value="([^"]*)"', html))


@pytest.fixture
def form(client, watch):
    """`form(**typed)`: open the page, read it for ten seconds, send it; the answer."""

    def send(written=BOLAT, *, seconds=10, ticked=("feedback",), **changes):
        body = hidden(client.get("/contact/?lang=ru").text) | written | dict.fromkeys(ticked, "y") | changes
        watch.moment += timedelta(seconds=seconds)
        return client.post("/contact/?lang=ru", data=body)

    return send


def still_there(answer, written):
    page = unescape(answer.text)
    return all(value in page for value in written.values())


def test_a_message_is_sent_without_javascript(form):
    answer = form()

    assert answer.status_code == 200
    (message,) = contact.listing()
    assert message["language"] == "ru"
    assert message["receipt"] in answer.text
    assert consent.standing(message["receipt"]) == {"feedback": True, "marketing": False}


@pytest.mark.parametrize(
    ("language", "said"), [("kk", "растаңыз"), ("ru", "подтвердите"), ("en", "confirm your message")]
)
@pytest.mark.parametrize("asked", [True, False])
def test_the_page_says_that_a_message_does_not_count_yet(asked, language, said, open_app, publish, watch):
    client = open_app(confirm_contact=asked).test_client()
    publish()
    body = hidden(client.get(f"/contact/?lang={language}").text) | BOLAT | {"feedback": "y"}
    watch.advance(seconds=10)

    answer = client.post(f"/contact/?lang={language}", data=body)

    assert answer.status_code == 200
    assert answer.text.count(said) == (2 if asked else 0)  # title and heading


def test_each_mistake_stands_beside_its_field_and_nothing_typed_is_lost(form):
    answer = form(AIGERIM | {"email": "nobody", "phone": "12"})

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2
    assert still_there(answer, AIGERIM | {"email": "nobody", "phone": "12"})
    assert list(contact.listing()) == []


def test_without_the_tick_nothing_is_kept(form):
    answer = form(ticked=())

    assert answer.status_code == 422
    assert still_there(answer, BOLAT)
    assert list(contact.listing()) == []


@pytest.mark.clause("7.1")
def test_without_a_consent_to_ask_for_there_is_no_form(client, bundle, publish, watch):
    body = hidden(client.get("/contact/").text) | BOLAT
    publish(purposes=tuple(replace(each, asked="banner") for each in bundle.purposes))
    watch.advance(seconds=10)

    page, answer = client.get("/contact/?lang=en"), client.post("/contact/", data=body)

    assert (page.status_code, answer.status_code) == (200, 422)
    assert "<form" not in page.text + answer.text
    assert "Messages are not taken here" in page.text
    assert list(contact.listing()) == []


def test_the_page_is_ticked_by_nobody_but_the_person(client):
    assert "checked" not in client.get("/contact/").text


def test_a_policy_changed_meanwhile_clears_the_ticks_and_keeps_the_words(client, form, publish, watch):
    body = hidden(client.get("/contact/?lang=ru").text) | BOLAT | {"feedback": "y"}
    publish(material=True)
    watch.advance(seconds=10)

    answer = client.post("/contact/?lang=ru", data=body)

    assert answer.status_code == 422
    assert still_there(answer, BOLAT)
    assert "checked" not in answer.text
    assert list(contact.listing()) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        {"website": "http://spam"},
        {"started": "x"},
        {"csrf_token": "x"},
        {"csrf_token": ""},
        {"seconds": 1},
        {"seconds": 90000},
    ],
    ids=str,
)
def test_what_does_not_look_like_a_reader_is_asked_again(form, spoilt):
    answer = form(**spoilt)

    assert answer.status_code == 422
    assert still_there(answer, BOLAT)
    assert list(contact.listing()) == []


def test_sent_twice_by_a_reload_it_is_one_message(client, watch):
    body = hidden(client.get("/contact/").text) | BOLAT | {"feedback": "y"}
    watch.advance(seconds=10)
    first = client.post("/contact/", data=body)
    watch.advance(seconds=10)

    again = client.post("/contact/", data=body)

    assert (first.status_code, again.status_code) == (200, 200)
    (message,) = contact.listing()
    assert message["receipt"] in again.text


def test_sent_twice_by_a_double_click_it_is_one_message(app, client, watch):
    body = hidden(client.get("/contact/").text) | BOLAT | {"feedback": "y"}
    watch.advance(seconds=10)
    cookie, answers = client.get_cookie("wadjet"), []

    def click():
        browser = app.test_client()
        browser.set_cookie(cookie.key, cookie.value)
        watch.advance(seconds=1)
        answers.append(browser.post("/contact/", data=body).status_code)

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()

    assert answers == [200, 200]
    assert len(list(contact.listing())) == 1


def test_three_thousand_kazakh_letters_are_taken(client, watch):
    """As the page sends them: percent-encoded they would be more than a body may hold."""
    page = client.get("/contact/").text
    written = BOLAT | {"message": "қ" * 3000}
    watch.advance(seconds=10)

    answer = client.post(
        "/contact/", data=hidden(page) | written | {"feedback": "y"}, content_type="multipart/form-data"
    )

    assert 'enctype="multipart/form-data"' in page
    assert answer.status_code == 200


def test_whoever_mends_a_mistake_need_not_wait(form, client):
    page = form(BOLAT | {"email": "bolat"}).text

    assert client.post("/contact/", data=hidden(page) | BOLAT | {"feedback": "y"}).status_code == 200


@pytest.mark.clause("4.2.a", "4.2.b", "4.3")
def test_the_statements_are_made(client):
    page = unescape(client.get("/contact/?lang=en").text)

    assert "accurate" in page
    assert "consent of" in page


def test_the_one_cookie_is_kept_to_ourselves(open_app, publish):
    client = open_app(base_url="https://consent.wadjet.kz").test_client()
    publish()

    with client.get("/contact/", base_url="https://consent.wadjet.kz") as answer:
        (cookie,) = answer.headers.getlist("Set-Cookie")
    with client.get("/privacy/", base_url="https://consent.wadjet.kz") as page:
        others = page.headers.getlist("Set-Cookie")

    assert cookie.startswith("__Host-wadjet=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} == set(cookie.split("; ")[1:])
    assert others == []
