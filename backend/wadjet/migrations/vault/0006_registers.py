"""What the operator must be able to show: the registers. Of a person they hold the id and codes of fields."""

import peewee


class Numbered(peewee.Model):
    id = peewee.IntegerField(primary_key=True)
    by_whom = peewee.CharField(max_length=64)
    at = peewee.CharField(max_length=24)


class Recipient(Numbered):
    kind = peewee.CharField(max_length=9)
    name = peewee.CharField(max_length=200)
    country = peewee.CharField(max_length=2)
    scope = peewee.CharField(max_length=200)
    duties_on = peewee.CharField(max_length=10, null=True)
    duties_evidence = peewee.CharField(max_length=200)
    country_facts = peewee.CharField(max_length=2000)
    country_facts_on = peewee.CharField(max_length=10, null=True)
    since = peewee.CharField(max_length=10)
    until = peewee.CharField(max_length=10, null=True)


class Notice(Numbered):
    kind = peewee.CharField(max_length=12)
    recipient = peewee.IntegerField(null=True, index=True)
    reference = peewee.CharField(max_length=200)
    sent_on = peewee.CharField(max_length=10)


class Transfer(Numbered):
    person = peewee.CharField(max_length=22, index=True)
    recipient = peewee.IntegerField(index=True)
    country = peewee.CharField(max_length=2)
    fields = peewee.CharField(max_length=200)
    purpose = peewee.CharField(max_length=200)
    basis = peewee.CharField(max_length=25)
    citation = peewee.CharField(max_length=200)
    consent = peewee.BlobField(null=True)
    network = peewee.BooleanField()
    notice = peewee.IntegerField(null=True)
    country_facts_on = peewee.CharField(max_length=10, null=True)
    tell_by = peewee.CharField(max_length=10, null=True)
    told_on = peewee.CharField(max_length=10, null=True)


class DisseminationConsent(Numbered):
    person = peewee.CharField(max_length=22, index=True)
    field = peewee.CharField(max_length=32)
    place = peewee.CharField(max_length=200)
    method = peewee.CharField(max_length=15)
    evidence = peewee.CharField(max_length=200)
    ended_at = peewee.CharField(max_length=24, null=True)

    class Meta:
        table_name = "dissemination_consent"


class Prohibition(Numbered):
    person = peewee.CharField(max_length=22, index=True)
    field = peewee.CharField(max_length=32)
    condition = peewee.BlobField(null=True)
    ended_at = peewee.CharField(max_length=24, null=True)


class Publication(Numbered):
    person = peewee.CharField(max_length=22, index=True)
    fields = peewee.CharField(max_length=200)
    place = peewee.CharField(max_length=200)
    basis = peewee.CharField(max_length=25)
    citation = peewee.CharField(max_length=200)
    consents = peewee.CharField(max_length=200)
    conditions = peewee.CharField(max_length=200)
    override = peewee.CharField(max_length=220)
    remove_by = peewee.CharField(max_length=10, null=True)
    removed_at = peewee.CharField(max_length=24, null=True)
    removal = peewee.CharField(max_length=200)


class AuthorityRequest(Numbered):
    number = peewee.CharField(max_length=64)
    authority = peewee.CharField(max_length=200)
    asks = peewee.CharField(max_length=2000)
    received_at = peewee.CharField(max_length=24)
    due_on = peewee.CharField(max_length=10)
    answered_at = peewee.CharField(max_length=24, null=True)
    answer = peewee.CharField(max_length=2000)
    attachments = peewee.TextField()

    class Meta:
        table_name = "authority_request"


class Incident(Numbered):
    kind = peewee.CharField(max_length=13)
    detected_at = peewee.CharField(max_length=24)
    scope = peewee.CharField(max_length=2000)
    people = peewee.IntegerField(null=True)
    fields = peewee.CharField(max_length=200)
    measures = peewee.CharField(max_length=2000)
    due_on = peewee.CharField(max_length=10)
    notified_at = peewee.CharField(max_length=24, null=True)
    reference = peewee.CharField(max_length=200)
    follow_up = peewee.CharField(max_length=2000)
    closed_at = peewee.CharField(max_length=24, null=True)


class Act(Numbered):
    act = peewee.CharField(max_length=13)
    object = peewee.CharField(max_length=200, index=True)
    ground = peewee.CharField(max_length=17)
    citation = peewee.CharField(max_length=200)
    method = peewee.CharField(max_length=200)
    backups_until = peewee.CharField(max_length=10, null=True)


class Approval(Numbered):
    version = peewee.IntegerField(unique=True)
    approved_on = peewee.CharField(max_length=10)
    approver = peewee.CharField(max_length=200)


class DataSystem(Numbered):
    name = peewee.CharField(max_length=100)
    holds = peewee.CharField(max_length=500)
    place = peewee.CharField(max_length=200)
    country = peewee.CharField(max_length=2)
    software = peewee.CharField(max_length=200)
    owner = peewee.CharField(max_length=200)
    since = peewee.CharField(max_length=10)
    until = peewee.CharField(max_length=10, null=True)

    class Meta:
        table_name = "data_system"


class Measure(Numbered):
    kind = peewee.CharField(max_length=14)
    measure = peewee.CharField(max_length=2000)
    evidence = peewee.CharField(max_length=200)
    approver = peewee.CharField(max_length=200)
    from_version = peewee.IntegerField()
    to_version = peewee.IntegerField(null=True)
    ended_at = peewee.CharField(max_length=24, null=True)


class Service(Numbered):
    name = peewee.CharField(max_length=200)
    purpose = peewee.CharField(max_length=200)
    data = peewee.CharField(max_length=500)
    country = peewee.CharField(max_length=2)
    policy_url = peewee.CharField(max_length=500)
    since = peewee.CharField(max_length=10)
    until = peewee.CharField(max_length=10, null=True)


MODELS = [
    Recipient,
    Notice,
    Transfer,
    DisseminationConsent,
    Prohibition,
    Publication,
    AuthorityRequest,
    Incident,
    Act,
    Approval,
    DataSystem,
    Measure,
    Service,
]


def up(migrator, db):
    Prohibition._meta.without_rowid = isinstance(db, peewee.SqliteDatabase)  # its rows go with their person
    with db.bind_ctx(MODELS):
        db.create_tables(MODELS)
