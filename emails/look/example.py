"""A mail that shows a look: the house's own status mail with a table of items, for a record that does not exist."""

from typing import Any

from core import i18n
from emails import compose, preview, samples
from emails.layouts.frame import Frame
from emails.models import Template


def mail(company: dict[str, Any], language: str, layout: str | Frame = "") -> str:
    """Its HTML for a frame, in a language and in a layout, else in the company's."""
    with i18n.speaking(language):
        text = Template.get(Template.system == "status_mail").text(language)
        text = {"subject": text["subject"], "body": f"{text['body']}\n\n{{{{ record.items }}}}"}
        scene = samples.scene(samples.record(samples.any_kind()), company, language)
        return preview.document(compose.fill(compose.compile_text(text, language, company, None, layout), scene, language))
