"""The whole room as app.py takes it: screens, readers of the journal, and what it does again and again."""

from pages import endings, given, publish, staff, sweep, unsubscribe_views, views
from pages.replies import kept
from pages.replies import views as replies
from pages.settings import audience_views, history, keeping_views, renewal
from pages.settings import views as settings

BLUEPRINTS = (
    views.bp, unsubscribe_views.bp, staff.bp, replies.bp, given.bp, settings.bp, history.bp, keeping_views.bp,
    audience_views.bp,
)
READERS = (publish.read, endings.read, kept.read)
CHORES = (endings.settle, sweep.sweep)
SWEEPS = (renewal.renew,)
