"""Which messages were taken in, and which our code fails on. Neither an address nor a word of theirs is in here."""

import peewee


class IncomingMessage(peewee.Model):
    id = peewee.CharField(max_length=22, primary_key=True)
    digest = peewee.BlobField(unique=True)
    state = peewee.CharField(max_length=11)
    failures = peewee.IntegerField()
    error = peewee.CharField(max_length=40)
    received_at = peewee.CharField(max_length=24)

    class Meta:
        table_name = "incoming"


def up(migrator, db):
    IncomingMessage._meta.without_rowid = isinstance(db, peewee.SqliteDatabase)
    with db.bind_ctx([IncomingMessage]):
        db.create_tables([IncomingMessage])
    db.execute_sql("CREATE INDEX incoming_failed ON incoming (state) WHERE state IN ('failed', 'quarantined')")
