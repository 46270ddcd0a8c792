"""What staff gave the customer to load: documents."""

from core import i18n
from core.i18n import N_
from pages import documents
from pages.blocks.contract import Block, Told
from pages.models import Document
from pages.snapshot import Snapshot

SORTS = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG"}


class Documents(Block):
    """Their names, each leading to the file as long as the page itself may be seen."""

    key, label, area = "documents", N_("Documents"), "main"

    def tell(self, snapshot: Snapshot) -> Told | None:
        rows = [
            (stem(one.name), f"{SORTS.get(one.type, '')}, {size(one)}", f"?{documents.QUERY}={one.id}")
            for one in snapshot.documents
        ]
        return {"rows": rows} if rows else None


def stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def size(document: Document) -> str:
    """“240 KB”, “1,3 MB”."""
    kilo = -(-document.size // 1024)
    return f"{i18n.number(kilo)}\u00a0KB" if kilo < 1000 else f"{i18n.number(str(round(kilo / 1024, 1)))}\u00a0MB"
