"""The whole room as app.py takes it: the blueprint with every view, its doors and its limits."""

from collections.abc import Iterable

from flask import Flask

from accounts import access, company, keys, limits, setup, users
from accounts.views import bp

__all__ = ["bp", "company", "furnish", "keys", "users"]


def furnish(app: Flask, starters: Iterable[setup.Starter] = ()) -> None:
    """Give an app sign-in, limits and the packs offered at the first start, and register the views."""
    access.furnish(app)
    limits.furnish(app)
    setup.furnish(app, list(starters))
    app.register_blueprint(bp)
