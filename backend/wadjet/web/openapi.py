"""The contract, drawn from what the routes say of themselves: `/openapi.json` for machines, `/docs/` for people.

Source: OpenAPI 3.1, JSON Schema 2020-12.
"""

from collections.abc import Iterator
from hashlib import sha256
from http import HTTPStatus
from itertools import groupby
from operator import attrgetter
from typing import Any

from flask import Blueprint, Flask, Response, current_app, json, render_template, request
from pydantic import TypeAdapter

from .. import __version__
from ..problems import Problem
from . import negotiate, shelf
from .operations import PLACE, Bodies, Route, advice, operation, refusals, routes

blueprint = Blueprint("openapi", __name__)
_NUMBERS = frozenset({"int", "version"})  # the converters that take digits
_REF = "#/components/schemas/{model}"


@blueprint.get("/openapi.json")
@operation(answers={200: {"application/json": dict[str, Any]}, 304: {}})
def contract() -> Response:
    """This contract, for machines."""
    body = json.dumps(document(current_app)).encode()
    shelf.keep(request)
    return negotiate.answer(request, body, "application/json", digest=sha256(body).hexdigest(), max_age=300)


@blueprint.get("/docs/")
@operation(answers={200: {"text/html": str}, 304: {}})
def docs() -> Response:
    """This contract, for people."""
    known = list(routes(current_app))
    body = render_template("docs/index.html", routes=known, refusals=refusals(known), advice=advice).encode()
    shelf.keep(request)
    return negotiate.answer(
        request, body, "text/html", digest=sha256(body).hexdigest(), max_age=300, vary="Accept-Language"
    )


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of this application."""
    base_url, known = app.extensions["wadjet.settings"].base_url, list(routes(app))
    schemas: dict[str, Any] = {
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status"],
            "description": "RFC 9457",
            "properties": {
                "type": {"type": "string", "format": "uri"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
            },
        }
    }
    for refusal in refusals(known):
        schemas[refusal.slug] = _problem(refusal, base_url, schemas)
    paths: dict[str, Any] = {}
    for route in known:
        paths.setdefault(route.template, {})[route.method.lower()] = _describe(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wadjet Consent", "version": __version__},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _describe(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    promised = route.operation
    told: dict[str, Any] = {
        "summary": route.summary,
        "parameters": [
            *_places(route.path),
            *(
                {"name": name, "in": "query", "description": use, "schema": {"type": "string"}}
                for name, use in promised.query.items()
            ),
        ],
    }
    if route.method == "POST":
        told["requestBody"] = {"required": True, "content": _content(promised.takes, "validation", schemas)}
    told["responses"] = {
        str(status): {"description": HTTPStatus(status).phrase, "content": _content(bodies, "serialization", schemas)}
        for status, bodies in promised.answers.items()
    }
    for status, group in groupby(route.refuses, attrgetter("status")):
        refusals = list(group)
        choice = {"anyOf": [{"$ref": _REF.format(model=each.slug)} for each in refusals]}
        content: dict[str, Any] = {"application/problem+json": {"schema": choice}}
        if not route.path.startswith("/api/"):
            content["text/html"] = {"schema": {"type": "string"}}
        answer: dict[str, Any] = {"description": "; ".join(each.title for each in refusals), "content": content}
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            answer["headers"] = {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}}
        told["responses"][str(status)] = answer
    return told


def _problem(refusal: type[Problem], base_url: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """One slug's document; what the class `carries` are its further members."""
    carried = {name: _schema(kind, "serialization", schemas) for name, kind in refusal.carries.items()}
    return {
        "allOf": [{"$ref": _REF.format(model="Problem")}],
        "title": refusal.title,
        "description": advice(refusal),
        "properties": {
            "type": {"const": f"{base_url}/docs/#{refusal.slug}"},
            "status": {"const": refusal.status},
            **carried,
        },
    }


def _places(path: str) -> Iterator[dict[str, Any]]:
    """The variable parts of a path."""
    for converter, choices, name in PLACE.findall(path):
        schema: dict[str, Any] = {"type": "string"}
        if converter in _NUMBERS:
            schema = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
        elif choices:
            schema["enum"] = [choice.strip() for choice in choices.split(",")]
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _content(bodies: Bodies, mode: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    return {media_type: {"schema": _schema(kind, mode, schemas)} for media_type, kind in bodies.items()}


def _schema(kind: Any, mode: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a type; models are put among `schemas` and referred to."""
    listed = TypeAdapter(list[kind]).json_schema(ref_template=_REF, mode=mode)  # in a list every model is a reference
    schemas |= listed.pop("$defs", {})
    return dict(listed["items"])
