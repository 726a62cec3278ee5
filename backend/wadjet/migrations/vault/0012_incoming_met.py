"""On which day a message was last met in its mailbox; of those that came before it is not known, so: on this one."""

import peewee

_COLUMN = """
ALTER TABLE incoming ADD COLUMN met_on VARCHAR(10) NOT NULL DEFAULT '';
UPDATE incoming SET met_on = {today};
CREATE INDEX incoming_met ON incoming (met_on) WHERE state IN ('taken', 'noted')"""


def up(migrator, db):
    today = "date('now')" if isinstance(db, peewee.SqliteDatabase) else "to_char(now(), 'YYYY-MM-DD')"
    for statement in _COLUMN.format(today=today).split(";"):
        db.execute_sql(statement)
