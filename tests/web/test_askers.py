"""Who may ask: which pages, under which host, through which proxies; and what an answer may be kept by."""

import contextlib
import json
import re
import sqlite3
from urllib.parse import quote

import pytest

from tests.visitor import ORIGIN, Visitor
from tests.web.test_errors import RECEIPTS, slug


def preflight(client, origin, path=RECEIPTS):
    return client.options(
        path,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )


@pytest.mark.clause("2.3")
@pytest.mark.parametrize("origin", [ORIGIN, "http://127.0.0.1:8000"])
def test_the_sites_own_pages_may_post(origin, client):
    answer = preflight(client, origin)

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


# fmt: off
HOSTILE_ORIGINS = [
    "null", "", "*", "https://", "wadjet.kz", "//wadjet.kz", "https:wadjet.kz", "https:/wadjet.kz",
    "https:///wadjet.kz", "http://wadjet.kz", "ws://wadjet.kz", "wss://wadjet.kz", "ftp://wadjet.kz", "file://",
    "file://wadjet.kz", "chrome-extension://wadjet.kz", "moz-extension://wadjet.kz", "data:https://wadjet.kz",
    "javascript://wadjet.kz", "https://wadjet.kz.evil.example", "https://wadjet.kz-evil.example",
    "https://evil-wadjet.kz", "https://evilwadjet.kz", "https://wadjetxkz", "https://wadjet.kzz", "https://wadjet.k",
    "https://adjet.kz", "https://evil.example/wadjet.kz", "https://evil.example?https://wadjet.kz",
    "https://evil.example#https://wadjet.kz", "https://evil.example/https://wadjet.kz", "https://www.wadjet.kz",
    "https://sub.wadjet.kz", "https://.wadjet.kz", "https://wadjet..kz", "https://wadjet.kz.",
    "https://wadjet.kz:443", "https://wadjet.kz:444", "https://wadjet.kz:80", "https://wadjet.kz:",
    "https://wadjet.kz:0443", "HTTPS://wadjet.kz", "https://WADJET.KZ", "https://Wadjet.kz", "https://wadjet.KZ",
    "https://wadjet.kz/", "https://wadjet.kz/path", "https://wadjet.kz?", "https://wadjet.kz#", "https://wadjet.kz\\",
    "https://user@wadjet.kz", "https://wadjet.kz@evil.example", "https://wadjet.kz:x@evil.example",
    "https://wadjet.kz%60.evil.example", "https://wadjet.kz%2eevil.example", "https://wadjet%2ekz",
    "https://wadjet.kz%00", "https://wadjet.kz_.evil.example", "https://wadjet.kz&.evil.example",
    "https://wadjet.kz,https://evil.example", "https://evil.example,https://wadjet.kz",
    "https://wadjet.kz https://evil.example", " https://evil.example", "https://wаdjet.kz", "https://wadjet。kz",
    "https://xn--wdjet-2ve.kz", "https://уаджет.қаз", "http://127.0.0.1", "http://127.0.0.1:8080",
    "https://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000", "http://127.0.0.1:80000",
    "http://0.0.0.0:8000", "http://2130706433:8000", "http://127.1:8000",
]
# fmt: on


@pytest.mark.clause("2.3")
@pytest.mark.parametrize("origin", HOSTILE_ORIGINS)
def test_a_foreign_page_may_not_post(origin, client):
    sent = origin.encode().decode("latin-1")
    visitor = Visitor(client)
    token = visitor.sign(visitor.decision())

    asked = preflight(client, sent)
    posted = client.post(RECEIPTS, data=token, content_type="application/jose", headers={"Origin": sent})
    read = client.get(f"{RECEIPTS}/AAAAAAAAAAAAAAAAAAAAAA", headers={"Origin": sent})

    assert (posted.status_code, slug(posted)) == (403, "origin-not-allowed")
    for answer in (asked, posted, read):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "path", ["/wadjet.js", "/wadjet-contact.js", "/api/v1/offer", "/.well-known/jwks.json", "/openapi.json"]
)
def test_what_holds_nothing_of_a_person_is_open_to_every_page(path, client):
    for origin in (ORIGIN, "https://evil.example", "null"):
        with client.get(path, headers={"Origin": origin}) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_page_on_the_site_can_read_its_refusal(client):
    answer = client.post(RECEIPTS, data="{", content_type="application/json", headers={"Origin": ORIGIN})

    assert slug(answer) == "decision-invalid"
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Expose-Headers"] == "Retry-After"


