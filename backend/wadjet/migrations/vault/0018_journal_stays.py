"""The journal is read by day, and the database itself refuses whoever would alter or delete a row of it."""

import peewee

_ON_SQLITE = (
    "CREATE INDEX journal_entry_at ON journal_entry (json_extract(CAST(entry AS TEXT), '$.at'), seq)",
    """CREATE TRIGGER journal_entry_unaltered BEFORE UPDATE ON journal_entry
    BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END""",
    """CREATE TRIGGER journal_entry_undeleted BEFORE DELETE ON journal_entry
    BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above.
    """CREATE TRIGGER journal_entry_unreplaced BEFORE INSERT ON journal_entry
    WHEN EXISTS (SELECT 1 FROM journal_entry WHERE seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END""",
)
_ON_POSTGRESQL = (
    """CREATE INDEX journal_entry_at
    ON journal_entry ((substring(encode(entry, 'escape') FROM '"at":"([^"]*)"')), seq)""",
    """CREATE FUNCTION journal_entry_stays() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the journal is only added to'; END $$""",
    """CREATE TRIGGER journal_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_stays()""",
)


def up(migrator, db):
    for statement in _ON_SQLITE if isinstance(db, peewee.SqliteDatabase) else _ON_POSTGRESQL:
        db.execute_sql(statement)
