"""How the house says no on the wire: as what, and under which headers."""

import gzip
import io
import zlib

import brotli
import pytest

from tests.house import on_both_databases
from tests.visitor import ORIGIN, Visitor
from wadjet.settings import Site

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


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://wadjet.kz", "https://wadjet.kz"),
        ("https://wadjet.kz", "https://www.wadjet.kz"),
        ("https://wadjet.kz:8443", "https://wadjet.kz"),
    ],
)
def test_on_a_sites_own_host_nothing_is_promised_for_what_is_below_it(base_url, origin, open_app):
    client = open_app(base_url=base_url, sites={"wadjet.kz": Site("wadjet.kz", (origin,))}).test_client()

    answer = client.get("/nothing", headers={"Host": "wadjet.kz"})

    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"


@pytest.mark.parametrize("path", ["/privacy/", "/wadjet.js", "/api/v1/offer", "/.well-known/jwks.json", "/healthz"])
def test_head_answers_like_get_without_the_body(path, client):
    with client.get(path) as full, client.head(path) as head:
        assert head.status_code == full.status_code == 200
        assert head.data == b""
        assert head.headers["Content-Length"] == full.headers["Content-Length"]
        assert head.headers.get("ETag") == full.headers.get("ETag")
