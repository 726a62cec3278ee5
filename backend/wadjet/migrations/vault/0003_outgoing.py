"""The letters that wait to be sent, and those that were. No address and no text is in here."""

import peewee


class Outgoing(peewee.Model):
    id = peewee.CharField(max_length=22, primary_key=True)
    kind = peewee.CharField(max_length=40)
    about = peewee.CharField(max_length=64, index=True)
    state = peewee.CharField(max_length=7)
    attempts = peewee.IntegerField()
    next_at = peewee.CharField(max_length=24)
    error = peewee.CharField(max_length=40)
    created_at = peewee.CharField(max_length=24)

    class Meta:
        table_name = "outgoing"


def up(migrator, db):
    Outgoing._meta.without_rowid = isinstance(db, peewee.SqliteDatabase)
    with db.bind_ctx([Outgoing]):
        db.create_tables([Outgoing])
    db.execute_sql("CREATE INDEX outgoing_due ON outgoing (next_at) WHERE state IN ('queued', 'sending')")
