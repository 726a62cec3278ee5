"""How the house says no on the wire: as what, to whom, under which headers, for which hosts and origins."""

import contextlib
import gzip
import io
import json
import re
import sqlite3
import zlib
from urllib.parse import quote

import brotli
import pytest

from tests.house import on_both_databases
from tests.visitor import ORIGIN, Visitor

PROGRAM = {"Accept": "application/json"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
RECEIPTS = "/api/v1/receipts"


def slug(answer):
    assert answer.mimetype == "application/problem+json", answer.text
    assert answer.json["status"] == answer.status_code
    assert answer.json["title"]
    return answer.json["type"].partition("http://127.0.0.1:8000/docs/#")[2]


@pytest.mark.parametrize(
    ("method", "path", "status", "name"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/privacy/v/99/", 404, "version-unknown"),
        ("GET", f"{RECEIPTS}/AAAAAAAAAAAAAAAAAAAAAA", 404, "receipt-unknown"),
        ("GET", "/api/v1/offer?site=other.kz", 404, "site-unknown"),
        ("GET", RECEIPTS, 405, "method-not-allowed"),
        ("DELETE", f"{RECEIPTS}/AAAAAAAAAAAAAAAAAAAAAA", 405, "method-not-allowed"),
        ("PUT", "/privacy/", 405, "method-not-allowed"),
        ("POST", RECEIPTS, 415, "unsupported-media-type"),
    ],
)
def test_programs_get_a_problem(method, path, status, name, client):
    answer = client.open(path, method=method, headers=PROGRAM)

    assert (answer.status_code, slug(answer)) == (status, name)
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/privacy/v/99/", 404), ("/wadjet.js?site=other", 404)]
)
def test_people_get_a_page(path, status, client):
    answer = client.get(path, headers=BROWSER)

    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert "<h1>" in answer.text


def test_the_api_answers_browsers_like_programs(client):
    assert slug(client.get(f"{RECEIPTS}/AAAAAAAAAAAAAAAAAAAAAA", headers=BROWSER)) == "receipt-unknown"


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jose+json",
        "application/octet-stream",
        "nonsense",
    ],
)
def test_what_a_form_could_send_is_not_taken(content_type, client):
    visitor = Visitor(client)

    answer = client.post(
        RECEIPTS, data=visitor.sign(visitor.decision()), content_type=content_type, headers={"Origin": ORIGIN}
    )

    assert (answer.status_code, slug(answer)) == (415, "unsupported-media-type")


@pytest.mark.parametrize("path", [RECEIPTS, "/privacy/choices/"])
def test_too_large_a_body_is_refused(path, client):
    kind = "application/json" if path == RECEIPTS else "application/x-www-form-urlencoded"

    answer = client.post(path, data=b"id=" + b"a" * 16_384, content_type=kind)

    assert (answer.status_code, slug(answer)) == (413, "body-too-large")


@pytest.mark.parametrize("path", [RECEIPTS, "/privacy/choices/"])
def test_too_large_a_body_without_a_length_is_refused(path, client):
    """Some servers hand a chunked body on as it comes."""
    kind = "application/json" if path == RECEIPTS else "application/x-www-form-urlencoded"
    endless = {"wsgi.input_terminated": True}

    answer = client.post(
        path, input_stream=io.BytesIO(b"id=" + b"a" * 16_384), content_type=kind, environ_overrides=endless
    )

    assert (answer.status_code, slug(answer)) == (413, "body-too-large")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_nothing_packed_is_unpacked(coding, client):
    """A few bytes may not become many."""
    visitor = Visitor(client)
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[coding]
    packed = pack(visitor.sign(visitor.decision()).encode())
    headers = {"Origin": ORIGIN, "Content-Encoding": coding}

    answer = client.post(RECEIPTS, data=packed, content_type="application/jose", headers=headers)

    assert (answer.status_code, slug(answer)) == (422, "decision-invalid")


@on_both_databases
def test_an_id_of_any_form_is_unknown_at_most(client):
    for text in (
        "x",
        "%00",
        "a%00b",
        "%ff",
        "%ED%A0%80",
        "'--",
        "%27%20OR%201=1",
        "x" * 4000,
        "..%2f..",
        "%0d%0aSet-Cookie:a",
    ):
        answer = client.get(f"{RECEIPTS}/{text}")
        assert (answer.status_code, answer.json["type"].rpartition("#")[2]) in [
            (404, "receipt-unknown"),
            (404, "not-found"),
        ], text


def test_what_nobody_foresaw_is_told_by_number_alone(open_app, caplog):
    app = open_app()

    @app.get("/break")
    def broken():
        raise RuntimeError("aigerim@example.kz")

    answer = app.test_client().get("/break", headers=PROGRAM)

    assert (answer.status_code, slug(answer)) == (500, "internal")
    assert answer.json["incident"] in answer.json["detail"]
    assert answer.json["incident"] in caplog.text
    assert "aigerim" not in answer.text


def test_before_a_policy_stands_the_caller_is_told_to_come_back(open_app):
    for path in ("/privacy/", "/wadjet.js", "/api/v1/offer"):
        answer = open_app().test_client().get(path, headers=PROGRAM)

        assert (answer.status_code, slug(answer)) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "2"


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/privacy/", BROWSER),
        ("/wadjet.js", {}),
        ("/openapi.json", {}),
        ("/healthz", {}),
        (RECEIPTS, {}),
        ("/nothing", BROWSER),
        ("/nothing", PROGRAM),
        ("/privacy", {}),
        ("/privacy/", {"Host": "evil.example"}),
    ],
)
def test_every_answer_carries_the_guards(path, headers, client):
    with client.get(path, headers=headers) as answer:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers


def test_an_error_is_never_cached(client):
    for path in ("/nothing", "/privacy/v/99/", f"{RECEIPTS}/AAAAAAAAAAAAAAAAAAAAAA"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_over_tls_browsers_are_told_to_stay_there(open_app):
    client = open_app(base_url="https://consent.wadjet.kz").test_client()

    answer = client.get("/nothing", headers={"Host": "consent.wadjet.kz"})

    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert answer.json["type"] == "https://consent.wadjet.kz/docs/#not-found"


@pytest.mark.parametrize("path", ["/privacy/", "/wadjet.js", "/api/v1/offer", "/.well-known/jwks.json", "/healthz"])
def test_head_answers_like_get_without_the_body(path, client):
    with client.get(path) as full, client.head(path) as head:
        assert head.status_code == full.status_code == 200
        assert head.data == b""
        assert head.headers["Content-Length"] == full.headers["Content-Length"]
        assert head.headers.get("ETag") == full.headers.get("ETag")


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
    places = ("contact/withdraw", "contact/confirm", "privacy/requests/confirm")
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
