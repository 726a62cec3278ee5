"""Who works in the console: accounts, passkeys, sessions."""

import peewee


class Staff(peewee.Model):
    email = peewee.CharField(max_length=254, unique=True)
    name = peewee.CharField(max_length=120)
    role = peewee.CharField(max_length=20)
    language = peewee.CharField(max_length=2)
    password = peewee.CharField(max_length=255, null=True)
    active = peewee.BooleanField(default=True)
    fs_uniquifier = peewee.CharField(max_length=64, unique=True)
    fs_webauthn_user_handle = peewee.CharField(max_length=64, unique=True)
    tf_primary_method = peewee.CharField(max_length=20, null=True)
    tf_totp_secret = peewee.CharField(max_length=512, null=True)
    totp_counter = peewee.BigIntegerField(default=0)
    mf_recovery_codes = peewee.TextField(null=True)
    created_at = peewee.CharField(max_length=24)

    class Meta:
        table_name = "staff"


class StaffPasskey(peewee.Model):
    user = peewee.ForeignKeyField(Staff, on_delete="CASCADE")
    credential_id = peewee.BlobField(unique=True)
    public_key = peewee.BlobField()
    name = peewee.CharField(max_length=64)
    sign_count = peewee.IntegerField(default=0)
    usage = peewee.CharField(max_length=20)
    device_type = peewee.CharField(max_length=20)
    backup_state = peewee.BooleanField()
    transports = peewee.TextField(null=True)
    extensions = peewee.CharField(max_length=255, null=True)
    lastuse_datetime = peewee.DateTimeField()

    class Meta:
        table_name = "staff_passkey"


class StaffSession(peewee.Model):
    id = peewee.CharField(max_length=64, primary_key=True)
    staff = peewee.ForeignKeyField(Staff, on_delete="CASCADE")
    began_at = peewee.CharField(max_length=24)
    seen_at = peewee.CharField(max_length=24)

    class Meta:
        table_name = "staff_session"


def up(migrator, db):
    models = [Staff, StaffPasskey, StaffSession]
    with db.bind_ctx(models):
        db.create_tables(models)
