"""The screens of the whole room as app.py takes them, and what it sweeps."""

from pages import given, staff, views
from pages.settings import history, renewal
from pages.settings import views as settings

BLUEPRINTS = (views.bp, staff.bp, given.bp, settings.bp, history.bp)
SWEEPS = (renewal.renew,)
