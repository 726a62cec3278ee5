"""One wrapped key per person, and who was destroyed."""

import peewee


class PersonKey(peewee.Model):
    person = peewee.CharField(max_length=22, primary_key=True)
    master = peewee.CharField(max_length=43)
    wrapped = peewee.BlobField()

    class Meta:
        table_name = "person_key"
        without_rowid = True


class DestroyedPerson(peewee.Model):
    person = peewee.CharField(max_length=22, primary_key=True)
    destroyed_at = peewee.CharField(max_length=24)

    class Meta:
        table_name = "destroyed_person"
        without_rowid = True


def up(migrator, db):
    with db.bind_ctx([PersonKey, DestroyedPerson]):
        db.create_tables([PersonKey, DestroyedPerson])