# fmt: off
HOSTILE_HOSTS = [
    "evil.example", "evil.example:8000", "localhost.evil.example", "evil.example.localhost", "evil-localhost",
    "localhos", "localhost.", "localhost@evil.example", "localhost:8000@evil.example", "evil.example#localhost",
    "localhost#@evil.example", "localhost/evil.example", "localhost\\evil.example", "localhost?evil.example",
    "localhost, evil.example", "localhost evil", "localhost:port", "localhost:80:80@evil", "", " ", ":", ":8000", "*",
    "[::2]", "[::1", "::1", "0.0.0.0", "127.1", "2130706433", "127.0.0.2", "wadjet.kz", "lоcalhost",
    "xn--lcalhost-4of", "localhost%00", "localhost%2eevil.example", "<script>", "'--",
]
# fmt: on


@pytest.mark.parametrize("path", ["/privacy/", "/privacy", "/wadjet.js", "/api/v1/offer", RECEIPTS, "/nothing"])
def test_an_unknown_host_is_refused(path, client):
    with client.get(path):  # so that what can be kept in memory is
        pass
    for host in HOSTILE_HOSTS:
        with client.get(path, headers={"Host": host.encode().decode("latin-1")}) as answer:
            assert (answer.status_code, slug(answer)) == (421, "host-not-allowed"), host


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"])
def test_a_known_host_is_answered(host, client):
    with client.get("/privacy/", headers={"Host": host}) as answer:
        assert answer.status_code == 200


