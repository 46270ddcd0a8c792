"""The mails about somebody's own access: in the house's look, in both languages, about no record."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.db import transaction
from emails import access, check
from emails.models import Template
from tests.mailing import above_foot

LINK = "https://status.example.org/password/8fKq2LwT0vXy5ZbN3cRmPd"
EXPIRES = datetime(2026, 12, 20, 12, tzinfo=UTC)


def written(system: str, language: str, name: str = "Ben") -> Any:
    return access.write(system, name, "ben@example.org", language, LINK, EXPIRES)


@pytest.mark.parametrize(("system", "language", "said"), [
    ("password_reset", "de", ["Tag Ben,", "Neues Passwort wählen", "60 Minuten", "Anlass dieser Nachricht: Ihr Zugang"]),
    ("password_reset", "en", ["Hello Ben,", "Choose a new password", "60 minutes", "Reason for this message: Your access"]),
    ("invitation", "de", ["Guten Tag Ben,", "Einladung annehmen", "20.\u00a0Dezember 2026", "Radhaus Lindner"]),
    ("invitation", "en", ["Hello Ben,", "Accept the invitation", "20\u00a0December 2026", "Radhaus Lindner"]),
])
def test_b1_and_b6_say_what_to_do_in_the_reader_s_language(shop: Any, system: str, language: str, said: list[str]) -> None:
    mail = written(system, language)
    assert [words for words in said if words not in mail.html] == []
    assert mail.language == language
    assert mail.html.count(f'href="{LINK}"') == 1, "one button"
    assert LINK in mail.text and "{" not in mail.text


@pytest.mark.parametrize("system", ["password_reset", "invitation"])
def test_the_texts_have_no_faults(house: Any, system: str) -> None:
    assert check.faults("x", Template.get(Template.system == system).texts, None, "de") == []


def test_without_a_name_nobody_is_named(shop: Any) -> None:
    assert "Guten Tag,\n" in written("invitation", "de", name="").text


def test_what_an_admin_wrote_is_what_goes_out_and_words_about_a_record_stay_empty(shop: Any) -> None:
    body = "{{ record.kind }}{{ record.sentence }}{{ record.total }}{{ customer.name }}Los: {{ link }}\n\n{{ record.items }}"
    with transaction():
        Template.update(texts={"de": {"subject": "Willkommen {{ record.status }}", "body": body}}).where(
            Template.system == "invitation"
        ).execute()
    mail = written("invitation", "de")
    assert (mail.subject.strip(), above_foot(mail).split()) == ("Willkommen", ["Los:", LINK])
