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


def current_number(stamp: str) -> int | None:
    """The highest version in force at a moment (`clock.stamp`)."""
    row = database.receipts.execute(_IN_FORCE, stamp).fetchone()
    return row[0]  # type: ignore[no-any-return]


# One published for at once (both times equal) stays in force when the clock is set back.
_IN_FORCE = "SELECT max(number) FROM policy_version WHERE effective_at <= ? OR effective_at = published_at"
