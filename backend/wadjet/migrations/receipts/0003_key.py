"""By whose key: the contact form's keys are used once, and that is looked up."""

import peewee
from playhouse.migrate import migrate


class Receipt(peewee.Model):
    key = peewee.CharField(max_length=43, null=True)

    class Meta:
        table_name = "receipt"


def up(migrator, db):
    migrate(migrator.add_column("receipt", "key", Receipt.key))
    with db.bind_ctx([Receipt]):
        db.execute(Receipt.index(Receipt.key, where=Receipt.key.is_null(False), name="receipt_key"))
