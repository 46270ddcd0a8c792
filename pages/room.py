"""The screens of the whole room as app.py takes them."""

from pages import given, staff, views
from pages.settings import history
from pages.settings import views as settings

BLUEPRINTS = (views.bp, staff.bp, given.bp, settings.bp, history.bp)
