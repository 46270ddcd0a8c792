"""What a record's biography tells of its messages, and of the calls to its customer."""

from markupsafe import Markup, escape

from core import clock
from core.i18n import N_
from core.i18n import gettext as _
from core.journal import Entry
from outbox.afterwards.calls import OUTCOMES
from outbox.models import Message
from outbox.words import Told, tell
from records import actors
from records.biography import Line

LONGEST = 200  # messages of one record that are told
WHAT = {
    "planned": N_("<b>%(what)s</b> by e‑mail to %(to)s"),
    "awaiting": N_("<b>%(what)s</b> by e‑mail to %(to)s"),
    "sending_pre": N_("<b>%(what)s</b> is on its way to %(to)s"),
    "sending_data": N_("<b>%(what)s</b> is on its way to %(to)s"),
    "sent": N_("<b>%(what)s</b> sent by e‑mail to %(to)s"),
    "bounced": N_("<b>%(what)s</b> to %(to)s came back"),
    "held": N_("<b>%(what)s</b> to %(to)s is held"),
    "unclear": N_("Unclear whether <b>%(what)s</b> reached %(to)s"),
    "dropped": N_("%(what)s to %(to)s"),
    "failed": N_("<b>%(what)s</b> to %(to)s has failed"),
}
OF_SMS = {
    "planned": N_("<b>%(what)s</b> as an SMS to %(to)s"),
    "awaiting": N_("<b>%(what)s</b> as an SMS to %(to)s"),
    "sent": N_("<b>%(what)s</b> sent as an SMS to %(to)s"),
}
NOTHING = Markup("")


def messages(record_id: int) -> list[Told]:
    """The record's last messages, the newest first."""
    return tell(list(Message.select().where(Message.record == record_id).order_by(Message.id.desc()).limit(LONGEST)))


def line(row: Told, name: str | Markup, to: str, why: str, foot: Markup = NOTHING) -> Line:
    """A message as `name`, to whom, and why it stands as it does."""
    forms = WHAT | OF_SMS if row.message.channel == "sms" else WHAT
    what = Markup(_(forms[row.message.state])) % {"what": escape(name), "to": escape(to)}
    if row.writer:
        why = " ".join(filter(None, (_("Written by %(name)s.", name=row.writer), why)))
    at = max(row.at, clock.now()) if row.message.state == "awaiting" else row.at
    return Line(at, row.stamp, row.sign, what, why, foot)


def calls(record_id: int) -> list[Line]:
    """What came of calling the customer."""
    lines = list(Entry.select().where(Entry.record_id == record_id, Entry.what == "message.called"))
    names = actors.names(line.actor for line in lines)
    what, said = Markup(_("Called: <b>%(outcome)s</b>")) + Markup(", "), {key: _(words) for key, words in OUTCOMES.items()}
    return [
        Line(line.at, "", "phone", what % {"outcome": said[line.data["outcome"]]} + escape(names[line.actor]))
        for line in lines
    ]
