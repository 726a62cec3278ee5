"""The blueprint: the policy as pages, as Markdown and JSON, and as a feed.

An answer depends on the versions, the language and the encoding alone: it is written once and remembered, compressed,
and goes on being given while the database is gone. Absolute addresses come from `privacy_url`, never from a request.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_babel import force_locale, get_locale, gettext
from markupsafe import Markup
from werkzeug.routing import IntegerConverter

from .. import clock, policy
from ..problems import Problem, Unavailable
from ..settings import LANGUAGES, WORDED
from ..web import negotiate, pages, shelf
from ..web.errors import NotFound
from ..web.home import now, settings
from ..web.operations import operation
from ..web.pages import Tongue
from .answers import Changed, Published, changes_json, changes_text, version_json
from .bundle import LACKS
from .changes import Change
from .problems import VersionUnknown
from .render import Rendered, render

blueprint = Blueprint("policy", __name__)

_YEAR_SECONDS = 31_536_000
_FORMS = {"html": "text/html", "md": "text/markdown", "json": "application/json"}
_SHOWN_ADDRESS = re.compile(r'<a (href="(?:mailto:)?([^"]+)"[^>]*)>(?=\2</a>)')
_LANG = {"lang": "the language; without it Accept-Language is asked"}


@dataclass(frozen=True)
class Standing:
    """The version in force at the moment, and the next one that is announced. None: there is none.

    `never`: those announced that another version took the place of before their day, with that one.
    """

    current: policy.Version | None
    coming: policy.Version | None
    never: tuple[tuple[policy.Version, policy.Version], ...] = ()

    def of(self, version: policy.Version) -> str:
        """`current`, `coming`, `past` or `never`."""
        if version is self.current:
            return "current"
        if self.replacement(version):
            return "never"
        return "coming" if self.current is None or version.number > self.current.number else "past"

    def replacement(self, version: policy.Version) -> policy.Version | None:
        """Which version took its place before its day."""
        return dict(self.never).get(version)


class VersionNumber(IntegerConverter):
    """ASCII digits, few enough to be a number."""

    regex = r"[0-9]{1,9}"


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["version"] = VersionNumber
    pages.init_app(state.app)


# Addresses -----------------------------------------------------------------------------------------------------------


_VERSION: dict[int, Mapping[str, Any]] = {
    200: {"text/html": str, "text/markdown": str, "application/json": Published},
    304: {},
}


@blueprint.get("/privacy/")
@blueprint.get("/privacy.<any(md, json):form>")
@blueprint.get("/privacy/.<any(md, json):form>")
@operation(answers=_VERSION, query=_LANG, refuses=[Unavailable])
def current(form: str = "") -> Response:
    """The policy in force."""
    return _show(policy.current(now()), "", form)


@blueprint.get("/privacy/v/<version:number>/")
@blueprint.get("/privacy/v/<version:number>.<any(md, json):form>")
@blueprint.get("/privacy/v/<version:number>/.<any(md, json):form>")
@operation(answers=_VERSION, query=_LANG, refuses=[VersionUnknown, Unavailable])
def version(number: int, form: str = "") -> Response:
    """One version, in force or not."""
    return _show(policy.version(number), f"v/{number}/", form)


@blueprint.get("/privacy/v/<version:number>/changes/<version:other>/")
@blueprint.get("/privacy/v/<version:number>/changes/<version:other>.<any(md, json):form>")
@blueprint.get("/privacy/v/<version:number>/changes/<version:other>/.<any(md, json):form>")
@operation(
    answers={200: {"text/html": str, "text/markdown": str, "application/json": Changed}, 304: {}},
    query=_LANG,
    refuses=[VersionUnknown, Unavailable],
)
def changes(number: int, other: int, form: str = "") -> Response:
    """What the later of two versions says otherwise than the earlier, in whichever order they are named."""
    older, newer = (policy.version(each) for each in sorted((number, other)))
    common = tuple(language for language in newer.languages if language in older.texts)
    tongue, chosen = pages.tongue(common or newer.languages), form or _form()
    if chosen == "html":
        return _give(_changes_page(older, newer, tongue, _standing()), chosen, form)
    found = _changes(older, newer, tongue.text) if common else ((), ())
    if chosen == "json":
        body = changes_json(older.number, newer.number, tongue.text if common else None, *found)
        return _give(body, chosen, form)
    with force_locale(tongue.page):
        title = gettext(
            "What changed from version %(older)s to version %(newer)s", older=older.number, newer=newer.number
        )
        legend = gettext("[-words like these were removed-] {+words like these were added+}")
        if not common:
            legend = gettext("The two versions have no language in common, so their words cannot be compared.")
        elif not any(found):
            legend = gettext("The two versions are the same %(language)s.", language=pages.in_language(tongue.text))
    return _give(changes_text(title, legend, [*found[0], *found[1]]), chosen, form)


@blueprint.get("/privacy/v/")
@operation(answers={200: {"text/html": str}, 304: {}}, query=_LANG, refuses=[Unavailable])
def versions() -> Response:
    """Every version there is."""
    body = _versions_page(tuple(policy.versions()), pages.tongue(LANGUAGES), _standing())
    return _answer(body, "text/html", vary="Accept-Language")


@blueprint.get("/privacy/feed.atom")
@operation(answers={200: {"application/atom+xml": str}, 304: {}}, query=_LANG, refuses=[Unavailable])
def feed() -> Response:
    """One entry for each version, the newest first."""
    if not (known := tuple(policy.versions())):
        policy.current(now())  # refuses
    return _answer(_feed(known, pages.tongue(LANGUAGES), _standing()), "application/atom+xml", vary="Accept-Language")


@blueprint.get("/")
@operation(answers={302: {}})
def home() -> Any:
    """To the policy: there is nothing else to read at the root."""
    return redirect("privacy/")


@blueprint.get("/privacy")
@blueprint.get("/privacy/v")
@blueprint.get("/privacy/v/<version:number>")
@blueprint.get("/privacy/v/<version:number>/changes/<version:other>")
@operation(answers={308: {}})
def slash(**_: int) -> Any:
    """The same address with its last slash."""
    # Relative, as the pages' links are: whatever stands in front of us has another host and perhaps another path.
    query = request.query_string.decode("latin-1")
    return redirect(request.path.rpartition("/")[2] + "/" + (query and f"?{query}"), 308)


@blueprint.get("/privacy/static/<name>")
@operation(answers={200: {"text/css": str, "text/javascript": str, "image/svg+xml": str}, 304: {}}, refuses=[NotFound])
def static(name: str) -> Response:
    """A file that the pages load."""
    if (file := pages.files().get(name)) is None:
        raise NotFound("Check the address.")
    known = request.args.get("v") == file.digest
    return _answer(file.body, file.mimetype, max_age=_YEAR_SECONDS if known else 300)


# What every page of the house may ask of us --------------------------------------------------------------------------


@blueprint.app_context_processor
def surroundings() -> dict[str, Any]:
    """What stands around a page's text: its language, who answers, what the policy in force lacks."""
    try:
        known = policy.current(now())
    except Problem:
        known = None
    return {
        "languages": LANGUAGES,
        "language": get_locale().language,
        "operator": _operator(known.operator if known else asdict(settings().operator)),
        "missing": known.missing if known else (),
        "base": settings().privacy_url,
    }


