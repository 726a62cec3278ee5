"""The policy: what is in force, what is being written, and how it is published by two people."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from ... import clock, database, policy
from ...policy import Manuscript, Purpose
from .. import desk, draft_forms, models, service
from ..guard import needs
from ..problems import OneHand

blueprint = Blueprint("policy", __name__, url_prefix="/policy")

for words in (draft_forms.lack, draft_forms.remark, draft_forms.capitalize_first):
    blueprint.add_app_template_filter(words)

_DRAFT = "/drafts/<int(max=999999999):number>/"


@dataclass(frozen=True)
class Margin:
    """What stands beside a text: how it will look, and what the checks tell of it."""

    language: str
    looks: Any  # policy.render's; None while the text cannot be read
    findings: list[policy.Finding]


# Versions and drafts ------------------------------------------------------------------------------------------------


@blueprint.get("/")
@needs("policy:read")
def overview() -> Response:
    """The version in force, every version, and the drafts."""
    before = request.args.get("before", "")
    page = policy.drafts.listing(int(before) if before.isdecimal() and len(before) < 10 else None)
    return desk.page(
        "policy/overview.html",
        current=_in_force(),
        versions=policy.versions()[::-1],
        never=[each for each in policy.versions() if policy.replacement(each)],
        now=desk.now(),
        drafts=page,
        before=before,
        next=page[-1].id if len(page) == policy.drafts.PAGE else None,
    )


@blueprint.post("/drafts/")
@needs("policy:write")
def begin() -> Response:
    """Begin from the version in force, or from the starter."""
    is_starter = request.form.get("from") == "starter"
    number = policy.drafts.begin(starter=is_starter, settings=desk.settings(), by=desk.by(), now=desk.now())
    flash(gettext("The draft is begun. Nobody outside sees it."))
    return _to("texts", number)


# Writing ------------------------------------------------------------------------------------------------------------


@blueprint.get(_DRAFT)
@needs("policy:read")
def texts(number: int) -> Response:
    """The texts side by side, each with its checks and its looks."""
    return _texts(sheet := policy.drafts.read(number), sheet.manuscript)


@blueprint.post(_DRAFT)
@needs("policy:write")
def save_texts(number: int) -> Response:
    """Keep the texts, in whatever state: the checks tell what is wrong with them."""
    base = policy.drafts.read(number, _revision())
    typed = Manuscript(draft_forms.texts(request.form, base.manuscript.languages), base.manuscript.manifest)
    try:
        sheet = _save(number, typed)
    except policy.DraftMoved as moved:
        is_open = moved.standing.draft.is_open
        own = {tag: text for tag, text in typed.texts.items() if not is_open or f"text.{tag}" in moved.parts}
        shown = replace(moved.merged, texts={**moved.merged.texts, **own})
        return _texts(moved.standing, shown, 409, theirs=[tag for tag in own if f"text.{tag}" in moved.parts])
    _say_saved(base.revision, sheet)
    return _to("texts", number)


@blueprint.post(_DRAFT + "preview/")
@needs("policy:write")
def preview(number: int) -> Response:
    """One text as it is typed: its checks and its looks, for the script that shows them meanwhile. Keeps nothing."""
    written = policy.drafts.read(number).manuscript
    language = request.form.get("language", "")
    if language not in written.languages:
        raise NotFound
    typed = replace(written, texts={**written.texts, **draft_forms.texts(request.form, [language])})
    return desk.page("policy/preview.html", margin=_margin(typed, language, typed.findings(desk.settings().operator)))


@blueprint.get(_DRAFT + "purposes/")
@needs("policy:read")
def purposes(number: int) -> Response:
    """What the data are for, and what the changes mean for those who agreed."""
    return _purposes(policy.drafts.read(number))


@blueprint.get(_DRAFT + "purpose/")
@blueprint.get(_DRAFT + "purposes/<key>/")
@needs("policy:write")
def purpose(number: int, key: str = "") -> Response:
    """A purpose as a form; without a key, an empty one."""
    sheet = policy.drafts.read(number)
    known = _purpose(sheet.manuscript, key) if key else None
    return _page("purpose.html", sheet, key=key, form=draft_forms.purpose_shown(known))


@blueprint.post(_DRAFT + "purpose/")
@blueprint.post(_DRAFT + "purposes/<key>/")
@needs("policy:write")
def save_purpose(number: int, key: str = "") -> Response:
    """Keep a purpose, or say beside its fields why not."""
    base = policy.drafts.read(number, _revision())
    written, known = base.manuscript, base.manuscript.manifest.purposes
    if key:
        _purpose(written, key)  # or there is none to be changed
    others = [each.key for each in known if each.key != key]
    form, made = draft_forms.purpose_typed(request.form, written.languages, others)
    if made is None:
        return _page("purpose.html", base, 422, key=key, form=form)
    changed = tuple(made if each.key == key else each for each in known) if key else (*known, made)
    try:
        sheet = _save(number, _with_purposes(written, changed))
    except policy.DraftMoved as moved:
        theirs = next((each for each in moved.standing.manuscript.manifest.purposes if each.key == key), None)
        language = desk.language()
        said = policy.told(theirs, language) if theirs else {}
        return _page("purpose.html", moved.standing, 409, key=key, form=form, theirs=said)
    _say_saved(base.revision, sheet)
    return _to("purposes", number)


@blueprint.post(_DRAFT + "purposes/<key>/remove/")
@needs("policy:write")
def remove_purpose(number: int, key: str) -> Response:
    """Take a purpose out."""
    base = policy.drafts.read(number, _revision())
    gone = _purpose(base.manuscript, key)
    kept = tuple(each for each in base.manuscript.manifest.purposes if each is not gone)
    try:
        _save(number, _with_purposes(base.manuscript, kept))
    except policy.DraftMoved as moved:
        return _purposes(moved.standing, 409, _quicker(moved))
    flash(gettext("The purpose is taken out."))
    return _to("purposes", number)


@blueprint.get(_DRAFT + "facts/")
@needs("policy:read")
def facts(number: int) -> Response:
    """What changes, from when, whether people are asked again, and who answers for the data."""
    sheet = policy.drafts.read(number)
    return _facts(sheet, draft_forms.facts_shown(sheet.manuscript.manifest))


@blueprint.post(_DRAFT + "facts/")
@needs("policy:write")
def save_facts(number: int) -> Response:
    """Keep them, or say beside the fields why not."""
    base = policy.drafts.read(number, _revision())
    form, made = draft_forms.facts_typed(request.form, base.manuscript.languages, base.manuscript.manifest)
    if made is None:
        return _facts(base, form, 422)
    try:
        sheet = _save(number, replace(base.manuscript, manifest=made))
    except policy.DraftMoved as moved:
        theirs = draft_forms.facts_shown(moved.standing.manuscript.manifest).values
        return _facts(moved.standing, form, 409, theirs={name: said for name, said in theirs.items() if said})
    _say_saved(base.revision, sheet)
    return _to("facts", number)


# Reading, approving, publishing -------------------------------------------------------------------------------------


@blueprint.get(_DRAFT + "changes/")
@needs("policy:read")
def changes(number: int) -> Response:
    """Word by word, what the draft says otherwise than the version in force, language by language."""
    sheet, current = policy.drafts.read(number), _in_force()
    told = {language: _changes(current, sheet.manuscript, language) for language in sheet.manuscript.languages}
    return _page("changes.html", sheet, told=told)


@blueprint.get(_DRAFT + "approval/")
@needs("policy:read")
def approval(number: int) -> Response:
    """Who has to do what before it is published."""
    return _approval(policy.drafts.read(number))


@blueprint.post(_DRAFT + "propose/")
@needs("policy:write")
def propose(number: int) -> Response:
    """Put it before somebody else."""
    step = partial(policy.drafts.propose, operator=desk.settings().operator)
    return _step(number, step, gettext("Proposed. Somebody else has to read and approve it."))


@blueprint.post(_DRAFT + "approve/")
@needs("policy:approve")
def approve(number: int) -> Response:
    """Approve exactly the revision that was read."""
    sheet = policy.drafts.read(number)
    try:
        for author in sheet.authors - {desk.by()}:
            service.check_apart(desk.by(), author, since=sheet.saved_at)
    except OneHand as problem:
        return _approval(sheet, problem.status, gettext(problem.detail))
    return _step(number, policy.drafts.approve, gettext("Approved. It can be published."))


@blueprint.post(_DRAFT + "decline/")
@needs("policy:approve")
def decline(number: int) -> Response:
    """Give it back."""
    step = partial(policy.drafts.decline, remark=request.form.get("remark", ""))
    return _step(number, step, gettext("Given back to be written on."))


@blueprint.post(_DRAFT + "drop/")
@needs("policy:write")
def drop(number: int) -> Response:
    """Write no more of it."""
    return _step(number, policy.drafts.drop, gettext("The draft is dropped. It can still be read."))


@blueprint.post(_DRAFT + "publish/")
@needs("policy:approve", fresh=True)
def publish(number: int) -> Response:
    """Publish what was approved, for good."""
    step = partial(policy.drafts.publish, settings=desk.settings())
    return _step(number, step, gettext("Published. Visitors see it from its day on."))


@blueprint.get(_DRAFT + "bundle.zip")
@needs("policy:read")
def bundle(number: int) -> Response:
    """The draft as a bundle's folder, for `wadjet policy check` and `publish`."""
    sheet = policy.drafts.read(number)
    name = f"policy-draft-{number}-{sheet.revision}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(sheet.manuscript.archive(), mimetype="application/zip", headers=headers)


