"""What travels with a mail beside its words: the pictures that its HTML shows as `cid:<name>`, and attached files."""

from base64 import b64encode
from dataclasses import dataclass

PAYMENT = "payment"  # the content id of the code for banking apps
LARGEST = 5 * 1024 * 1024  # octets of all files of a mail


@dataclass(frozen=True)
class Picture:
    """`name` is its content id, `subtype` as in image/png."""

    name: str
    subtype: str
    data: bytes

    @property
    def url(self) -> str:
        """The picture itself as an address, for a browser."""
        return f"data:image/{self.subtype};base64,{b64encode(self.data).decode()}"


@dataclass(frozen=True)
class File:
    """Something attached; `sort` is its content type with parameters. Where a text names it, it prints nothing."""

    name: str
    sort: str
    data: bytes

    def __str__(self) -> str:
        return ""