FORWARDED = [
    {"X-Forwarded-Host": "evil.example"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Forwarded-Server": "evil.example"},
    {"X-Host": "evil.example"},
    {"X-Original-URL": "/evil"},
    {"X-Rewrite-URL": "/evil"},
    {"X-Forwarded-Prefix": "/evil"},
    {"X-Forwarded-Proto": "evil"},
    {"X-Forwarded-Port": "666"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"X-Forwarded-Scheme": "evil"},
    {"Origin": "https://evil.example"},
    {"Referer": "https://evil.example/"},
]


@pytest.mark.parametrize(
    "path",
    [
        "/privacy/",
        "/privacy/feed.atom",
        "/api/v1/offer",
        "/wadjet.js",
        "/privacy/choices/",
        "/docs/",
        "/openapi.json",
        "/.well-known/security.txt",
        "/nothing",
        "/privacy",
        "/privacy/v/1",
    ],
)
@pytest.mark.parametrize("headers", FORWARDED, ids=lambda headers: next(iter(headers)))
def test_no_header_enters_an_answer(path, headers, client):
    with client.get(path, headers=headers) as answer, client.get(path) as plain:
        assert answer.status_code == plain.status_code
        assert "evil" not in answer.text + json.dumps(dict(answer.headers))


def test_a_configured_proxy_speaks_for_the_client_but_not_for_the_host(open_app, publish):
    client = open_app(trusted_proxies=1).test_client()
    publish()

    with client.get("/privacy/", headers={"Host": "internal", "X-Forwarded-Host": "127.0.0.1"}) as known:
        assert known.status_code == 200
    with client.get("/privacy/", headers={"X-Forwarded-Host": "evil.example"}) as unknown:
        assert unknown.status_code == 421


def test_no_host_and_forwarded_host_together_make_a_known_one(open_app, publish):
    client = open_app(trusted_proxies=1).test_client()
    publish()
    named = [host.encode().decode("latin-1") for host in HOSTILE_HOSTS]

    known = [
        (host, forwarded)
        for host in named
        for forwarded in [None, *named]
        if client.get(
            "/privacy", headers={"Host": host} | ({"X-Forwarded-Host": forwarded} if forwarded else {})
        ).status_code
        != 421
    ]

    assert len(named) ** 2 > 1000
    assert known == []


def test_of_several_forwarded_hosts_the_proxys_own_counts(open_app, publish):
    client = open_app(trusted_proxies=1).test_client()
    publish()

    for said, status in {"evil.example, localhost": 308, "localhost, evil.example": 421}.items():
        with client.get("/privacy", headers={"Host": "internal", "X-Forwarded-Host": said}) as answer:
            assert answer.status_code == status
            assert "evil" not in answer.headers.get("Location", "")


@pytest.mark.clause("2.3")
def test_every_route_that_changes_something_asks_who_asks(app, client):
    """A decision needs its page's origin; a withdrawal needs the receipt's id, which no foreign page knows."""
    unsafe = {"POST", "PUT", "PATCH", "DELETE"}
    routes = {(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods & unsafe}
    visitor = Visitor(client, "https://evil.example")
    given = Visitor(client).give()

    stranger = visitor.post(visitor.sign(visitor.decision()))
    guess = client.post("/privacy/choices/", data={"id": "A" * 22}, headers={"Origin": visitor.origin})

    form = client.post("/contact/", data={"feedback": "y", "message": "x"}, headers={"Origin": visitor.origin})
    asked = client.post("/privacy/requests/?kind=stop", data={"email": "a@example.kz"})
    places = ("contact/withdraw", "contact/confirm", "privacy/requests/confirm", "privacy/requests/result")
    links = [client.post(f"/{place}/{'A' * 22}/") for place in places]

    # The form's own origin is asked for in tests/contact; the pages ask for a token of the session's.
    assert routes == {
        (RECEIPTS, "POST"),
        ("/api/v1/contact", "POST"),
        ("/contact/", "POST"),
        ("/contact/confirm/<token>/", "POST"),
        ("/contact/withdraw/<token>/", "POST"),
        ("/privacy/choices/", "POST"),
        ("/privacy/requests/", "POST"),
        ("/privacy/requests/confirm/<token>/", "POST"),
        ("/privacy/requests/result/<token>/", "POST"),
    }
    assert (stranger.status_code, guess.status_code, form.status_code, asked.status_code) == (403, 404, 422, 422)
    assert {answer.status_code for answer in links} == {404}
    assert visitor.status(given["id"]) == "current"


def test_reading_changes_nothing(app, client, settings):
    """Not even where a mailed link is fetched by a scanner."""
    given = Visitor(client).give()
    values = {"receipt_id": given["id"], "number": 1, "version": 1, "n": 1, "m": 1, "other": 1}
    before = rows(settings)

    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: str(values.get(found[1], "x")), rule.rule)
        for method in ("GET", "HEAD"):
            with client.open(f"{path}?id={given['id']}&action=withdraw&event=withdrawn", method=method) as answer:
                assert answer.status_code < 500

    assert rows(settings) == before


def rows(settings):
    with contextlib.closing(sqlite3.connect(settings.home / "receipts.sqlite3")) as database:
        return {
            name: database.execute(f"SELECT * FROM {name}").fetchall()
            for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        }


ODD_WISHES = ["xx", "en-GB", "KK", "ru,en", "kk;q=0", "<script>", "../en", "е" * 40, "", "zh-Hant", "en\0"]


@pytest.mark.parametrize("path", ["/wadjet.js", "/api/v1/offer"])
def test_widget_and_offer_come_in_as_many_forms_as_there_are_languages(path, client):
    """Whatever else is asked or sent: a cache in front can be filled with nothing of a stranger's."""
    queries = [f"lang={quote(lang)}" for lang in ["kk", "ru", "en", *ODD_WISHES]] + ["", "lang=ru&lang=en", "utm=evil"]
    headers = [{}, {"Accept-Language": "ru"}, {"Cookie": "lang=ru"}, {"Referer": "https://evil.example"}, *FORWARDED]
    forms = set()
    for query in queries:
        for said in headers:
            with client.get(f"{path}?site=wadjet.kz&{query}", headers=said) as answer:
                assert answer.status_code == 200
                assert "no-store" not in answer.headers["Cache-Control"]
                forms.add(answer.data)
                assert b"evil" not in answer.data

    # One for each language; the widget without any holds all three.
    assert len(forms) == (4 if path == "/wadjet.js" else 3)


def test_what_holds_a_person_is_never_kept(client):
    given = Visitor(client).give()

    for path in (f"{RECEIPTS}/{given['id']}", "/privacy/choices/"):
        with client.get(path) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
    assert Visitor(client).withdraw(given["id"]).headers["Cache-Control"] == "no-store"
