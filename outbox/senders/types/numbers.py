"""Whole numbers in the forms of senders."""

from accounts.form import Form
from core.i18n import gettext as _


def whole(form: Form, name: str, least: int, most: int) -> int:
    """The number typed, from `least` to `most`."""
    text = form.line(name, 8)
    if text.isascii() and text.isdecimal() and least <= int(text) <= most:
        return int(text)
    form.refuse(name, _("Please give a number from %(least)s to %(most)s.", least=least, most=most))
    return least
