"""The screens of the whole room as app.py takes them."""

from emails import frame, history, views

BLUEPRINTS = (views.bp, history.bp, frame.bp)
