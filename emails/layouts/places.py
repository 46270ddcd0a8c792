"""What may stand in a layout between double braces: each place explained, for whoever writes one."""

from core.i18n import N_

PLACES = {
    "content": N_("The text of the mail with its buttons and tables. Once, in <mj-column>; must not be missing."),
    "legal": N_("Reason for the mail, the company’s legal lines, imprint and privacy. In <mj-text>; must not be missing."),
    "signature": N_("The signature of the reader’s language."),
    "logo": N_("The logo; where there is none, or pictures are off, the company’s name."),
    "company": N_("The company’s name."),
    "sender": N_("Name, street and town of the company in one line."),
    "reader": N_("The name of whoever the mail goes to."),
    "date": N_("The day the mail goes out."),
    "about": N_("Kind and number of the record."),
    "subject": N_("The subject as a heading; empty where the text begins with a heading."),
    "preheader": N_("The line that inboxes show beside the subject. In <mj-preview>."),
    "language": N_("The mail’s language, for <mjml lang>."),
    "colour": N_("Your colour, for areas and buttons. Colours stand in attributes and in <mj-style>."),
    "on_colour": N_("What can be read on your colour: white or black."),
    "accent": N_("Your colour for text, dark enough for white ground."),
    "colour_dark": N_("Your colour for areas in dark mode."),
    "on_colour_dark": N_("What can be read on it in dark mode."),
    "accent_dark": N_("Your colour for text in dark mode."),
}
