"""What recipients are to be told of data that they were given."""

import peewee


class Recall(peewee.Model):
    id = peewee.IntegerField(primary_key=True)
    at = peewee.CharField(max_length=24)
    by_whom = peewee.CharField(max_length=64)
    person = peewee.CharField(max_length=22, index=True)
    recipient = peewee.IntegerField()
    kind = peewee.CharField(max_length=9)
    transfers = peewee.TextField()
    fields = peewee.TextField()
    due_on = peewee.CharField(max_length=10)
    passed_on = peewee.CharField(max_length=10, null=True)
    warned = peewee.CharField(max_length=4, constraints=[peewee.SQL("DEFAULT ''")])

    class Meta:
        table_name = "recall"


_INDEXES = """
CREATE INDEX recall_clock ON recall (due_on, id) WHERE passed_on IS NULL;
CREATE INDEX recall_warned ON recall (warned, due_on) WHERE passed_on IS NULL"""


def up(migrator, db):
    with db.bind_ctx([Recall]):
        db.create_tables([Recall])
    for statement in _INDEXES.split(";"):
        db.execute_sql(statement)