@blueprint.app_template_filter()
def lacking(code: str) -> str:
    """What an incomplete version lacks, in words."""
    return str(gettext(LACKS[code])) if code in LACKS else code


# What is written, once -----------------------------------------------------------------------------------------------


def _show(version: policy.Version, path: str, form: str) -> Response:
    chosen, standing = form or _form(), _standing()
    if chosen == "json":
        current = version is standing.current
        return _give(version_json(version, current=current, privacy_url=settings().privacy_url), chosen, form)
    tongue = pages.tongue(version.languages)
    if chosen == "md":
        return _give(_version_markdown(version, tongue), chosen, form)
    return _give(_version_page(version, tongue, standing, path), chosen, form)


@functools.lru_cache(maxsize=64)
def _version_markdown(version: policy.Version, tongue: Tongue) -> bytes:
    """The text as it was signed; under a mark where it is incomplete, or in another language than was asked for."""
    with force_locale(tongue.page):
        lacks = ", ".join(map(lacking, version.missing))
        mark = f"> **{gettext('Incomplete.')}** {gettext('The law also asks for: %(what)s.', what=lacks)}\n\n"
        wished, shown = (pages.in_language(each) for each in (tongue.wished, tongue.text))
        instead = gettext(
            "This version has no text %(wished)s; you are reading it %(shown)s.", wished=wished, shown=shown
        )
    marks = (mark if lacks else "") + (f"> {instead}\n\n" if tongue.wished != tongue.text else "")
    return (marks + version.texts[tongue.text]).encode()


@functools.lru_cache(maxsize=64)
def _version_page(version: policy.Version, tongue: Tongue, standing: Standing, path: str) -> bytes:
    with force_locale(tongue.page):
        return render_template(
            "policy/version.html",
            version=version,
            tongue=tongue,
            path=path,
            stands=standing.of(version),
            standing=standing,
            text=_rendered(version.texts[tongue.text]),
            summary=policy.pick(version.summary, tongue.text),
            languages=_offered(version),
            operator=_operator(version.operator),
            missing=version.missing,
        ).encode()


