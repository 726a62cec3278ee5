"""The verbs of drafts: a version is written, proposed, approved by somebody else, and published.

A draft is a bundle's files, revision by revision. Every move names the revision it is of, so that what was approved is
what is published, letter for letter; whoever saves a change takes proposal and approval back with it.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Literal, cast

from .. import clock, database, ledger
from ..settings import Operator, Settings
from . import manuscript as manuscripts
from . import models, service
from .encoding import visible
from .manuscript import Manuscript
from .models import PolicyDraft, PolicyDraftRevision
from .problems import ApprovalOutdated, DraftMoved, DraftUnknown, NoPolicy, OwnProposal

State = Literal["writing", "proposed", "approved", "published", "dropped"]
OPEN: tuple[State, ...] = ("writing", "proposed", "approved")
PAGE = 50
LONGEST_REMARK = 500


@dataclass(frozen=True)
class Draft:
    """How a draft stands. People are as journals name them.

    after     the version it goes on from; 0: the starter
    revision  what was saved last; `saved_by`, `saved_at`: by whom, when
    remark    why it was declined the last time
    version   what it was published as; 0 before
    """

    id: int
    after: int
    state: State
    revision: int
    begun_by: str
    moved_at: datetime
    moved_by: str
    proposed_by: str
    approved_by: str
    remark: str
    version: int

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True)
class Sheet:
    """A draft with what is written in one of its revisions."""

    draft: Draft
    revision: int
    saved_by: str
    saved_at: datetime
    manuscript: Manuscript

    @cached_property
    def authors(self) -> frozenset[str]:
        """Who cannot be the second person: the last who wrote, and whoever proposed it."""
        return frozenset({self.saved_by, self.draft.proposed_by} - {""})


def begin(*, starter: bool = False, settings: Settings, by: str, now: datetime) -> int:
    """Begin a draft from the version in force, else from the starter; its number.

    A version that was a draft here goes on as it was written; of one that was published at the command line the
    placeholders are put back where they can be told.
    """
    written, after = manuscripts.starter(), 0
    if not starter and (version := _in_force(now)):
        written, after = _written(version) or _read_back(version, settings), version.number

    def work() -> int:
        at = clock.stamp(now)
        made = models.insert_draft(
            begun_at=at, begun_by=by, after=after, state="writing", revision=1, moved_at=at, moved_by=by
        )
        models.insert_revision(made, 1, written.files(), by=by, at=at)
        _note("record", "begun", made, 1, by=by, now=now, after=after)
        return made

    return database.vault.write(work)


def read(draft_id: int, revision: int | None = None) -> Sheet:
    """A draft and what is written in it; `revision`: what was. Raises DraftUnknown."""
    return database.vault.read(lambda: _sheet(draft_id, revision))


def listing(before: int | None = None) -> list[Draft]:
    """Drafts, the newest first, a page of them; `before`: those older than that one."""
    return [_draft(row) for row in database.vault.read(lambda: models.drafts(before, PAGE))]


def awaiting(by: str, limit: int) -> list[Draft]:
    """Proposed drafts that somebody may approve, the oldest first: neither written last nor proposed by them."""
    return [_draft(row) for row in database.vault.read(lambda: models.proposed(by, limit))]


def save(draft_id: int, changed: Manuscript, *, revision: int, by: str, now: datetime) -> Sheet:
    """Keep what somebody wrote on from `revision`. What others saved meanwhile elsewhere in the draft stays.

    Raises DraftMoved where others changed the same parts otherwise, DraftUnknown; BundleInvalid where `policy.toml`
    could not be read again.
    """
    manuscripts.read(changed.files())

    def work() -> Sheet:
        sheet, base = _sheet(draft_id), _sheet(draft_id, revision)
        merged, parts = manuscripts.merge(base.manuscript, sheet.manuscript, changed)
        if parts or not sheet.draft.is_open:
            raise DraftMoved(standing=sheet, parts=parts, merged=merged)
        if merged.files() == sheet.manuscript.files():
            return sheet
        at, number = clock.stamp(now), sheet.revision + 1
        _move(sheet, OPEN, "writing", by=by, now=now, revision=number, proposed_by="", approved_by="")
        models.insert_revision(draft_id, number, merged.files(), by=by, at=at)
        _note("rectify", "saved", draft_id, number, by=by, now=now)
        return _sheet(draft_id)

    return database.vault.write(work)


def propose(draft_id: int, *, revision: int, operator: Operator, by: str, now: datetime) -> None:
    """Put a revision before somebody else. Raises DraftMoved, DraftUnknown, BundleInvalid."""
    sheet = read(draft_id, revision)
    sheet.manuscript.bundle(operator)

    def work() -> None:
        _move(sheet, ("writing",), "proposed", by=by, now=now, proposed_by=by, remark="")
        _note("provide", "proposed", draft_id, revision, by=by, now=now)

    database.vault.write(work)


def approve(draft_id: int, *, revision: int, by: str, now: datetime) -> None:
    """Say that exactly this revision may be published. Raises OwnProposal, DraftMoved, DraftUnknown."""

    def work() -> None:
        sheet = _sheet(draft_id, revision)
        if by in sheet.authors:
            raise OwnProposal("Two people stand behind every version. Ask somebody else to read and approve it.")
        _move(sheet, ("proposed",), "approved", by=by, now=now, approved_by=by)
        _note("use", "approved", draft_id, revision, by=by, now=now)

    database.vault.write(work)


def decline(draft_id: int, *, revision: int, remark: str, by: str, now: datetime) -> None:
    """Give a proposal back to be written on; an approval is taken back so too. Raises DraftMoved, DraftUnknown."""

    def work() -> None:
        said = {"remark": visible(remark).strip()[:LONGEST_REMARK], "proposed_by": "", "approved_by": ""}
        _move(_sheet(draft_id, revision), ("proposed", "approved"), "writing", by=by, now=now, **said)
        _note("use", "declined", draft_id, revision, by=by, now=now)

    database.vault.write(work)


def drop(draft_id: int, *, revision: int, by: str, now: datetime) -> None:
    """Write no more of it; it can still be read. Raises DraftMoved, DraftUnknown."""

    def work() -> None:
        _move(_sheet(draft_id, revision), OPEN, "dropped", by=by, now=now)
        _note("record", "dropped", draft_id, revision, by=by, now=now)

    database.vault.write(work)


def publish(draft_id: int, *, revision: int, settings: Settings, by: str, now: datetime) -> service.Version:
    """Publish the revision that was approved; twice answers the first version.

    The version's row names the draft, so that whoever is interrupted between the two databases, or presses twice,
    makes one version. Raises DraftMoved, DraftUnknown, ApprovalOutdated, PolicyIncomplete, BundleInvalid.
    """
    sheet = read(draft_id, revision)
    if sheet.draft.revision != revision or sheet.draft.state not in ("approved", "published"):
        raise DraftMoved(standing=read(draft_id))
    bundle = sheet.manuscript.bundle(settings.operator)
    draft = f"{draft_id}.{revision}"
    if sheet.draft.state == "approved":
        _check_is_latest(sheet, draft)
    version = service.publish(bundle, settings=settings, now=now, incomplete=settings.incomplete, by=by, draft=draft)

    def work() -> None:
        if _is_moved(sheet, ("approved",), "published", by=by, now=now, version=version.number):
            _note("provide", "published", draft_id, revision, by=by, now=now, version=version.number)

    database.vault.write(work)
    return version


def _check_is_latest(sheet: Sheet, draft: str) -> None:
    """What was approved was approved beside the version that it follows. Raises ApprovalOutdated."""
    is_followed = any(each.published_at > sheet.draft.moved_at for each in service.versions()[-1:])
    if is_followed and not database.receipts.read(partial(models.number_of, draft)):  # by another than its own
        raise ApprovalOutdated("Give it back, look at what differs now, and have it approved anew.")


def _in_force(now: datetime) -> service.Version | None:
    try:
        return service.current(now)
    except NoPolicy:
        return None


def _written(version: service.Version) -> Manuscript | None:
    """How a version was written, where that was here."""

    def look() -> Manuscript | None:
        row = models.published_as(version.number)
        return _sheet(row.id).manuscript if row else None

    return database.vault.read(look)


def _read_back(version: service.Version, settings: Settings) -> Manuscript:
    return manuscripts.of_version(version, settings.operator, settings.privacy_url)


def _move(sheet: Sheet, states: tuple[State, ...], state: State, *, by: str, now: datetime, **facts: str | int) -> None:
    """Compare and swap. Raises DraftMoved when somebody was quicker."""
    if not _is_moved(sheet, states, state, by=by, now=now, **facts):
        raise DraftMoved(standing=_sheet(sheet.draft.id))


def _is_moved(
    sheet: Sheet, states: tuple[State, ...], state: State, *, by: str, now: datetime, **facts: str | int
) -> bool:
    facts |= {"state": state, "moved_by": by, "moved_at": clock.stamp(now)}
    return models.move_draft(sheet.draft.id, sheet.revision, states, **facts)


def _sheet(draft_id: int, number: int | None = None) -> Sheet:
    row = models.draft(draft_id)
    kept = models.revision(draft_id, row.revision if number is None else number) if row else None
    if row is None or kept is None:
        raise DraftUnknown("The list of drafts shows those there are.")
    return _read(_draft(row), kept)


def _read(draft: Draft, kept: PolicyDraftRevision) -> Sheet:
    written = manuscripts.read(kept.named)
    return Sheet(draft, kept.revision, kept.saved_by, clock.parse(kept.saved_at), written)


def _draft(row: PolicyDraft) -> Draft:
    return Draft(
        id=row.id,
        after=row.after,
        state=cast(State, row.state),
        revision=row.revision,
        begun_by=row.begun_by,
        moved_at=clock.parse(row.moved_at),
        moved_by=row.moved_by,
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
        remark=row.remark,
        version=row.version,
    )


def _note(act: str, done: str, draft: int, revision: int, *, by: str, now: datetime, **facts: int) -> None:
    ledger.append(
        act,
        f"policy:draft:{done}",
        about=f"draft-{draft}",
        at=now,
        store=database.vault,
        by=by,
        draft=draft,
        revision=revision,
        **facts,
    )
