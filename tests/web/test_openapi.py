"""The contract is well formed, complete and true: what it says is what the server does."""

import html
import json
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.visitor import ORIGIN, Visitor
from wadjet.web.openapi import document
from wadjet.web.operations import routes

TRUE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("application/jose")
def as_it_is(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture
def contract(client):
    with client.get("/openapi.json") as answer:
        return answer.json


def test_it_is_openapi_3_1(contract):
    assert contract["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(contract).validate()


def test_every_reference_leads_somewhere(contract):
    for name in re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(contract)):
        assert name in contract["components"]["schemas"]


def test_every_path_says_what_each_of_its_places_is(contract):
    for path, methods in contract["paths"].items():
        for told in methods.values():
            named = {each["name"] for each in told["parameters"] if each["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path)), path
            assert told["summary"]


def test_it_is_drawn_from_the_settings(open_app, publish):
    app = open_app(base_url="https://consent.wadjet.kz")
    publish()

    drawn = document(app)

    assert drawn["servers"] == [{"url": "https://consent.wadjet.kz"}]
    known = drawn["components"]["schemas"]["offer-invalid"]["properties"]
    assert known["type"] == {"const": "https://consent.wadjet.kz/docs/#offer-invalid"}


def test_a_route_that_says_nothing_of_itself_is_found(open_app):
    app = open_app()
    app.get("/silent")(lambda: "hush")

    with pytest.raises(LookupError, match="/silent"):
        list(routes(app))


def test_the_page_has_an_anchor_for_every_refusal(client, contract):
    with client.get("/docs/") as answer:
        page = answer.text

    for slug, schema in contract["components"]["schemas"].items():
        if slug == slug.lower():
            assert f'id="{slug}"' in page
            assert html.escape(schema["title"], quote=False) in html.unescape(page)
    for path in contract["paths"]:
        assert path in page


@pytest.mark.parametrize("body", ["{}", '{"event": "given"}', "[]", "nonsense"])
@pytest.mark.parametrize("kind", ["application/jose", "application/json"])
def test_what_it_says_of_refusals_is_so(body, kind, app):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    case = schema["/api/v1/receipts"]["POST"].Case(media_type=kind, body=body, headers={"Origin": ORIGIN})

    answer = case.call()

    case.validate_response(answer, checks=TRUE)


def test_what_it_says_of_receipts_is_so(app):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    visitor = Visitor(app.test_client())
    decision = visitor.decision()
    statuses = []
    for operation, body in [
        ("POST", visitor.sign(decision)),
        ("POST", visitor.sign(decision)),
        ("POST", visitor.sign(decision | {"language": "ru"})),
        ("POST", visitor.sign(visitor.decision(purposes={"measurement": True}))),
        ("POST", visitor.sign(visitor.decision(offer="old"))),
    ]:
        case = schema["/api/v1/receipts"][operation].Case(
            media_type="application/jose", body=body, headers={"Origin": ORIGIN}
        )
        statuses.append(case.call_and_validate(checks=TRUE).status_code)
    case = schema["/api/v1/receipts/{receipt_id}"]["GET"].Case(path_parameters={"receipt_id": decision["id"]})
    statuses.append(case.call_and_validate(checks=TRUE).status_code)

    assert statuses == [201, 200, 409, 422, 400, 200]


def meets_what_was_promised(operation, mode):
    """Ask whatever the contract allows (or, negative, does not) and hold the answers to it."""

    @settings(
        max_examples=25,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        case.headers = {**(case.headers or {}), "Origin": ORIGIN, "Accept-Encoding": "identity"}
        case.call_and_validate(checks=TRUE)

    ask()


@pytest.fixture
def schema(open_app, publish):
    app = open_app(rate_limit="100000 per minute")
    publish()
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


def test_whatever_has_its_form_is_answered_as_promised(schema):
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        meets_what_was_promised(found.ok(), GenerationMode.POSITIVE)


def test_whatever_has_not_is_refused_as_promised(schema):
    for path in ("/api/v1/receipts", "/privacy/choices/"):
        meets_what_was_promised(schema[path]["POST"], GenerationMode.NEGATIVE)
