"""The screens of the whole room as app.py takes them, and what the room below is told by it."""

from emails import frame, history, on_page, views
from emails.layouts import history as layout_history
from emails.layouts import views as layouts
from emails.look import views as look
from pages.settings import texts

BLUEPRINTS = (views.bp, history.bp, frame.bp, look.bp, layouts.bp, layout_history.bp)


def furnish() -> None:
    """Tell status pages, which know no placeholders, who does."""
    texts.furnish(on_page.PageTexts())
