"""What a block of a status page is: what it is called, where it stands, what about it can be chosen, what it tells."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from pages.snapshot import Snapshot
from records.models import Kind

Told = dict[str, Any]
AREAS = ("top", "now", "main", "side")


@dataclass(frozen=True)
class Option:
    """A yes or no about a block that the settings for status files may choose, such as showing prices."""

    key: str
    label: str
    default: bool = True


class Block(ABC):
    """One part. `label` is its heading, `area` where on the page it stands, `options` what can be chosen about it.

    Where it stands may be set otherwise; `fixed` is what no setting leaves out.
    """

    key: str
    label: str
    area: str
    options: tuple[Option, ...] = ()
    fixed: bool = False

    @property
    def template(self) -> str:
        return f"blocks/{self.key}.html"

    @abstractmethod
    def tell(self, snapshot: Snapshot) -> Told | None:
        """What its template is given beside `label`, in the language being spoken; None leaves the block out."""

    def offered(self, kind: Kind) -> tuple[Option, ...]:
        """What can be chosen about it on the pages of that kind."""
        return self.options

    def chosen(self, snapshot: Snapshot, option: str) -> bool:
        """What the settings say about one of its options, or else what the option is by default."""
        said = snapshot.options.get(self.key, {})
        offered = self.offered(snapshot.record.kind)
        return said[option] if option in said else next(known.default for known in offered if known.key == option)
