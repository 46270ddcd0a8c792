"""Templates and their texts, one per language, and their versions."""

from typing import Any

from peewee import BooleanField, IntegerField, TextField, fn

from core.db import Json, Model, UtcField, is_sqlite, transaction

WORDS = {"email": "body", "sms": "sms"}  # channel → the part of a text that it cannot do without


class Template(Model):
    """What is said, with placeholders, per language: `texts` = {"de": {"subject", "body", "sms"}, …}.

    A mail has a subject and a Markdown body, both "" where there is only an SMS; `sms` is missing where there is none.
    `version` grows with every save; `system` names a template the product itself needs (`fresh_link`). `layout` is one of
    ours, the number of an admin's, or empty: as the company has it. What is `advertising` goes only to those who agreed to
    that, with a way to unsubscribe.
    """

    name = TextField()
    kind_id = TextField(null=True)
    system = TextField(null=True, unique=True)
    texts = Json()
    layout = TextField(default="")
    advertising = BooleanField(default=False)
    version = IntegerField(default=1)
    updated_at = UtcField()

    def text(self, language: str) -> dict[str, Any]:
        """The mail in that language, else in the first there is."""
        mails = self.spoken("email")
        return mails.get(language) or next(iter((mails or self.texts).values()))

    def spoken(self, channel: str) -> dict[str, dict[str, Any]]:
        """The languages, with their texts, in which it has something to say by e-mail or by SMS."""
        return {language: text for language, text in self.texts.items() if text.get(WORDS[channel])}

    def saying(self, texts: dict[str, dict[str, str]]) -> "Template":
        """The same with other words, never to be saved."""
        return Template(texts=texts, layout=self.layout, advertising=self.advertising)

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
