"""How often a password or a code was guessed at, by day."""

import peewee


class StaffTry(peewee.Model):
    id = peewee.CharField(max_length=64, primary_key=True)
    day = peewee.CharField(max_length=10, index=True)
    tries = peewee.IntegerField()

    class Meta:
        table_name = "staff_try"


def up(migrator, db):
    with db.bind_ctx([StaffTry]):
        db.create_tables([StaffTry])
