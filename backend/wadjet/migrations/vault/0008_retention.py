"""When data must go: when a message is to be looked at again, holds, whom was asked, and the daily runs."""

import peewee


class RetentionHold(peewee.Model):
    person = peewee.CharField(max_length=22, primary_key=True)
    law = peewee.CharField(max_length=200)
    until = peewee.CharField(max_length=10)
    made_at = peewee.CharField(max_length=24)
    made_by = peewee.CharField(max_length=64)

    class Meta:
        table_name = "retention_hold"


class RetentionReview(peewee.Model):
    person = peewee.CharField(max_length=22, primary_key=True)
    asked_on = peewee.CharField(max_length=10)

    class Meta:
        table_name = "retention_review"


class RetentionRun(peewee.Model):
    day = peewee.CharField(max_length=10, primary_key=True)
    claimed_at = peewee.CharField(max_length=24)
    ended_at = peewee.CharField(max_length=24, default="")

    class Meta:
        table_name = "retention_run"


class RetentionMark(peewee.Model):
    name = peewee.CharField(max_length=20, primary_key=True)
    seq = peewee.BigIntegerField()

    class Meta:
        table_name = "retention_mark"


_COLUMNS = """
ALTER TABLE contact_message ADD COLUMN closed_at VARCHAR(24) NOT NULL DEFAULT '';
ALTER TABLE contact_message ADD COLUMN look_on VARCHAR(10) NOT NULL DEFAULT '';
CREATE INDEX contact_message_look ON contact_message (look_on, id);
CREATE INDEX rights_request_words ON rights_request (ended_at, id) WHERE said IS NOT NULL;
CREATE INDEX outgoing_sent ON outgoing (created_at) WHERE state = 'sent'"""


def up(migrator, db):
    models = [RetentionHold, RetentionReview, RetentionRun, RetentionMark]
    for model in models[:2]:  # in the order of random ids, which tells nothing
        model._meta.without_rowid = isinstance(db, peewee.SqliteDatabase)
    with db.bind_ctx(models):
        db.create_tables(models)
    for statement in _COLUMNS.split(";"):
        db.execute_sql(statement)
