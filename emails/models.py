"""Templates and their texts, one per language."""

from typing import Any

from peewee import IntegerField, TextField

from core.db import Json, Model, UtcField


class Template(Model):
    """A subject and a Markdown body with placeholders per language: `texts` = {"de": {"subject", "body"}, …}.

    `version` grows with every save; `system` names a template the product itself needs (`fresh_link`).
    """

    name = TextField()
    kind_id = TextField(null=True)
    system = TextField(null=True, unique=True)
    texts = Json()
    version = IntegerField(default=1)
    updated_at = UtcField()

    def text(self, language: str) -> dict[str, Any]:
        """The text in that language, else in the first there is."""
        return self.texts.get(language) or next(iter(self.texts.values()))
