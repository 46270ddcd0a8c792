"""Layouts of mails: three that ship, and those an admin writes in MJML."""