# How ----------------------------------------------------------------------------------------------------------------


def _in_force() -> policy.Version | None:
    try:
        return policy.current(desk.now())
    except policy.NoPolicy:
        return None


def _revision() -> int:
    """From which revision somebody wrote on; a form without one is none of ours."""
    said = request.form.get("revision", "")
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def _save(number: int, changed: Manuscript) -> policy.drafts.Sheet:
    return policy.drafts.save(number, changed, revision=_revision(), by=desk.by(), now=desk.now())


def _say_saved(base: int, sheet: policy.drafts.Sheet) -> None:
    if sheet.revision > base + 1:
        flash(gettext("Saved, together with what others saved meanwhile in other places of the draft."))
    else:
        flash(gettext("Saved."))


def _to(view: str, number: int) -> Response:
    return redirect(url_for(f"policy.{view}", number=number), 303)  # type: ignore[return-value]


def _page(template: str, sheet: policy.drafts.Sheet, status: int = 200, **values: Any) -> Response:
    return desk.page(
        f"policy/{template}",
        status,
        sheet=sheet,
        draft=sheet.draft,
        current=_in_force(),
        tongues=sheet.manuscript.languages,
        may_write=sheet.draft.is_open and desk.who().may("policy:write"),
        label=policy.label,
        operation=policy.operation,
        operations=policy.OPERATIONS,
        rules=draft_forms.RULES,
        **values,
    )


