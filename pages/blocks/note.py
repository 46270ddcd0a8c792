"""What staff want the customer of a record to know."""

from core.i18n import N_
from pages.blocks.contract import Block, Told
from pages.snapshot import Snapshot
from records.further import NOTE


class Note(Block):
    """The message of the people in charge, as it stands on the record, paragraph by paragraph."""

    key, label, area = "note", N_("A message for you"), "top"

    def tell(self, snapshot: Snapshot) -> Told | None:
        lines = [line.strip() for line in str(snapshot.record.fields.get(NOTE) or "").splitlines()]
        return {"lines": [line for line in lines if line], "firm": snapshot.firm.name} if any(lines) else None
