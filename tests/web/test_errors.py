"""How the house says no on the wire: as what, to whom, under which headers, for which hosts and origins."""

import json

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


@pytest.mark.parametrize("path", ["/wadjet.js", "/api/v1/offer", "/.well-known/jwks.json", "/openapi.json"])
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
