"""Requests are looked through by any one thing that a list can be narrowed to, without reading the others."""

_NARROWED = ("", "kind, ", "state, ", "channel, ", "taken_by, ")
_OPEN, _ENDED = "due_on, received_at, id", "ended_at, id"


def up(migrator, db):
    for by in _NARROWED:
        name = by.removesuffix(", ") or "day"
        db.execute_sql(f"CREATE INDEX rights_request_open_{name} ON rights_request ({by}{_OPEN}) WHERE ended_at = ''")
        db.execute_sql(
            f"CREATE INDEX rights_request_ended_{name} ON rights_request ({by}{_ENDED}) WHERE ended_at <> ''"
        )
    # `state` in front too: without it SQLite takes the index of (state, due_on) and sorts whatever is new.
    db.execute_sql("CREATE INDEX rights_request_new ON rights_request (state, received_at, id) WHERE state = 'new'")
