"""The first tables of every room, frozen as they were on the first day."""

from peewee import SQL, BigIntegerField, BlobField, BooleanField, IntegerField, Model, TextField


class Time(TextField):
    field_type = "TIMESTAMPTZ"


class Document(TextField):
    field_type = "JSON"


TABLES = {
    "setting": dict(name=TextField(primary_key=True), value=Document()),
    "entry": dict(
        at=Time(), what=TextField(), record_id=IntegerField(null=True), actor=TextField(), data=Document(),
        unread=BooleanField(),
    ),
    "user": dict(
        email=TextField(unique=True), name=TextField(), password=TextField(), role=TextField(), language=TextField(),
        active=BooleanField(), epoch=IntegerField(), created_at=Time(),
    ),
    "api_key": dict(name=TextField(), fingerprint=TextField(unique=True), active=BooleanField(), created_at=Time()),
    "kind": dict(
        key=TextField(primary_key=True), collection=TextField(unique=True), position=IntegerField(), icon=TextField(),
        labels=Document(), statuses=Document(), fields=Document(),
    ),
    "contact": dict(
        name=TextField(), email=TextField(null=True, index=True), phone=TextField(null=True, index=True),
        language=TextField(), consents=Document(), created_at=Time(),
    ),
    "location": dict(
        key=TextField(unique=True), name=TextField(), street=TextField(), city=TextField(), phone=TextField(),
        time_zone=TextField(), state=TextField(), hours=Document(), manager_id=IntegerField(null=True),
    ),
    "record": dict(
        kind_id=TextField(), number=TextField(), status=TextField(), contact_id=IntegerField(null=True, index=True),
        assignee_id=IntegerField(null=True), location_id=IntegerField(null=True), profile=TextField(),
        source=TextField(), placed_at=Time(null=True), scheduled_at=Time(null=True), due_at=Time(null=True),
        paid_at=Time(null=True), total=BigIntegerField(null=True), currency=TextField(), items=Document(),
        tracking=Document(), fields=Document(), occurred_at=Time(), created_at=Time(), updated_at=Time(),
        closed_at=Time(null=True),
    ),
    "source": dict(
        key=TextField(unique=True), shop=TextField(), title=TextField(), secret=TextField(), kind_id=TextField(),
        location_id=IntegerField(null=True), statuses=Document(), active=BooleanField(), created_at=Time(),
    ),
    "delivery": dict(source_id=IntegerField(), key=TextField(), at=Time()),
    "page": dict(
        record_id=IntegerField(), entry_id=IntegerField(), file=TextField(unique=True), style=TextField(),
        language=TextField(), created_at=Time(),
    ),
    "link": dict(
        id=TextField(primary_key=True), record_id=IntegerField(index=True), recipient=TextField(),
        token=TextField(unique=True), state=TextField(), sent_to=TextField(), created_at=Time(), expires_at=Time(),
        sent_at=Time(null=True), opened_at=Time(null=True), openings=IntegerField(),
    ),
    "grant": dict(link_id=TextField(index=True), token=TextField(unique=True), created_at=Time(), used_at=Time()),
    "asking": dict(link_id=TextField(index=True), at=Time()),
    "template": dict(
        name=TextField(), kind_id=TextField(null=True), system=TextField(null=True, unique=True), texts=Document(),
        version=IntegerField(), updated_at=Time(),
    ),
    "message": dict(
        rule_id=IntegerField(null=True), record_id=IntegerField(), entry_id=IntegerField(null=True),
        occasion=TextField(), recipient=TextField(), channel=TextField(), template_id=IntegerField(), sort=TextField(),
        link_id=TextField(null=True), address=TextField(), subject=TextField(), state=TextField(), reason=TextField(),
        due_at=Time(), planned_at=Time(), expires_at=Time(), owner=TextField(), lease_until=Time(null=True),
        attempts=IntegerField(), sent_at=Time(null=True), dated_at=Time(null=True), message_id=TextField(),
    ),
    "sender_state": dict(
        sender=TextField(primary_key=True), rests_until=Time(null=True), open_since=Time(null=True), reason=TextField(),
        faults=IntegerField(),
    ),
    "worker": dict(name=TextField(primary_key=True), boot=TextField(), beat_at=Time()),
    "suppression": dict(fingerprint=TextField(primary_key=True), reason=TextField(), at=Time()),
    "mail": dict(
        message_id=TextField(unique=True), recipient=TextField(), subject=TextField(), content=BlobField(), at=Time(),
    ),
    "rule": dict(
        name=TextField(), kind_id=TextField(), trigger=TextField(), options=Document(), conditions=Document(),
        locations=Document(), delay=IntegerField(), channel=TextField(), recipients=Document(), on=BooleanField(),
        since=Time(null=True), fault=TextField(), created_at=Time(), updated_at=Time(),
    ),
}

INDEXES = (
    "CREATE INDEX entry_unread ON entry (id) WHERE unread",
    "CREATE INDEX entry_record ON entry (record_id, id)",
    "CREATE INDEX entry_dropped ON entry (at) WHERE what = 'message.dropped'",
    "CREATE UNIQUE INDEX record_number ON record (kind_id, number)",
    "CREATE INDEX record_recent ON record (kind_id, updated_at)",
    "CREATE INDEX record_by_status ON record (kind_id, status, updated_at)",
    "CREATE INDEX record_by_place ON record (kind_id, location_id, updated_at)",
    "CREATE UNIQUE INDEX delivery_key ON delivery (source_id, key)",
    "CREATE INDEX page_newest ON page (record_id, id)",
    "CREATE INDEX link_live ON link (expires_at) WHERE state IN ('issued', 'opened')",
    "CREATE UNIQUE INDEX message_once ON message (COALESCE(rule_id, 0), record_id, occasion, recipient, channel)",
    "CREATE INDEX message_due ON message (due_at) WHERE state = 'planned'",
    "CREATE INDEX message_before_dot ON message (lease_until) WHERE state = 'sending_pre'",
    "CREATE INDEX message_at_dot ON message (lease_until) WHERE state = 'sending_data'",
    "CREATE INDEX message_unclear ON message (due_at) WHERE state = 'unclear'",
    "CREATE INDEX message_record ON message (record_id, id)",
    "CREATE INDEX message_troubled ON message (id) WHERE state IN ('held', 'unclear', 'failed', 'awaiting', 'bounced')",
    "CREATE INDEX message_dropped ON message (id) WHERE state = 'dropped'",
    "CREATE INDEX message_sent ON message (sent_at, id) WHERE sent_at IS NOT NULL",
    "CREATE INDEX message_unreached ON message (planned_at) "
    "WHERE reason IN ('no_address', 'no_consent', 'suppressed', 'unknown_address')",
    "CREATE INDEX message_address ON message (address) WHERE address <> ''",
    "CREATE INDEX mail_at ON mail (at)",
)


def up(migrator, db):
    for name, fields in TABLES.items():
        meta = type("Meta", (), {"database": db, "table_name": name})
        type(name, (Model,), {**fields, "Meta": meta}).create_table()
    for statement in INDEXES:
        db.execute(SQL(statement))
