"""Templates and their texts, one per language, and their versions."""

from typing import Any

from peewee import IntegerField, TextField, fn

from core.db import Json, Model, UtcField, is_sqlite, transaction


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

    def save(self, *args: Any, **kwargs: Any) -> Any:
        with transaction():
            if self.id is None and is_sqlite():
                self.id, kwargs["force_insert"] = unused(), True
            return super().save(*args, **kwargs)


class TemplateVersion(Model):
    """A template as it stood after one change; `how`: created, edited, restored:3, deleted … `content`: what it said."""

    template_id = IntegerField()
    version = IntegerField()
    at = UtcField()
    actor = TextField()
    how = TextField()
    content = Json()


def unused() -> int:
    """A number no template ever had: SQLite alone would give that of a deleted one again, with its versions."""
    there, kept = fn.MAX(Template.id), fn.MAX(TemplateVersion.template_id)
    return 1 + max(Template.select(there).scalar() or 0, TemplateVersion.select(kept).scalar() or 0)
