"""Versions of the policy while they are being written, each revision as it was saved."""

import peewee


class PolicyDraft(peewee.Model):
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
        table_name = "policy_draft"


class PolicyDraftRevision(peewee.Model):
    draft = peewee.IntegerField()
    revision = peewee.IntegerField()
    saved_at = peewee.CharField(max_length=24)
    saved_by = peewee.CharField(max_length=40)
    files = peewee.BlobField()

    class Meta:
        table_name = "policy_draft_revision"
        primary_key = peewee.CompositeKey("draft", "revision")


def up(migrator, db):
    models = [PolicyDraft, PolicyDraftRevision]
    with db.bind_ctx(models):
        db.create_tables(models)
