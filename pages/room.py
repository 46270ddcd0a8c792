"""The whole room as app.py takes it: screens, readers of the journal, and what it does again and again."""

from pages import endings, given, publish, staff, sweep, views
from pages.settings import history, renewal
from pages.settings import views as settings

BLUEPRINTS = (views.bp, staff.bp, given.bp, settings.bp, history.bp)
READERS = (publish.read, endings.read)
CHORES = (endings.settle, sweep.sweep)
SWEEPS = (renewal.renew,)