def _filled(written: Manuscript, language: str) -> str:
    today = clock.local_date(desk.now())
    return written.filled(
        language,
        desk.settings().operator,
        number=max((each.number for each in policy.versions()), default=0) + 1,
        effective=max(written.manifest.effective or today, today),
        privacy_url=desk.settings().privacy_url,
    )


def _margin(written: Manuscript, language: str, findings: list[policy.Finding]) -> Margin:
    filled = _filled(written, language)
    looks = policy.render(filled, apart=f"{language}-") if filled else None
    return Margin(language, looks, [each for each in findings if each.file == f"{language}.md"])


def _texts(sheet: policy.drafts.Sheet, shown: Manuscript, status: int = 200, theirs: Any = ()) -> Response:
    findings = shown.findings(desk.settings().operator)
    margins = [_margin(shown, language, findings) for language in shown.languages]
    general = [each for each in findings if not each.file.endswith(".md")]
    return _page("texts.html", sheet, status, shown=shown, margins=margins, general=general, theirs=theirs)


def _purposes(sheet: policy.drafts.Sheet, status: int = 200, problem: str = "") -> Response:
    language, current = desk.language(), _in_force()
    before = current.purposes if current else ()
    said, doubt = draft_forms.consequences(before, sheet.manuscript.manifest, language)
    told = [(each, policy.told(each, language)) for each in sheet.manuscript.manifest.purposes]
    return _page("purposes.html", sheet, status, told=told, consequences=said, doubt=doubt, problem=problem)


