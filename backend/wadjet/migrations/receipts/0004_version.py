"""Those of one version are listed without reading all the others."""

import peewee


class Receipt(peewee.Model):
    seq = peewee.AutoField()
    version = peewee.IntegerField()

    class Meta:
        table_name = "receipt"


def up(migrator, db):
    with db.bind_ctx([Receipt]):
        db.execute(Receipt.index(Receipt.version, Receipt.seq, name="receipt_version"))
