"""A template and a rule that uses it, for the tests of feed and builder."""

import pytest
from flask import Flask

from core import clock
from core.db import transaction
from emails.models import Template
from rules.models import Rule


@pytest.fixture
def letter(house: Flask) -> Template:
    text = {"subject": "Auftrag {{ record.number }}: {{ record.status }}", "body": "{{ greeting }}\n\n[Ansehen]({{ link }})"}
    with transaction():
        return Template.create(name="Auftragsstatus", texts={"de": text}, updated_at=clock.now())


@pytest.fixture
def rule(letter: Template) -> Rule:
    now, recipient = clock.now(), {"who": "customer", "address": "", "template": letter.id}
    return Rule.create(
        name="Eingang bestätigen", kind="order", trigger="created", recipients=[recipient], on=True, since=now,
        created_at=now, updated_at=now,
    )
