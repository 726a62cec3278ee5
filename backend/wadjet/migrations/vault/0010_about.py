"""What was done with one person's data is found without reading what was done with everybody's."""

import peewee


class JournalEntry(peewee.Model):
    seq = peewee.AutoField()
    about = peewee.CharField(max_length=64)

    class Meta:
        table_name = "journal_entry"


def up(migrator, db):
    with db.bind_ctx([JournalEntry]):
        db.execute(JournalEntry.index(JournalEntry.about, name="journal_entry_about"))
