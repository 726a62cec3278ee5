"""What the staff are told by mail, and what Today looks for: what waits, without reading what does not."""

import peewee


class StaffNews(peewee.Model):
    kind = peewee.CharField(max_length=10)
    hour = peewee.CharField(max_length=24)
    facts = peewee.TextField()

    class Meta:
        table_name = "staff_news"
        primary_key = peewee.CompositeKey("kind", "hour")


class StaffMark(peewee.Model):
    name = peewee.CharField(max_length=20, primary_key=True)
    seq = peewee.BigIntegerField()

    class Meta:
        table_name = "staff_mark"


_CLOCKS = {
    "transfer": ("tell_by", "tell_by IS NOT NULL AND told_on IS NULL"),
    "publication": ("remove_by", "remove_by IS NOT NULL AND removed_at IS NULL"),
    "authority_request": ("due_on", "answered_at IS NULL"),
    "incident": ("due_on", "notified_at IS NULL"),
}
_STATEMENTS = """
ALTER TABLE staff ADD COLUMN muted VARCHAR(64) NOT NULL DEFAULT '';
CREATE INDEX outgoing_left ON outgoing (state, created_at, id) WHERE state <> 'sent'"""


def up(migrator, db):
    models = [StaffNews, StaffMark]
    with db.bind_ctx(models):
        db.create_tables(models)
    for table, (due, waits) in _CLOCKS.items():
        db.execute_sql(f"ALTER TABLE {table} ADD COLUMN warned VARCHAR(4) NOT NULL DEFAULT ''")
        db.execute_sql(f"CREATE INDEX {table}_clock ON {table} ({due}, id) WHERE {waits}")
        db.execute_sql(f"CREATE INDEX {table}_warned ON {table} (warned, {due}) WHERE {waits}")
    for statement in _STATEMENTS.split(";"):
        db.execute_sql(statement)
