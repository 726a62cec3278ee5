"""One wrapped key and the look-ups of each person, the key of the look-ups, and who was destroyed."""

import peewee


class PersonKey(peewee.Model):
    person = peewee.CharField(max_length=22, primary_key=True)
    master = peewee.CharField(max_length=22)
    wrapped = peewee.BlobField()
    identity = peewee.BlobField(null=True, unique=True)
    email = peewee.BlobField(null=True, index=True)
    phone = peewee.BlobField(null=True, index=True)
    pending = peewee.CharField(max_length=10, null=True)

    class Meta:
        table_name = "person_key"
        without_rowid = True


PersonKey.add_index(PersonKey.index(PersonKey.pending, where=PersonKey.pending.is_null(False), name="person_pending"))


class IndexKey(peewee.Model):
    number = peewee.IntegerField(primary_key=True)
    master = peewee.CharField(max_length=22)
    wrapped = peewee.BlobField()

    class Meta:
        table_name = "index_key"


class DestroyedPerson(peewee.Model):
    person = peewee.CharField(max_length=22, primary_key=True)
    destroyed_at = peewee.CharField(max_length=24)
    reason = peewee.CharField(max_length=200)

    class Meta:
        table_name = "destroyed_person"
        without_rowid = True


def up(migrator, db):
    with db.bind_ctx([PersonKey, IndexKey, DestroyedPerson]):
        db.create_tables([PersonKey, IndexKey, DestroyedPerson])
