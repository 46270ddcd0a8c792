"""The company's logo for mails: an inline image, because mail programs show no data: addresses and load nothing unasked."""

import base64
import binascii
import struct
from dataclasses import dataclass
from functools import lru_cache

TALLEST, WIDEST = 48, 220  # px on the page
CONTENT_ID = "logo"


@dataclass(frozen=True)
class Logo:
    """`subtype` as in image/png; `width` in px as it shall be shown."""

    subtype: str
    data: bytes
    width: int


@lru_cache(maxsize=8)
def read(url: str) -> Logo | None:
    """The logo in a data: address; None when there is none or mail programs could not show it (SVG, WebP)."""
    head, _comma, code = url.partition(";base64,")
    subtype = head.removeprefix("data:image/").replace("jpg", "jpeg")
    if subtype not in ("png", "jpeg", "gif"):
        return None
    try:
        data = base64.b64decode(code, validate=True)
        wide, high = _SIZES[subtype](data)
    except (binascii.Error, struct.error, ValueError):
        return None
    if wide < 1 or high < 1:
        return None
    return Logo(subtype, data, max(1, min(WIDEST, wide, round(TALLEST * wide / high))))


def _png(data: bytes) -> tuple[int, int]:
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("not a PNG")
    return struct.unpack(">II", data[16:24])


def _gif(data: bytes) -> tuple[int, int]:
    if data[:4] != b"GIF8":
        raise ValueError("not a GIF")
    return struct.unpack("<HH", data[6:10])


def _jpeg(data: bytes) -> tuple[int, int]:
    """The size in the frame header, behind segments that each begin with their length (ITU T.81, B.1)."""
    place = 2
    while data[:2] == b"\xff\xd8" and place < len(data):
        mark, length = struct.unpack(">HH", data[place : place + 4])
        if 0xFFC0 <= mark <= 0xFFCF and mark not in (0xFFC4, 0xFFC8, 0xFFCC):
            high, wide = struct.unpack(">HH", data[place + 5 : place + 9])
            return wide, high
        place += 2 + length
    raise ValueError("not a JPEG")


_SIZES = {"png": _png, "gif": _gif, "jpeg": _jpeg}
