"""Whether a post is answered in front of Flask or by it, nobody can tell."""

import logging
import traceback

import pytest
from flask import Flask, Response, request
from werkzeug.test import Client

from wadjet.problems import Problem
from wadjet.web import errors, guards, hatch
from wadjet.web.hatch import Post


class Busy(Problem):
    slug, status, title = "busy", 503, "Busy"


class Front(Client):
    """Posts to a small application. `taken`: what the room was given; `asked`: how often Flask was needed."""

    def __init__(self, settings, clock):
        self.taken, self.asked, self.refusal = [], 0, None
        app = Flask(__name__)
        app.extensions |= {"wadjet.clock": clock, "wadjet.counters": None}
        app.config.update(MAX_CONTENT_LENGTH=guards.MAX_BODY_BYTES, RATELIMIT_STORAGE_URI="process://")
        guards.init_app(app, settings)
        errors.init_app(app, settings)
        app.before_request(self.count)
        app.add_url_rule("/api/it", view_func=self.view, methods=["GET", "POST"])
        hatch.init_app(app, {"/api/it": self.take}, settings)
        super().__init__(app)

    def count(self):
        self.asked += 1

    def view(self):
        body, status = self.take(Post.of(request))
        return Response(body, mimetype="application/json"), status

    def take(self, post):
        self.taken.append(post)
        if self.refusal:
            raise self.refusal
        return b'{"a": "\xd3\x99"}', 201


@pytest.fixture
def front(settings, watch):
    return Front(settings, watch)


def post(client, data=b"body", **changes):
    asked = {"content_type": "application/jose", "headers": {"Origin": "https://wadjet.kz"}} | changes
    asked["environ_base"] = {"REMOTE_ADDR": "203.0.113.7"}
    with client.post("/api/it", data=data, **asked) as answer:
        return answer.status, answer.data, sorted(answer.headers)


def test_a_plain_post_needs_no_flask(front):
    status, body, headers = post(front)

    assert (status, body) == ("201 CREATED", b'{"a": "\xd3\x99"}')
    assert ("Access-Control-Allow-Origin", "https://wadjet.kz") in headers
    assert front.taken == [Post("application/jose", b"body", "https://wadjet.kz", "203.0.113.7")]
    assert front.asked == 0


LESS_PLAIN = {
    "a parameter": {"content_type": "application/jose; charset=utf-8"},
    "capitals": {"content_type": "Application/JOSE"},
    "the host in capitals": {"environ_overrides": {"HTTP_HOST": "LOCALHOST"}},
    "the length unsaid": {"environ_overrides": {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}},
}


@pytest.mark.parametrize("changes", LESS_PLAIN.values(), ids=LESS_PLAIN)
def test_a_less_plain_one_is_answered_the_same_by_flask(changes, front):
    assert post(front, **changes) == post(front)
    assert front.taken[0] == front.taken[1]
    assert front.asked == 1


STRANGE = {
    "another host": ({"base_url": "http://evil.example"}, 421),
    "a length that is none": ({"environ_overrides": {"CONTENT_LENGTH": "²"}}, 201),
    "too much": ({"data": b"x" * (guards.MAX_BODY_BYTES + 1)}, 413),
    "less than was said": ({"environ_overrides": {"CONTENT_LENGTH": "5"}}, 400),
}


@pytest.mark.parametrize(("changes", "status"), STRANGE.values(), ids=STRANGE)
def test_a_strange_one_is_judged_by_flask(changes, status, front):
    assert post(front, **changes)[0].startswith(str(status))
    assert front.asked == (status != 421)
    assert all(taken.body in (b"body", b"") for taken in front.taken)


def test_a_refusal_is_told_once_and_by_flask(front):
    front.refusal = Busy("Come later.", number=5)

    plain, told = post(front), len(front.taken)
    by_flask = post(front, content_type="application/jose; a=b")

    assert told == 1
    assert plain == by_flask
    assert plain[0].startswith("503")
    assert b'"number": 5' in plain[1]


def test_a_crash_is_logged_where_it_arose(front, caplog):
    front.refusal = RuntimeError("secret")

    status, body, _ = post(front)

    assert status.startswith("500")
    assert b"secret" not in body
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert traceback.extract_tb(record.exc_info[2])[-1].name == "take"


def test_other_methods_and_paths_are_not_taken(front):
    assert front.get("/api/it").status_code == 201
    assert front.post("/api/other").status_code == 404
    assert front.asked == 2
