"""What mails that come back need: a message is found by the Message-ID its mail carried."""

from peewee import SQL


def up(migrator, db):
    db.execute(SQL("CREATE INDEX message_named ON message (message_id) WHERE message_id <> ''"))
