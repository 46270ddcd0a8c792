"""What can start a rule; a new trigger is a class in one of these modules and a line here."""

from rules.triggers.contract import Occasion, Option, Options, Trigger, status_of, step_of
from rules.triggers.events import Created, FieldChanged, Opened, Reported, StatusChanged, StatusChangedTo, TimeChanged
from rules.triggers.reminders import After, Before
from rules.triggers.series import Every

__all__ = ["TRIGGERS", "Occasion", "Option", "Options", "Trigger", "status_of", "step_of"]

TRIGGERS: dict[str, Trigger] = {
    "created": Created(),
    "status_changed": StatusChanged(),
    "status_changed_to": StatusChangedTo(),
    "time_changed": TimeChanged(),
    "field_changed": FieldChanged(),
    "event": Reported(),
    "opened": Opened(),
    "before": Before(),
    "after": After(),
    "every": Every(),
}