def _facts(sheet: policy.drafts.Sheet, form: draft_forms.Filled, status: int = 200, theirs: Any = None) -> Response:
    return _page("facts.html", sheet, status, form=form, theirs=theirs, stated=desk.settings().operator)


def _approval(sheet: policy.drafts.Sheet, status: int = 200, problem: str = "") -> Response:
    settings, current = desk.settings(), _in_force()
    findings = sheet.manuscript.findings(settings.operator)
    errors = [each for each in findings if each.severity == "error"]
    lacks = () if errors else policy.missing(sheet.manuscript.bundle(settings.operator))
    before = current.purposes if current else ()
    said, doubt = draft_forms.consequences(before, sheet.manuscript.manifest, desk.language())
    return _page(
        "approval.html",
        sheet,
        status,
        problem=problem,
        remark=request.form.get("remark", "").strip() if problem else "",
        errors=errors,
        warnings=len(findings) - len(errors),
        lacks=lacks,
        is_incomplete_taken=settings.incomplete,
        consequences=said,
        doubt=doubt,
        overtaken=[] if sheet.draft.version else policy.overtaken(sheet.manuscript.manifest.effective, desk.now()),
        approvers=database.vault.read(lambda: models.how_many_may("policy:approve")),
        is_author=desk.by() in sheet.authors,
    )


def _step(number: int, verb: Any, done: str) -> Response:
    """One move of a draft; what keeps it from being made is told on the page of its steps."""
    try:
        verb(number, revision=_revision(), by=desk.by(), now=desk.now())
    except policy.DraftMoved as moved:
        return _approval(moved.standing, 409, _quicker(moved))
    except policy.OwnProposal:
        said = gettext("You wrote or proposed this. Somebody else has to read and approve it.")
        return _approval(policy.drafts.read(number), 403, said)
    except (policy.PolicyIncomplete, policy.BundleInvalid):
        said = gettext("It cannot be published as it is: what it lacks is told below.")
        return _approval(policy.drafts.read(number), 422, said)
    flash(done)
    return _to("approval", number)


def _quicker(moved: policy.DraftMoved) -> str:
    who = desk.named(moved.standing.draft.moved_by)
    said = gettext("%(who)s was quicker: look at the draft as it stands now. Nothing of yours was done.", who=who)
    return str(said)


def _purpose(written: Manuscript, key: str) -> Purpose:
    found = next((each for each in written.manifest.purposes if each.key == key), None)
    if found is None:
        raise NotFound
    return found


def _with_purposes(written: Manuscript, purposes: tuple[Purpose, ...]) -> Manuscript:
    return replace(written, manifest=replace(written.manifest, purposes=purposes))


def _changes(current: policy.Version | None, written: Manuscript, language: str) -> tuple[Any, Any] | None:
    """Of the purposes, and of the text; None where one of the two is not in that language."""
    after = _filled(written, language)
    if current is None or language not in current.texts or not after:
        return None
    purposes = written.manifest.purposes
    tables = [policy.purposes_table(each, language) for each in (current.purposes, purposes)]
    return (
        policy.purposes_changes(current.purposes, purposes, language),
        policy.changes(current.texts[language], after, tables=tables),
    )
