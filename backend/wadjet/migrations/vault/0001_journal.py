"""The journal of what is done with people's data, beside the data."""

import peewee


class JournalEntry(peewee.Model):
    seq = peewee.AutoField()
    about = peewee.CharField(max_length=64)
    entry = peewee.BlobField()

    class Meta:
        table_name = "journal_entry"


def up(migrator, db):
    with db.bind_ctx([JournalEntry]):
        db.create_tables([JournalEntry])
