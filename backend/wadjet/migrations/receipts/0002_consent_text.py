"""The texts that receipts name by digest. Rows are only ever inserted."""

import peewee


class ConsentText(peewee.Model):
    digest = peewee.CharField(max_length=64, primary_key=True)
    canonical = peewee.BlobField()

    class Meta:
        table_name = "consent_text"


def up(migrator, db):
    with db.bind_ctx([ConsentText]):
        db.create_tables([ConsentText])
