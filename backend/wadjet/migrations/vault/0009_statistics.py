"""What is left of depersonalised messages: how many came in a month, in a language."""

import peewee


class MessageCount(peewee.Model):
    month = peewee.CharField(max_length=7)
    language = peewee.CharField(max_length=35)
    messages = peewee.IntegerField()

    class Meta:
        table_name = "message_count"
        primary_key = peewee.CompositeKey("month", "language")


def up(migrator, db):
    MessageCount._meta.without_rowid = isinstance(db, peewee.SqliteDatabase)
    with db.bind_ctx([MessageCount]):
        db.create_tables([MessageCount])