def _rendered(markdown: str) -> Rendered:
    """With a mark on the links that show their own address, which paper need not repeat."""
    text = render(markdown)
    marked = _SHOWN_ADDRESS.sub(r'<a class="bare" \1>', str(text.html))
    return replace(text, html=Markup(marked))  # noqa: S704 - it was safe, and a class was added


@functools.lru_cache(maxsize=16)
def _versions_page(known: tuple[policy.Version, ...], tongue: Tongue, standing: Standing) -> bytes:
    with force_locale(tongue.page):
        rows = [(each, standing.of(each), policy.pick(each.summary, tongue.page)) for each in reversed(known)]
        return render_template("policy/versions.html", rows=rows).encode()


@functools.lru_cache(maxsize=16)
def _feed(known: tuple[policy.Version, ...], tongue: Tongue, standing: Standing) -> bytes:
    with force_locale(tongue.page):
        entries = [(each, standing.of(each), policy.pick(each.summary, tongue.page)) for each in reversed(known)]
        return render_template("policy/feed.xml", entries=entries, stamp=clock.stamp).encode()


@functools.lru_cache(maxsize=64)
def _changes(
    older: policy.Version, newer: policy.Version, language: str
) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """Of the purposes, and of the text."""
    purposes = policy.purposes_changes(older.purposes, newer.purposes, language)
    tables = [policy.purposes_table(each.purposes, language) for each in (older, newer)]
    return purposes, policy.changes(older.texts[language], newer.texts[language], tables=tables)


@functools.lru_cache(maxsize=32)
def _changes_page(older: policy.Version, newer: policy.Version, tongue: Tongue, standing: Standing) -> bytes:
    common = tongue.text in older.texts
    purposes, clauses = _changes(older, newer, tongue.text) if common else ((), ())
    kinds = [change.kind for change in (*purposes, *clauses)]
    since = [each for each in policy.versions() if older.number < each.number <= newer.number]
    with force_locale(tongue.page):
        return render_template(
            "policy/changes.html",
            older=older,
            newer=newer,
            tongue=tongue,
            path=f"v/{older.number}/changes/{newer.number}/",
            stands=standing.of(newer),
            common=common,
            asks=any(policy.asks_again(each) for each in since),
            count={kind: kinds.count(kind) for kind in kinds},
            purposes=purposes,
            clauses=clauses,
            summary=policy.pick(newer.summary, tongue.text),
            languages=_offered(newer),
            operator=_operator(newer.operator),
            missing=newer.missing,
        ).encode()


# How -----------------------------------------------------------------------------------------------------------------


def _standing() -> Standing:
    at, known = now(), policy.versions()
    current = next((each for each in reversed(known) if each.is_in_force(at)), None)
    after = [each for each in known if current is None or each.number > current.number]
    coming = min(after, key=lambda each: (each.effective_at, -each.number), default=None)
    return Standing(current, coming, tuple((each, by) for each in known if (by := policy.replacement(each))))


def _form() -> str:
    """What a page's own address answers: HTML, unless the request would rather have something else."""
    best = request.accept_mimetypes.best_match(list(_FORMS.values()), "text/html")
    return next(form for form, mimetype in _FORMS.items() if mimetype == best)


def _give(body: bytes, chosen: str, form: str) -> Response:
    """`form`: as the address names it; without, the answer varies with Accept too."""
    return _answer(body, _FORMS[chosen], vary="Accept-Language" if form else "Accept, Accept-Language")


def _answer(body: bytes, mimetype: str, *, max_age: int = 0, vary: str = "") -> Response:
    shelf.keep(request)
    encoded = _packed(body, negotiate.encoding(request))
    return negotiate.answer(request, body, mimetype, digest=_digest(body), max_age=max_age, vary=vary, encoded=encoded)


@functools.lru_cache(maxsize=128)
def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()


@functools.lru_cache(maxsize=128)
def _packed(body: bytes, encoding: str) -> bytes:
    return negotiate.encode(body, encoding, quality=11)


def _offered(version: policy.Version) -> tuple[str, ...]:
    """The languages to switch to: the pages' own and the text's."""
    return (*LANGUAGES, *(language for language in version.languages if language not in LANGUAGES))


def _operator(facts: Mapping[str, Any]) -> dict[str, str]:
    """The operator's facts in the page's language."""
    language = get_locale().language
    return {name: (policy.pick(fact, language) or "") if name in WORDED else fact for name, fact in facts.items()}
