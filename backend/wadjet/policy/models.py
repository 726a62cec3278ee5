"""The versions' table, whose rows are inserted once and never changed, and in the vault the drafts'."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

import peewee

from .. import database


class PolicyVersion(peewee.Model):
    """One published version; `canonical` is the exact content that `digest` and `signature` are over.

    effective_at  from when it may be the current one; a later number replaces an earlier one
    missing       what the law asks and it lacks, comma-separated codes; "" when complete
    published_by  as journals name them; None: at the command line
    draft         of which it was made, `7.3` for the third revision of the seventh; None: of none
    """

    number = peewee.IntegerField(primary_key=True)
    digest = peewee.CharField(max_length=64)
    canonical = peewee.BlobField()
    signature = peewee.TextField()
    effective_at = peewee.CharField(max_length=24)
    published_at = peewee.CharField(max_length=24)
    missing = peewee.TextField(default="")
    published_by = peewee.CharField(max_length=40, null=True)
    draft = peewee.CharField(max_length=24, null=True)

    class Meta:
        database = database.receipts.proxy
        table_name = "policy_version"


class PolicyDraft(peewee.Model):
    """One version while it is being written. People here are as journals name them.

    after     the version it goes on from; 0: the starter
    state     writing → proposed → approved → published; dropped
    revision  counts what was saved, from 1; every move is of exactly one
    moved_at  when the state changed last, and by whom
    remark    why the last proposal was declined
    version   what it was published as; 0 before
    """

    id = peewee.AutoField()
    begun_at = peewee.CharField(max_length=24)
    begun_by = peewee.CharField(max_length=40)
    after = peewee.IntegerField()
    state = peewee.CharField(max_length=12)
    revision = peewee.IntegerField()
    moved_at = peewee.CharField(max_length=24)
    moved_by = peewee.CharField(max_length=40)
    proposed_by = peewee.CharField(max_length=40, default="")
    approved_by = peewee.CharField(max_length=40, default="")
    remark = peewee.CharField(max_length=1000, default="")
    version = peewee.IntegerField(default=0)

    class Meta:
        database = database.vault.proxy
        table_name = "policy_draft"


class PolicyDraftRevision(peewee.Model):
    """What was saved: the bundle's files by name, as compressed JSON. Every one is kept, so nobody loses anything."""

    draft = peewee.IntegerField()
    revision = peewee.IntegerField()
    saved_at = peewee.CharField(max_length=24)
    saved_by = peewee.CharField(max_length=40)
    files = peewee.BlobField()

    class Meta:
        database = database.vault.proxy
        table_name = "policy_draft_revision"
        primary_key = peewee.CompositeKey("draft", "revision")

    @property
    def named(self) -> dict[str, str]:
        """The files by name."""
        found: dict[str, str] = json.loads(zlib.decompress(bytes(self.files)))
        return found


def numbers() -> list[int]:
    """Every version's number, in order."""
    return [row[0] for row in database.receipts.execute("SELECT number FROM policy_version ORDER BY number").fetchall()]


def newest() -> int:
    """The highest number published; 0 while there is none."""
    row = database.receipts.execute("SELECT max(number) FROM policy_version").fetchone()
    return row[0] or 0


def number_of(draft: str) -> int:
    """As which version a revision of a draft was published; 0 when it was not."""
    row = database.receipts.execute("SELECT number FROM policy_version WHERE draft = ?", draft).fetchone()
    return row[0] if row else 0


def insert_draft(**facts: Any) -> int:
    made: int = PolicyDraft.insert(**facts).execute()
    return made


def insert_revision(draft: int, revision: int, files: Mapping[str, str], *, by: str, at: str) -> None:
    packed = zlib.compress(json.dumps(files, ensure_ascii=False).encode())
    PolicyDraftRevision.insert(draft=draft, revision=revision, files=packed, saved_by=by, saved_at=at).execute()


def draft(draft_id: int) -> PolicyDraft | None:
    found: PolicyDraft | None = PolicyDraft.get_or_none(id=draft_id)
    return found


def revision(draft_id: int, number: int) -> PolicyDraftRevision | None:
    found: PolicyDraftRevision | None = PolicyDraftRevision.get_or_none(draft=draft_id, revision=number)
    return found


def drafts(before: int | None, most: int) -> list[PolicyDraft]:
    """The newest first; `before`: only those older than that one."""
    query = PolicyDraft.select().order_by(PolicyDraft.id.desc()).limit(most)
    return list(query if before is None else query.where(PolicyDraft.id < before))


def proposed(but_by: str, most: int) -> list[PolicyDraft]:
    """The oldest first; none that somebody wrote last or proposed."""
    last = (PolicyDraft.id == PolicyDraftRevision.draft) & (PolicyDraft.revision == PolicyDraftRevision.revision)
    query = PolicyDraft.select().join(PolicyDraftRevision, on=last).where(PolicyDraft.state == "proposed")
    others = query.where(PolicyDraft.proposed_by != but_by, PolicyDraftRevision.saved_by != but_by)
    return list(others.order_by(PolicyDraft.id).limit(most))


def published_as(version: int) -> PolicyDraft | None:
    """The draft that became a version, if there is one."""
    found: PolicyDraft | None = PolicyDraft.get_or_none(version=version)
    return found


def move_draft(draft_id: int, revision: int, states: tuple[str, ...], /, **facts: Any) -> bool:
    """Compare and swap: only that revision, only from these states."""
    is_it = (PolicyDraft.id == draft_id) & (PolicyDraft.revision == revision) & PolicyDraft.state.in_(states)
    changed: int = PolicyDraft.update(**facts).where(is_it).execute()
    return changed == 1
