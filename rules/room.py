"""The screens of the whole room as app.py takes them."""

from rules import job_views
from rules.builder import views as builder
from rules.feed import many_views
from rules.feed import views as feed
from rules.history import views as history
from rules.record import views as record
from rules.replay import views as replay

BLUEPRINTS = (feed.bp, builder.bp, many_views.bp, history.bp, record.bp, replay.bp, job_views.bp)
