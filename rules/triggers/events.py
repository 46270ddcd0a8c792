"""Triggers that hear what happens to a record: created, a new status, another time, another value, an event by name."""

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from core.i18n import N_
from core.i18n import gettext as _
from core.journal import Entry
from records import named
from records.models import Kind, Record
from records.wording import a
from rules.triggers import moments
from rules.triggers.contract import Heard, Occasion, Option, Options, Silent, status_of

NEWS = timedelta(days=7)  # what happened is no news any more after that


class Event(Silent):
    """What triggers of this family have in common: they speak of one Entry, a while after it."""

    family = "event"
    sort = "event"

    def occasion(self, entry: Entry, kind: Kind, delay: timedelta) -> Occasion:
        at = entry.at + delay
        return Occasion(self.key(entry), at, self.sort_of(entry, kind), at + NEWS)

    def key(self, entry: Entry) -> str:
        """Of what was created there is only one; everything else may happen again."""
        return "created" if entry.what.endswith(".created") else f"{entry.what.partition('.')[2]}@{entry.id}"

    def sort_of(self, entry: Entry, kind: Kind) -> str:
        return self.sort


class OfStatus(Event):
    """Triggers about statuses: an end that nobody wished for is a cancellation."""

    def sort_of(self, entry: Entry, kind: Kind) -> str:
        status = kind.status(status_of(entry)) or {}
        return "cancellation" if status.get("closed") and status.get("tone") == "stop" else "status"


class Created(OfStatus):
    label = N_("is created")

    def listens(self, options: Options) -> list[Heard]:
        return [("created", None)]

    def phrase(self, kind: Kind, options: Options) -> Markup:
        return Markup(_("As soon as %(kind)s <b>is created</b>")) % {"kind": a(kind)}

    def title(self, kind: Kind, options: Options) -> str:
        return _("created")


class StatusChanged(OfStatus):
    label = N_("gets any new status")
    newest = True

    def listens(self, options: Options) -> list[Heard]:
        return [("status_changed", None)]

    def phrase(self, kind: Kind, options: Options) -> Markup:
        return Markup(_("As soon as %(kind)s gets <b>any new status</b>")) % {"kind": a(kind)}

    def title(self, kind: Kind, options: Options) -> str:
        return _("every new status")


class StatusChangedTo(OfStatus):
    label = N_("gets a certain status")
    options: Sequence[Option] = (
        Option("statuses", "statuses", N_("Status"), N_("Tick at least one status.")),
        Option("also_created", "box", N_("also when it is created with it")),
    )
    meanwhile = N_("dropped if the status changes meanwhile")
    newest = True

    def listens(self, options: Options) -> list[Heard]:
        events = ("status_changed", "created") if options.get("also_created") else ("status_changed",)
        return [(event, status) for event in events for status in options.get("statuses", ())]

    def holds(self, record: Record, options: Options) -> bool:
        return record.status in options.get("statuses", ())

    def phrase(self, kind: Kind, options: Options) -> Markup:
        chosen = [Markup("<b>{}</b>").format(kind.status_label(key)) for key in options.get("statuses", ())]
        said = Markup(_("As soon as %(kind)s gets the status %(statuses)s")) % {
            "kind": a(kind), "statuses": Markup(_(" or ")).join(chosen) or Markup("<b>…</b>"),
        }
        return said + (Markup(_(" <b>or is created with it</b>")) if options.get("also_created") else Markup())

    def title(self, kind: Kind, options: Options) -> str:
        return ", ".join(kind.status_label(key) for key in options.get("statuses", ()))


class TimeChanged(Event):
    label = N_("gets another time")
    options: Sequence[Option] = (Option("field", "moment", N_("Which time"), N_("Please choose which time.")),)
    newest = True
    sort = "status"

    def listens(self, options: Options) -> list[Heard]:
        return [("scheduled_at_changed" if options.get("field") == "scheduled_at" else "changed", None)]

    def hears(self, entry: Entry, options: Options) -> bool:
        """Taking a time away is no new time."""
        field = options.get("field", "")
        return bool(entry.data.get("to")) if field == "scheduled_at" else field in entry.data.get("fields", ())

    def phrase(self, kind: Kind, options: Options) -> Markup:
        said = Markup(_("As soon as <b>%(time)s</b> of %(kind)s is changed"))
        return said % {"kind": a(kind, "dative"), "time": moments.label(options.get("field", ""), kind)}

    def title(self, kind: Kind, options: Options) -> str:
        return _("%(time)s changed", time=moments.noun(options.get("field", ""), kind))


class FieldChanged(Event):
    label = N_("gets another value")
    options: Sequence[Option] = (Option("field", "field", N_("Which field"), N_("Please choose a field.")),)
    newest = True

    def listens(self, options: Options) -> list[Heard]:
        return [("paid" if options.get("field") == "paid" else "changed", None)]

    def hears(self, entry: Entry, options: Options) -> bool:
        return options.get("field") == "paid" or options.get("field") in entry.data.get("fields", ())

    def phrase(self, kind: Kind, options: Options) -> Markup:
        if options.get("field") == "paid":
            return Markup(_("As soon as %(kind)s <b>is paid</b>")) % {"kind": a(kind)}
        said = Markup(_("As soon as <b>%(field)s</b> of %(kind)s is changed"))
        return said % {"kind": a(kind, "dative"), "field": moments.field_label(options.get("field", ""), kind)}

    def title(self, kind: Kind, options: Options) -> str:
        paid = options.get("field") == "paid"
        return _("paid") if paid else _("changed: %(field)s", field=moments.field_label(options.get("field", ""), kind))


class Reported(Event):
    label = N_("reports an event")
    options: Sequence[Option] = (Option("event", "event", N_("Event"), N_("Please choose an event.")),)

    def listens(self, options: Options) -> list[Heard]:
        return [(options.get("event") or "?", None)]

    def phrase(self, kind: Kind, options: Options) -> Markup:
        said = Markup(_("As soon as %(kind)s reports <b>%(event)s</b>"))
        return said % {"kind": a(kind), "event": _event(kind, options)}

    def title(self, kind: Kind, options: Options) -> str:
        return _event(kind, options)


class Opened(Event):
    label = N_("has its status page opened")

    def listens(self, options: Options) -> list[Heard]:
        return [("link.opened", None)]

    def phrase(self, kind: Kind, options: Options) -> Markup:
        return Markup(_("As soon as the customer <b>opens the status page</b> of %(kind)s")) % {"kind": a(kind, "dative")}

    def title(self, kind: Kind, options: Options) -> str:
        return _("status page opened")


def _event(kind: Kind, options: Options) -> str:
    """“a message received”, in the kind's own words."""
    return named.labels(kind).get(options.get("event", ""), options.get("event") or "…")
