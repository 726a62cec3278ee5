"""Is it alive, is it ready, how much does it do, and whom does one tell of a hole? For machines."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, json

from ..problems import Problem, Unavailable
from .counters import Counters
from .errors import NotFound
from .home import now, settings
from .operations import operation

blueprint = Blueprint("status", __name__)
_SECURITY_LIFE = timedelta(days=180)  # Source: RFC 9116 2.5.5, less than a year
_HELP = {
    "wadjet_decisions_total": "Decisions answered, by event; replayed: the receipt was there before.",
    "wadjet_refusals_total": "Refusals answered, by the slug of their problem.",
}


@blueprint.get("/healthz")
@operation(answers={200: {"application/json": dict[str, Any]}})
def healthz() -> Response:
    """The process answers; nothing else is asked"""
    return _json({"status": "ok"})


@blueprint.get("/readyz")
@operation(answers={200: {"application/json": dict[str, Any]}}, refuses=[Unavailable])
def readyz() -> Response:
    """Posts can be taken: the database answers, the keys are readable, a policy is in force"""
    checks: dict[str, Callable[[], object]] = current_app.extensions["wadjet.checks"]
    failed = [name for name, check in checks.items() if not _passes(check)]
    if failed:
        raise Unavailable(f"Not ready: {', '.join(failed)}.", failed=failed)
    return _json({"status": "ok", "checks": list(checks)})


@blueprint.get("/metrics")
@operation(answers={200: {"text/plain": str}}, refuses=[NotFound])
def metrics() -> Response:
    """Counters for Prometheus, where `metrics` is set; no label names a person, a receipt or an address"""
    counters: Counters | None = current_app.extensions["wadjet.counters"]
    if counters is None:
        raise NotFound("Set `metrics` in wadjet.toml to have them.")
    totals = counters.totals()
    lines: list[str] = []
    for name, words in _HELP.items():
        lines += [f"# HELP {name} {words}", f"# TYPE {name} counter"]
        lines += [f"{counter} {count}" for counter, count in totals.items() if counter.startswith(f"{name}{{")]
    return _text("\n".join(lines) + "\n")


@blueprint.get("/.well-known/security.txt")
@operation(answers={200: {"text/plain": str}}, refuses=[NotFound])
def security() -> Response:
    """Whom to tell of a weakness (RFC 9116)"""
    own = settings()
    contact = own.security_contact or (own.operator.email and f"mailto:{own.operator.email}")
    if not contact:
        raise NotFound("No contact is configured.")
    expires = now() + _SECURITY_LIFE
    return _text(
        f"Contact: {contact}\n"
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}\n"
        "Preferred-Languages: kk, ru, en\n"
        f"Canonical: {own.base_url}/.well-known/security.txt\n"
    )


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except Problem:
        return False
    return True


def _json(value: dict[str, object]) -> Response:
    return Response(json.dumps(value), mimetype="application/json", headers={"Cache-Control": "no-store"})


def _text(text: str) -> Response:
    return Response(text, mimetype="text/plain", headers={"Cache-Control": "no-store"})
