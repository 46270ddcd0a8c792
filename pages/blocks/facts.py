"""What the record is about beside its items: a device, a serial number, whatever its kind asks for."""

from core import i18n
from core.i18n import N_
from pages.blocks.contract import Block, Option, Told
from pages.snapshot import Snapshot
from records import further
from records.models import Kind


class Facts(Block):
    """The kind's further fields that customers are to see: each is an option, on where the kind says `page`."""

    key, label, area = "facts", N_("In detail"), "main"

    def offered(self, kind: Kind) -> tuple[Option, ...]:
        standard = {field["key"] for field in further.STANDARD}
        own = [field for field in kind.fields if field["key"] not in standard]
        return tuple(Option(field["key"], i18n.pick(field["labels"]), bool(field.get("page"))) for field in own)

    def tell(self, snapshot: Snapshot) -> Told | None:
        record = snapshot.record
        shown = [one for one in self.offered(record.kind) if self.chosen(snapshot, one.key)]
        facts = [(one.label, further.say(record.kind, one.key, record.fields.get(one.key))) for one in shown]
        rows = [(label, said) for label, said in facts if said]
        return {"rows": rows} if rows else None
