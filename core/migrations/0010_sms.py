"""What an SMS took and cost, under which number its gateway knows it, and SMS in the built-in mailbox."""

from peewee import SQL, BigIntegerField, IntegerField, TextField


def up(migrator, db):
    columns = dict(
        parts=IntegerField(null=True), cost=BigIntegerField(null=True), currency=TextField(null=True),
        remote_id=TextField(null=True),
    )
    migrator.migrate(*(migrator.add_column("message", name, field) for name, field in columns.items()))
    migrator.migrate(migrator.add_column("mail", "channel", TextField(default="email")))
    db.execute(SQL("CREATE INDEX message_remote ON message (remote_id) WHERE remote_id IS NOT NULL"))
