"""The templates the product itself needs; made when they are missing, kept as they are when somebody changed them."""

from pathlib import Path

from core import clock, i18n
from core.db import is_sqlite, transaction
from emails.models import Template, unused

FOLDER = Path(__file__).with_name("texts")
SYSTEM = {
    "fresh_link": i18n.N_("A fresh link"),
    "status_mail": i18n.N_("Status message"),
    "payment_reminder": i18n.N_("Payment reminder"),
    "password_reset": i18n.N_("Password lost"),
    "invitation": i18n.N_("Invitation of a person"),
}


def install() -> None:
    """Make the system's templates that are missing."""
    for key, name in SYSTEM.items():
        if not Template.select().where(Template.system == key).exists():
            texts = {language: read(FOLDER / f"{key}.{language}.md") for language in i18n.LANGUAGES}
            with i18n.speaking("de"), transaction():
                number = {"id": unused()} if is_sqlite() else {}
                Template.insert(
                    name=i18n.gettext(name), system=key, texts=texts, version=1, updated_at=clock.now(), **number
                ).on_conflict_ignore().execute()


def read(path: Path) -> dict[str, str]:
    """A text file: `subject: …` and perhaps `sms: …` between two lines of dashes, then the body."""
    _before, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    lines = dict(line.split(": ", 1) for line in head.strip().splitlines())
    return {**lines, "body": body.strip()}
