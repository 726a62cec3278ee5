"""Receipts are found by day and by key in order, and counted without reading them anew."""

import peewee


class Receipt(peewee.Model):
    seq = peewee.AutoField()
    site = peewee.CharField(max_length=63)
    event = peewee.CharField(max_length=9)
    version = peewee.IntegerField()
    language = peewee.CharField(max_length=35)
    recorded_at = peewee.CharField(max_length=24)
    key = peewee.CharField(max_length=43, null=True)

    class Meta:
        table_name = "receipt"


class ReceiptCount(peewee.Model):
    upto = peewee.IntegerField()
    day = peewee.CharField(max_length=10, index=True)
    site = peewee.CharField(max_length=63)
    event = peewee.CharField(max_length=9)
    version = peewee.IntegerField()
    language = peewee.CharField(max_length=35)
    allowed = peewee.TextField()
    refused = peewee.TextField()
    receipts = peewee.IntegerField()

    class Meta:
        table_name = "receipt_count"
        primary_key = peewee.CompositeKey("upto", "day", "site", "event", "version", "language", "allowed", "refused")


def up(migrator, db):
    in_order = (Receipt.recorded_at, Receipt.seq, Receipt.event, Receipt.version, Receipt.language, Receipt.site)
    with db.bind_ctx([Receipt, ReceiptCount]):
        db.execute(Receipt.index(*in_order, name="receipt_day"))
        db.execute(Receipt.index(Receipt.key, Receipt.seq, where=Receipt.key.is_null(False), name="receipt_key_seq"))
        db.execute_sql("DROP INDEX receipt_key")
        db.create_tables([ReceiptCount])
