"""What is kept in memory is the same for everybody, fresh, bounded, and there when the database is gone."""

import pytest
from flask import Flask, request
from werkzeug.test import Client

from wadjet import database
from wadjet.problems import Unavailable
from wadjet.web import negotiate, shelf


class Front(Client):
    """Asks a small application through a shelf. `asked` counts what reached it; `stamp` is its edition."""

    asked = 0
    stamp = 1

    def __init__(self):
        app = Flask(__name__)
        app.add_url_rule("/page", view_func=self.page, methods=["GET", "POST"])
        app.add_url_rule("/person", view_func=self.person)
        app.add_url_rule("/refusal", view_func=self.refusal)
        super().__init__(shelf.Shelf(app, lambda: self.stamp, ["localhost"]))

    def page(self):
        self.asked += 1
        shelf.keep(request)
        return negotiate.answer(request, b"page", "text/plain", digest=str(self.stamp) * 64, max_age=60)

    def person(self):
        self.asked += 1
        return "never kept"

    def refusal(self):
        self.asked += 1
        shelf.keep(request)
        return "no", 404


@pytest.fixture
def front():
    return Front()


def get(client, path="/page", **headers):
    with client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}) as answer:
        return answer.status_code, answer.data, dict(answer.headers)


def test_the_second_answer_comes_from_memory(front):
    first, second = get(front), get(front)

    assert first == second
    assert front.asked == 1


@pytest.mark.parametrize("path", ["/person", "/refusal"])
def test_only_what_says_so_and_went_well_is_kept(path, front):
    get(front, path)
    get(front, path)

    assert front.asked == 2


def test_posts_and_heads_are_passed_on(front):
    get(front)

    for method in ("POST", "HEAD", "POST"):
        with front.open("/page", method=method):
            pass

    assert front.asked == 4


@pytest.mark.parametrize("headers", [{"Accept_Language": "ru"}, {"Accept_Encoding": "br"}, {"Accept": "text/markdown"}])
def test_what_an_answer_depends_on_is_told_apart(headers, front):
    get(front)
    get(front, **headers)

    assert front.asked == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "a=b"},
        {"User_Agent": "x"},
        {"Origin": "https://evil.example"},
        {"Authorization": "x"},
        {"X_Forwarded_Host": "evil.example"},
    ],
)
def test_nothing_else_makes_a_difference(headers, front):
    assert get(front) == get(front, **headers)
    assert front.asked == 1


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example", "", "localhost:x"]
)
def test_another_host_is_never_answered_from_memory(host, front):
    get(front)
    get(front, Host=host)

    assert front.asked == 2


def test_a_new_edition_replaces_everything(front):
    _, _, old = get(front)
    front.stamp = 2

    _, _, new = get(front)

    assert front.asked == 2
    assert old["ETag"] != new["ETag"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}'])
def test_who_has_it_already_is_told_so(form, front):
    _, _, headers = get(front)

    status, body, again = get(front, If_None_Match=form.format(headers["ETag"]))

    assert (status, body) == (304, b"")
    assert again["ETag"] == headers["ETag"]
    assert not [name for name in again if name.startswith("Content-")]
    assert front.asked == 1


def test_odd_headers_cannot_keep_the_others_out(front):
    for number in range(300):
        get(front, Accept_Language=f"x-{number}")
    get(front)
    get(front)

    assert front.asked == 301
    get(front, Accept_Language="x-0")
    assert front.asked == 302


def test_long_headers_are_not_kept(front):
    for _ in range(2):
        get(front, Accept_Language="x" * 5000)

    assert front.asked == 2


@pytest.mark.parametrize("path", ["/privacy/", "/privacy/?lang=ru", "/wadjet.js", "/api/v1/offer", "/openapi.json"])
def test_it_goes_on_while_the_database_is_gone(path, client, settings, watch):
    before = get(client, path)
    database.receipts.open("gone/away.sqlite3", settings.home)
    with pytest.raises(Unavailable):
        database.receipts.read(database.receipts.proxy.get_tables)

    watch.advance(minutes=10)

    assert get(client, path) == before


def test_while_nothing_is_known_the_views_say_so(open_app, settings):
    client = open_app().test_client()
    database.receipts.open("gone/away.sqlite3", settings.home)

    for path in ("/privacy/", "/wadjet.js"):
        status, _, headers = get(client, path)
        assert (status, headers["Content-Type"], headers["Retry-After"]) == (503, "application/problem+json", "2")
    assert get(client, "/healthz")[0] == 200


def test_the_offer_is_renewed_every_hour(client, watch):
    first, same = get(client, "/wadjet.js"), get(client, "/wadjet.js")
    watch.advance(hours=1)

    assert first == same
    assert get(client, "/wadjet.js")[2]["ETag"] != first[2]["ETag"]


def test_a_new_version_is_shown_at_once(client, publish):
    before = get(client, "/privacy/")
    publish()

    after = get(client, "/privacy/")

    assert before[2]["ETag"] != after[2]["ETag"]
