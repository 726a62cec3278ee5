"""The registers a page at a time, what waits in them, who was asked when, and proposals to destroy somebody early."""

import peewee


class DestructionProposal(peewee.Model):
    id = peewee.IntegerField(primary_key=True)
    person = peewee.CharField(max_length=22, index=True)
    ground = peewee.CharField(max_length=17)
    reason = peewee.CharField(max_length=200)
    state = peewee.CharField(max_length=9)
    proposed_by = peewee.CharField(max_length=64)
    proposed_at = peewee.CharField(max_length=24)
    decided_by = peewee.CharField(max_length=64, default="")
    decided_at = peewee.CharField(max_length=24, default="")

    class Meta:
        table_name = "destruction_proposal"


_INDEXES = """
CREATE INDEX rights_request_register ON rights_request
    (received_at, id, kind, channel, deadline, due_on, state, ended_at, ground, taken_by);
CREATE INDEX transfer_abroad ON transfer (id) WHERE country <> 'KZ';
CREATE INDEX retention_hold_until ON retention_hold (until, person);
CREATE INDEX retention_review_asked ON retention_review (asked_on, person);
CREATE INDEX destruction_proposal_state ON destruction_proposal (state, id)"""


def up(migrator, db):
    with db.bind_ctx([DestructionProposal]):
        db.create_tables([DestructionProposal])
    for statement in _INDEXES.split(";"):
        db.execute_sql(statement)
    for each in db.get_indexes("rights_request"):
        if each.columns == ["received_at"]:  # the one above begins with it
            db.execute_sql(f'DROP INDEX "{each.name}"')
