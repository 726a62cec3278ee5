"""The versions' table. Rows are inserted once and never changed."""

import peewee

from .. import database


class PolicyVersion(peewee.Model):
    """One published version; `canonical` is the exact content that `digest` and `signature` are over.

    effective_at  from when it may be the current one; a later number replaces an earlier one
    missing       what the law asks and it lacks, comma-separated codes; "" when complete
    """

    number = peewee.IntegerField(primary_key=True)
    digest = peewee.CharField(max_length=64)
    canonical = peewee.BlobField()
    signature = peewee.TextField()
    effective_at = peewee.CharField(max_length=24)
    published_at = peewee.CharField(max_length=24)
    missing = peewee.TextField(default="")

    class Meta:
        database = database.receipts.proxy
        table_name = "policy_version"


def numbers() -> list[int]:
    """Every version's number, in order."""
    return [row[0] for row in database.receipts.execute("SELECT number FROM policy_version ORDER BY number").fetchall()]


def newest() -> int:
    """The highest number published; 0 while there is none."""
    row = database.receipts.execute("SELECT max(number) FROM policy_version").fetchone()
    return row[0] or 0
