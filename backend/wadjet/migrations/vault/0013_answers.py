"""What a message was answered, when and by whom; and a list of the messages in one state."""

import peewee


class ContactAnswer(peewee.Model):
    id = peewee.CharField(max_length=22, primary_key=True)
    message = peewee.CharField(max_length=22, index=True)
    answered_at = peewee.CharField(max_length=24)
    answered_by = peewee.CharField(max_length=64)
    text = peewee.BlobField(null=True)

    class Meta:
        table_name = "contact_answer"


def up(migrator, db):
    ContactAnswer._meta.without_rowid = isinstance(db, peewee.SqliteDatabase)  # in the order of random ids
    with db.bind_ctx([ContactAnswer]):
        db.create_tables([ContactAnswer])
    db.execute_sql("CREATE INDEX contact_message_state ON contact_message (state, received_at, id)")
