"""What one of the staff did is read without what all the others did; the system's own acts name nobody."""

import peewee

_BY = {
    True: ("json_extract(CAST(entry AS TEXT), '$.by')", "json_extract(CAST(entry AS TEXT), '$.at')"),
    False: (
        """(substring(encode(entry, 'escape') FROM '"by":"([^"]*)"'))""",
        """(substring(encode(entry, 'escape') FROM '"at":"([^"]*)"'))""",
    ),
}


def up(migrator, db):
    by, at = _BY[isinstance(db, peewee.SqliteDatabase)]
    db.execute_sql(f"CREATE INDEX journal_entry_by ON journal_entry ({by}, {at}, seq) WHERE {by} IS NOT NULL")
