"""What visitors wrote, sealed, and the proofs of work that were used."""

import peewee


class ContactMessage(peewee.Model):
    id = peewee.CharField(max_length=22, primary_key=True)
    person = peewee.CharField(max_length=22, index=True)
    receipt_index = peewee.BlobField(unique=True)
    state = peewee.CharField(max_length=11)
    language = peewee.CharField(max_length=35)
    received_at = peewee.CharField(max_length=24, index=True)
    receipt = peewee.BlobField()
    salt = peewee.BlobField()
    last_name = peewee.BlobField()
    first_name = peewee.BlobField()
    patronymic = peewee.BlobField(null=True)
    phone = peewee.BlobField(null=True)
    email = peewee.BlobField()
    message = peewee.BlobField()

    class Meta:
        table_name = "contact_message"


class UsedChallenge(peewee.Model):
    digest = peewee.CharField(max_length=64, primary_key=True)
    until = peewee.CharField(max_length=24, index=True)

    class Meta:
        table_name = "used_challenge"


def up(migrator, db):
    for model in (ContactMessage, UsedChallenge):  # in the order of random ids, which tells nothing
        model._meta.without_rowid = isinstance(db, peewee.SqliteDatabase)
    with db.bind_ctx([ContactMessage, UsedChallenge]):
        db.create_tables([ContactMessage, UsedChallenge])
