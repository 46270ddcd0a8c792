"""How something is changed or cancelled, on which conditions."""

from core.i18n import N_
from core.i18n import gettext as _
from pages.blocks.contract import Block, Told
from pages.firm import phone
from pages.snapshot import Snapshot


class Change(Block):
    """The conditions as the settings say them, and the ways to say so; by itself only while an appointment lies ahead."""

    key, label, area = "change", N_("Change or cancel"), "side"

    def tell(self, snapshot: Snapshot) -> Told | None:
        record, firm = snapshot.record, snapshot.firm
        if snapshot.stopped or snapshot.status.get("closed"):
            return None
        ahead = record.scheduled_at is not None and record.scheduled_at > record.updated_at
        number = (phone(record.location.phone) if record.location else None) or firm.phone
        if not snapshot.terms and not (ahead and (number or firm.email)):
            return None
        sentence = "" if snapshot.terms else _("Something has come up? Please tell us as early as you can.")
        return {"terms": snapshot.terms, "sentence": sentence, "phone": number, "email": firm.email}
