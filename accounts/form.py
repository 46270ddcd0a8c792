"""What a person typed into a form: cleaned values, and a sentence for each field that is wrong."""

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from accounts.passwords import LONGEST, SHORTEST
from core.i18n import gettext as _

CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


class Form:
    """`values` holds what was typed, to be shown again; `errors` a translated sentence by field."""

    def __init__(self, typed: Mapping[str, str]):
        self.values = {name: value for name, value in typed.items() if "password" not in name}
        self.errors: dict[str, str] = {}
        self._typed = typed

    def line(self, name: str, longest: int = 120, needed: bool = True) -> str:
        """One line of text without control characters."""
        text = self._typed.get(name, "").strip()
        if CONTROL.search(text):
            self.refuse(name, _("Please write this in one line, without control characters."))
        elif len(text) > longest:
            self.refuse(name, _("Please keep this within %(n)s characters.", n=longest))
        elif needed and not text:
            self.refuse(name, _("Please fill this in."))
        return text

    def text(self, name: str, longest: int) -> str:
        """Several lines of text without other control characters; may be empty."""
        text = self._typed.get(name, "").replace("\r\n", "\n").strip()
        if CONTROL.search(text.replace("\n", "")):
            self.refuse(name, _("Please write this without control characters."))
        elif len(text) > longest:
            self.refuse(name, _("Please keep this within %(n)s characters.", n=longest))
        return text

    def email(self, name: str, needed: bool = True) -> str:
        """One address, in lower case."""
        text = self.line(name, 254, needed)
        if not text or name in self.errors:
            return text
        try:
            found = validate_email(text, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
        except EmailNotValidError:
            return self.refuse(name, _("This is not an e-mail address."))
        if "." not in found.ascii_domain:
            return self.refuse(name, _("This is not an e-mail address."))
        return found.normalized.lower()

    def phone(self, name: str, needed: bool = False) -> str:
        """A telephone number in E.164; without a country's prefix it is a German one."""
        text = self.line(name, 40, needed)
        if not text or name in self.errors:
            return text
        try:
            number = phonenumbers.parse(text, "DE")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            return self.refuse(name, _("This is not a telephone number."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def url(self, name: str, needed: bool = False) -> str:
        """An address of the web, with its scheme; https:// is put before a bare one."""
        text = self.line(name, 500, needed)
        if not text or name in self.errors:
            return text
        text = text if "://" in text else f"https://{text}"
        if not _is_web(text):
            return self.refuse(name, _("This is not a web address, such as https://example.org/imprint."))
        return text

    def one_of(self, name: str, options: Collection[str]) -> str:
        """One of the options offered."""
        text = self._typed.get(name, "")
        return text if text in options else self.refuse(name, _("Please choose one of these."))

    def new_password(self, name: str) -> str:
        """A password long enough to keep."""
        text = self._typed.get(name, "")
        if len(text) < SHORTEST:
            self.refuse(name, _("A password needs at least %(n)s characters.", n=SHORTEST))
        elif len(text) > LONGEST:
            self.refuse(name, _("Please keep this within %(n)s characters.", n=LONGEST))
        return text

    def new_password_twice(self, name: str) -> str:
        """A new password, written once more as `<name>_again`."""
        text = self.new_password(name)
        if name not in self.errors and self._typed.get(f"{name}_again", "") != text:
            self.refuse(f"{name}_again", _("The two passwords differ."))
        return text

    def refuse(self, name: str, sentence: str) -> str:
        """Say what is wrong with a field; only the first sentence stays."""
        self.errors.setdefault(name, sentence)
        return ""


def _is_web(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "") and not re.search(r"[\s\"'<>]", text)
