"""The people: every field sealed under the person's own key."""

import peewee


class Person(peewee.Model):
    id = peewee.CharField(max_length=22, primary_key=True)
    created_on = peewee.CharField(max_length=10)
    blocked_at = peewee.CharField(max_length=24, null=True)
    block_reason = peewee.CharField(max_length=200, null=True)
    last_name = peewee.BlobField()
    first_name = peewee.BlobField()
    patronymic = peewee.BlobField()
    phone = peewee.BlobField()
    email = peewee.BlobField()

    class Meta:
        table_name = "person"


def up(migrator, db):
    # On SQLite no row has a number of its own, which would tell who came first.
    Person._meta.without_rowid = isinstance(db, peewee.SqliteDatabase)
    with db.bind_ctx([Person]):
        db.create_tables([Person])
