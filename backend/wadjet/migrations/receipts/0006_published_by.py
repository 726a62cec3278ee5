"""Who published a version, and of which draft it was made."""

import peewee
from playhouse.migrate import migrate


def up(migrator, db):
    migrate(
        migrator.add_column("policy_version", "published_by", peewee.CharField(max_length=40, null=True)),
        migrator.add_column("policy_version", "draft", peewee.CharField(max_length=24, null=True)),
    )
