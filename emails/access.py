"""A mail about no record: to somebody who works here, about her own access."""

from datetime import datetime

from core import i18n
from emails import compose
from emails.compose import Composed, Unusable
from emails.models import Template
from records.models import Kind, Record
from records.people import Person


def write(system: str, name: str, address: str, language: str, link: str, expires: datetime) -> Composed:
    """The text of a system's template for her, with her link; what is said of a record stays empty. Raises Unusable."""
    template = Template.get_or_none(Template.system == system)
    if template is None:
        raise Unusable(i18n.gettext("This template has no text."))
    return compose.compose(template, _nothing(), Person(address, name, address, language, None, None), link, expires)


def _nothing() -> Record:
    """A record of which nothing is known."""
    kind = Kind(key="", collection="", labels={language: {"one": "", "many": ""} for language in i18n.LANGUAGES})
    return Record(kind=kind, number="", status="")
