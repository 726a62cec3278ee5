"""The journal's rows in the receipts database."""

import peewee

from .. import database


class JournalEntry(peewee.Model):
    """One act. `about` names what it is about; it stays out of `entry`, for receipt ids are capabilities."""

    seq = peewee.AutoField()
    about = peewee.CharField(max_length=64)
    entry = peewee.BlobField()

    class Meta:
        database = database.receipts.proxy
        table_name = "journal_entry"
