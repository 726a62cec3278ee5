"""What staff had typed when their session was over."""

import peewee


class Staff(peewee.Model):
    class Meta:
        table_name = "staff"


class StaffTyped(peewee.Model):
    id = peewee.CharField(max_length=64, primary_key=True)
    staff = peewee.ForeignKeyField(Staff, on_delete="CASCADE")
    browser = peewee.CharField(max_length=64, index=True)
    at = peewee.CharField(max_length=24, index=True)
    sealed = peewee.BlobField()

    class Meta:
        table_name = "staff_typed"


def up(migrator, db):
    with db.bind_ctx([Staff, StaffTyped]):
        db.create_tables([StaffTyped])
