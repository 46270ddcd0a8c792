"""The screens of the whole room as app.py takes them."""

from records import contact_views, edit_views, location_views, profile_views, record_views, source_views, views

BLUEPRINTS = (
    views.bp, record_views.bp, edit_views.bp, contact_views.bp, location_views.bp, source_views.bp, profile_views.bp,
)
