"""What travels inside a mail beside its words: the pictures that its HTML shows as `cid:<name>`."""

from base64 import b64encode
from dataclasses import dataclass

PAYMENT = "payment"  # the content id of the code for banking apps


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
