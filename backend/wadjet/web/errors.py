"""The one place that turns refusals into answers: problem+json, or a page for people. Source: RFC 9457."""

import logging
import secrets
from typing import Any

from flask import Flask, Response, current_app, json, render_template, request
from flask_babel import get_locale, gettext
from werkzeug.exceptions import HTTPException

from ..problems import Problem
from ..settings import Settings
from .counters import count

log = logging.getLogger("wadjet")

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written


class Internal(Problem):
    """Something that nobody foresaw: tell the operator the number in `incident`."""


class BadRequest(Problem):
    """The request is not well formed: send it as this page says."""

    slug, status, title = "bad-request", 400, "The request cannot be read"


class NotFound(Problem):
    """Nothing is at this address: check it."""

    slug, status, title = "not-found", 404, "There is nothing here"


class MethodNotAllowed(Problem):
    """This address takes other methods: `Allow` names them."""

    slug, status, title = "method-not-allowed", 405, "This address takes other methods"


class BodyTooLarge(Problem):
    """The body is larger than 16 KiB, more than anything taken here needs: send a smaller one."""

    slug, status, title = "body-too-large", 413, "The body is too large"


class MediaTypeNotTaken(Problem):
    """The body comes as something else than this address takes: send application/jose or application/json."""

    slug, status, title = "unsupported-media-type", 415, "This address takes other media types"


class RateLimited(Problem):
    """Too many posts from one address: wait as long as `Retry-After` says. Never answered to a withdrawal."""

    slug, status, title = "rate-limited", 429, "Too many requests"

    def __init__(self, retry_after: int) -> None:
        super().__init__(N_("Try again in %(seconds)s seconds."))
        self.retry_after = retry_after


_HTTP = {each.status: each for each in (BadRequest, NotFound, MethodNotAllowed, BodyTooLarge, MediaTypeNotTaken)}
_STEPS = {
    404: N_("Check the address."),
    405: N_("Use one of the methods named in Allow."),
    413: N_("Send a smaller body."),
    415: N_("Send application/jose or application/json."),
    400: N_("Send a well-formed request."),
}


def init_app(app: Flask, settings: Settings) -> None:
    """Answer every refusal of the house; what is not one is a 500 without its text."""

    @app.errorhandler(Problem)
    def refuse(problem: Problem) -> Response:
        if problem.status >= 500:
            log.warning("refused %s: %s", problem.slug, problem.__cause__ or problem.detail)
        return _answer(
            settings,
            problem.slug,
            problem.status,
            problem.title,
            problem.detail,
            problem.evidence,
            retry_after=(wait := getattr(problem, "retry_after", None)),
            **({"seconds": wait} if wait else {}),
        )

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        known = _HTTP.get(status)
        slug, title = (known.slug, known.title) if known else ("", error.name)
        response = _answer(settings, slug, status, title, _STEPS.get(status, ""), {})
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def crash(error: Exception) -> Response:
        incident = secrets.token_hex(4)
        log.error("incident %s: %s", incident, type(error).__name__, exc_info=error)
        return _answer(
            settings,
            "internal",
            500,
            Problem.title,
            N_("Tell the operator this number: %(incident)s."),
            {"incident": incident},
            incident=incident,
        )


def _answer(
    settings: Settings,
    slug: str,
    status: int,
    title: str,
    detail: str,
    evidence: dict[str, Any],
    *,
    retry_after: int | None = None,
    **values: Any,
) -> Response:
    """`values` fill the places in `detail`: programs read it in English, people in their language."""
    count(current_app.extensions["wadjet.counters"], "refusals", slug=slug or str(status))
    if _wants_page():
        page = current_app.config.get("PROBLEM_PAGE", "problem.html")
        body = render_template(page, slug=slug, status=status, title=gettext(title), detail=_tell(detail, values))
        response = Response(body, status, mimetype="text/html")
    else:
        meaning = f"{settings.base_url}/docs/#{slug}" if slug else "about:blank"
        document = {"type": meaning, "title": title, "status": status, **evidence}
        if detail:
            document["detail"] = _fill(detail, values)
        response = Response(json.dumps(document), status, mimetype="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _tell(detail: str, values: dict[str, Any]) -> str:
    """`detail` in the page's language; nothing where that one has no words for it."""
    told = gettext(detail) if detail else ""
    return _fill(told, values) if told != detail or get_locale().language == "en" else ""


def _fill(sentence: str, values: dict[str, Any]) -> str:
    return sentence % values if values else sentence


def _wants_page() -> bool:
    """People get a page; programs, and everything under /api/, get problem+json."""
    accepts = request.accept_mimetypes
    return (
        not request.path.startswith("/api/")
        and "text/html" in request.headers.get("Accept", "")
        and accepts["text/html"] >= accepts["application/problem+json"]
    )
