"""By which telephone numbers a person is found beside the one on their card: those that a room holds of them."""

import peewee


class Number(peewee.Model):
    phone = peewee.BlobField()
    person = peewee.CharField(max_length=22, index=True)

    class Meta:
        table_name = "number"
        primary_key = peewee.CompositeKey("phone", "person")
        without_rowid = True


def up(migrator, db):
    with db.bind_ctx([Number]):
        db.create_tables([Number])
