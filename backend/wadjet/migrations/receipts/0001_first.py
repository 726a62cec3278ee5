"""Policy versions, receipts, the journal. Rows of all three are only ever inserted."""

import peewee


class PolicyVersion(peewee.Model):
    number = peewee.IntegerField(primary_key=True)
    digest = peewee.CharField(max_length=64)
    canonical = peewee.BlobField()
    signature = peewee.TextField()
    effective_at = peewee.CharField(max_length=24)
    published_at = peewee.CharField(max_length=24)
    missing = peewee.TextField(default="")

    class Meta:
        table_name = "policy_version"


class Receipt(peewee.Model):
    seq = peewee.AutoField()
    id = peewee.CharField(max_length=22, unique=True)
    chain = peewee.CharField(max_length=22)
    previous = peewee.CharField(max_length=22, null=True)
    site = peewee.CharField(max_length=63)
    event = peewee.CharField(max_length=9)
    version = peewee.IntegerField()
    language = peewee.CharField(max_length=35)
    proof = peewee.CharField(max_length=10)
    recorded_at = peewee.CharField(max_length=24)
    token = peewee.TextField()

    class Meta:
        table_name = "receipt"


# Most receipts begin a chain and are found by their id; only what follows in one needs an index of its own.
Receipt.add_index(
    Receipt.index(Receipt.chain, Receipt.seq, where=Receipt.previous.is_null(False), name="receipt_chain")
)


class JournalEntry(peewee.Model):
    seq = peewee.AutoField()
    about = peewee.CharField(max_length=64)
    entry = peewee.BlobField()

    class Meta:
        table_name = "journal_entry"


def up(migrator, db):
    with db.bind_ctx([PolicyVersion, Receipt, JournalEntry]):
        db.create_tables([PolicyVersion, Receipt, JournalEntry])
