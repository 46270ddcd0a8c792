"""What can start a rule: each trigger says which Entries it hears, what makes its message unique, and how it is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from markupsafe import Markup

from core.i18n import N_
from core.i18n import gettext as _
from core.journal import Entry
from records.models import Kind, Record

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """One choice a trigger leaves to the builder: `shape` is statuses (a list of keys) or box (a bool)."""

    name: str
    shape: str
    label: str
    missing: str = ""


class Trigger(Protocol):
    """What the engine, the builder and the sentence ask of a trigger. A new one is a class here and a line in TRIGGERS."""

    label: str
    options: Sequence[Option]
    meanwhile: str  # what a reader should know of `holds` when the rule waits, or nothing

    def listens(self, options: Options) -> list[tuple[str, str | None]]:
        """The events it hears, each with the status it must have led to, None for any."""

    def occasion(self, entry: Entry) -> str:
        """What makes its message unique for a record; the same however often the Entry is read."""

    def sort(self, entry: Entry, kind: Kind) -> str:
        """Which sort of message it makes: status or cancellation."""

    def holds(self, record: Record, options: Options) -> bool:
        """Whether what started it is still so, asked after a delay."""

    def phrase(self, kind: str, options: Options, labels: Mapping[str, str]) -> Markup:
        """“As soon as an order is created”, with what was chosen in <b>; `labels` names the statuses."""

    def title(self, options: Options, labels: Mapping[str, str]) -> str:
        """A short name for a rule that starts so: “created”, “Ready, Done”."""


class Created:
    label = N_("is created")
    options: Sequence[Option] = ()
    meanwhile = ""

    def listens(self, options: Options) -> list[tuple[str, str | None]]:
        return [("created", None)]

    def occasion(self, entry: Entry) -> str:
        return "created"

    def sort(self, entry: Entry, kind: Kind) -> str:
        return _sort(entry, kind)

    def holds(self, record: Record, options: Options) -> bool:
        return True

    def phrase(self, kind: str, options: Options, labels: Mapping[str, str]) -> Markup:
        return Markup(_("As soon as %(kind)s <b>is created</b>")) % {"kind": kind}

    def title(self, options: Options, labels: Mapping[str, str]) -> str:
        return _("created")


class StatusChanged:
    label = N_("gets any new status")
    options: Sequence[Option] = ()
    meanwhile = ""

    def listens(self, options: Options) -> list[tuple[str, str | None]]:
        return [("status_changed", None)]

    def occasion(self, entry: Entry) -> str:
        return f"status:{entry.id}"

    def sort(self, entry: Entry, kind: Kind) -> str:
        return _sort(entry, kind)

    def holds(self, record: Record, options: Options) -> bool:
        return True

    def phrase(self, kind: str, options: Options, labels: Mapping[str, str]) -> Markup:
        return Markup(_("As soon as %(kind)s gets <b>any new status</b>")) % {"kind": kind}

    def title(self, options: Options, labels: Mapping[str, str]) -> str:
        return _("every new status")


class StatusChangedTo:
    label = N_("gets a certain status")
    options: Sequence[Option] = (
        Option("statuses", "statuses", N_("Status"), N_("Tick at least one status.")),
        Option("also_created", "box", N_("also when it is created with it")),
    )
    meanwhile = N_("dropped if the status changes meanwhile")

    def listens(self, options: Options) -> list[tuple[str, str | None]]:
        events = ("status_changed", "created") if options.get("also_created") else ("status_changed",)
        return [(event, status) for event in events for status in options.get("statuses", ())]

    def occasion(self, entry: Entry) -> str:
        return f"status:{entry.id}"

    def sort(self, entry: Entry, kind: Kind) -> str:
        return _sort(entry, kind)

    def holds(self, record: Record, options: Options) -> bool:
        return record.status in options.get("statuses", ())

    def phrase(self, kind: str, options: Options, labels: Mapping[str, str]) -> Markup:
        chosen = [Markup("<b>{}</b>").format(labels.get(key, key)) for key in options.get("statuses", ())]
        said = Markup(_("As soon as %(kind)s gets the status %(statuses)s")) % {
            "kind": kind,
            "statuses": Markup(_(" or ")).join(chosen) or Markup("<b>…</b>"),
        }
        return said + (Markup(_(" <b>or is created with it</b>")) if options.get("also_created") else Markup())

    def title(self, options: Options, labels: Mapping[str, str]) -> str:
        return ", ".join(labels.get(key, key) for key in options.get("statuses", ()))


TRIGGERS: dict[str, Trigger] = {
    "created": Created(),
    "status_changed": StatusChanged(),
    "status_changed_to": StatusChangedTo(),
}


def status_of(entry: Entry) -> str:
    """The status that an Entry led to; empty when it is about something else."""
    return entry.data.get("to") or entry.data.get("status") or ""


def _sort(entry: Entry, kind: Kind) -> str:
    status = kind.status(status_of(entry)) or {}
    return "cancellation" if status.get("closed") and status.get("tone") == "stop" else "status"
