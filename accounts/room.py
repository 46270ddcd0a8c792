"""The whole room as app.py takes it: the blueprint with every view, its doors, its limits and its way out for mails."""

from collections.abc import Iterable

from flask import Flask

from accounts import access, company, errands, invitations, joining, keys, limits, lost, setup, users
from accounts.views import bp

__all__ = ["bp", "company", "furnish", "invitations", "joining", "keys", "lost", "users"]


def furnish(app: Flask, starters: Iterable[setup.Starter] = (), post: errands.Post = lambda: None) -> None:
    """Give an app sign-in, limits, the packs offered at the first start and the way out for mails; register the views."""
    access.furnish(app)
    limits.furnish(app)
    setup.furnish(app, list(starters))
    errands.furnish(app, post)
    app.register_blueprint(bp)
