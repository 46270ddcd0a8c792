"""The whole room as app.py takes it: its screens, its doors for programs, and what it tidies up."""

from records import (
    contact_views,
    edit_views,
    events,
    location_views,
    profile_views,
    record_views,
    source_views,
    sources,
    views,
)
from records.intake import api, hooks, payments

BLUEPRINTS = (
    views.bp, record_views.bp, edit_views.bp, contact_views.bp, location_views.bp, source_views.bp, profile_views.bp,
    api.bp, hooks.bp, payments.bp,
)
CHORES = (sources.forget_deliveries, events.forget)
