"""Whatever is in the house is in its papers: refusals, routes, settings, commands."""

import dataclasses
import re
from collections import Counter
from pathlib import Path

import click
import pytest

from wadjet.cli import wadjet
from wadjet.problems import Problem
from wadjet.settings import Operator, Settings
from wadjet.web.openapi import document
from wadjet.web.operations import routes

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")

# What only the maintainer's own commands, or the staff at the console, can meet.
AT_HOME = frozenset(
    {
        "approval-outdated",
        "approver-proposed",
        "backup-failed",
        "bundle-invalid",
        "card-changed",
        "destruction-suspended",
        "draft-moved",
        "draft-unknown",
        "entry-invalid",
        "entry-moved",
        "entry-unknown",
        "export-failed",
        "export-too-large",
        "fulfilment-unfit",
        "ground-unfit",
        "hold-unfit",
        "hold-unknown",
        "key-moved",
        "letter-invalid",
        "mail-unavailable",
        "mailbox-unavailable",
        "message-moved",
        "not-proven",
        "own-proposal",
        "person-blocked",
        "person-destroyed",
        "person-held",
        "person-unknown",
        "policy-incomplete",
        "proposal-moved",
        "proposal-stands",
        "proposal-unfit",
        "proposal-unknown",
        "publication-refused",
        "reason-unfit",
        "receipt-unreadable",
        "register-unknown",
        "request-moved",
        "restore-failed",
        "seal-broken",
        "settings-invalid",
        "term-fixed",
        "transfer-refused",
        "vault-locked",
    }
)

STAFF = "wadjet.console."  # its refusals are pages, and its pages no part of the contract with programs

# Paths of the contract whose rooms do not stand yet.
LATER = [
    "/privacy/verify/",
    "/ledger/checkpoint",
    "/ledger/tile/0/000",
    "/api/v1/receipts/AAAAAAAAAAAAAAAAAAAAAA/proof",
]


def refusals(kind: type[Problem] = Problem) -> set[type[Problem]]:
    """Every class that has a slug of its own, from the house alone."""
    found = {kind} if "slug" in vars(kind) and kind.__module__.startswith("wadjet.") else set()
    return found.union(*(refusals(each) for each in kind.__subclasses__()))


@pytest.fixture
def contract(app):
    return document(app)


def test_a_slug_means_one_thing():
    assert [slug for slug, times in Counter(each.slug for each in refusals()).items() if times > 1] == []


def test_a_refusal_has_a_name_a_status_and_says_what_to_do():
    for refusal in refusals():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", refusal.slug)
        assert 400 <= refusal.status < 600
        assert refusal.title[0].isupper()
        assert not refusal.title.endswith(".")
        assert refusal.__doc__


def test_every_refusal_a_client_can_meet_is_in_the_contract(contract):
    told = {
        slug: schema["properties"]["status"]["const"]
        for slug, schema in contract["components"]["schemas"].items()
        if slug == slug.lower()
    }

    met = (each for each in refusals() if each.slug not in AT_HOME and not each.__module__.startswith(STAFF))
    assert told == {each.slug: each.status for each in met}


def test_every_route_is_in_the_contract(app, contract):
    rules = {
        re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    }

    assert rules == set(contract["paths"])
    for route in routes(app):
        assert route.method.lower() in contract["paths"][route.template]


@pytest.mark.parametrize(
    "path",
    [
        "/wadjet.js",
        "/api/v1/offer",
        "/api/v1/receipts",
        "/api/v1/receipts/{receipt_id}",
        "/privacy/",
        "/privacy/choices/",
        "/privacy/requests/",
        "/privacy/feed.atom",
        "/.well-known/jwks.json",
        "/.well-known/gpc.json",
        "/.well-known/security.txt",
        "/openapi.json",
        "/docs/",
        "/healthz",
        "/readyz",
        "/metrics",
    ],
)
def test_what_was_promised_is_there(path, contract):
    assert path in contract["paths"]


def test_posting_a_decision_can_be_refused_as_promised(contract):
    told = contract["paths"]["/api/v1/receipts"]["post"]

    assert set(told["requestBody"]["content"]) == {"application/jose", "application/json"}
    slugs = {
        int(status): sorted(each["$ref"].rpartition("/")[2] for each in schema["anyOf"])
        for status, answer in told["responses"].items()
        for kind, body in answer["content"].items()
        if kind == "application/problem+json"
        for schema in [body["schema"]]
    }
    assert slugs == {
        400: ["bad-request", "offer-invalid"],
        403: ["origin-not-allowed", "signature-invalid"],
        404: ["receipt-unknown"],
        409: ["policy-superseded", "receipt-conflict"],
        410: ["offer-expired"],
        413: ["body-too-large"],
        415: ["unsupported-media-type"],
        421: ["host-not-allowed"],
        422: ["decision-invalid", "purposes-mismatch"],
        429: ["rate-limited"],
        500: ["internal", "keys-unusable"],
        503: ["unavailable"],
    }
    assert {status for status in told["responses"] if int(status) < 400} == {"200", "201"}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", LATER)
def test_what_is_not_built_yet_is_not_there(path, method, client, contract):
    answer = client.open(path, method=method)

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json["type"].endswith("/docs/#not-found")
    assert path not in contract["paths"]


def commands(group: click.Command, *names: str) -> list[str]:
    """`wadjet policy publish` and its like."""
    if not isinstance(group, click.Group):
        return [" ".join(("wadjet", *names))]
    return [found for name, command in group.commands.items() for found in commands(command, *names, name)]


def test_every_setting_and_command_is_in_the_readme():
    settings = [each.name for each in dataclasses.fields(Settings) if each.name not in ("home", "operator")]
    facts = [each.name for each in dataclasses.fields(Operator)]

    missing = [name for name in (*settings, *facts) if not re.search(rf"\b{name}\b", README)]
    missing += [command for command in commands(wadjet) if command not in README]

    assert missing == []
