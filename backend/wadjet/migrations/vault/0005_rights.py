"""What people ask for, and of whom it is asked."""

import peewee


class RightsRequest(peewee.Model):
    id = peewee.CharField(max_length=22, primary_key=True)
    person = peewee.CharField(max_length=22, index=True)
    kind = peewee.CharField(max_length=13)
    state = peewee.CharField(max_length=9)
    channel = peewee.CharField(max_length=9)
    received_at = peewee.CharField(max_length=24, index=True)
    deadline = peewee.CharField(max_length=3)
    due_on = peewee.CharField(max_length=10)
    language = peewee.CharField(max_length=35)
    is_automatic = peewee.SmallIntegerField()
    taken_by = peewee.CharField(max_length=64, default="")
    ground = peewee.CharField(max_length=32, default="")
    ended_at = peewee.CharField(max_length=24, default="")
    told = peewee.CharField(max_length=4, default="")
    said = peewee.BlobField(null=True)
    answer = peewee.BlobField(null=True)

    class Meta:
        table_name = "rights_request"
        indexes = ((("state", "due_on"), False),)


class RequestSubject(peewee.Model):
    request = peewee.CharField(max_length=22)
    person = peewee.CharField(max_length=22, index=True)
    link = peewee.CharField(max_length=22, index=True)
    mailed_at = peewee.CharField(max_length=24, default="")
    proof = peewee.CharField(max_length=7, default="")
    proven_at = peewee.CharField(max_length=24, default="")
    done_at = peewee.CharField(max_length=24, default="")

    class Meta:
        table_name = "request_subject"
        primary_key = peewee.CompositeKey("request", "person")


def up(migrator, db):
    for model in (RightsRequest, RequestSubject):  # in the order of random ids, which tells nothing
        model._meta.without_rowid = isinstance(db, peewee.SqliteDatabase)
    with db.bind_ctx([RightsRequest, RequestSubject]):
        db.create_tables([RightsRequest, RequestSubject])
