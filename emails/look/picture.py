"""A logo as it was sent becomes a picture of ours: decoded, made smaller, written anew without anything but its dots."""

import base64
import io

from PIL import Image, ImageOps

from core.i18n import gettext as _

LARGEST_SENT = 1024 * 1024  # octets
MOST_DOTS = 25_000_000
WIDEST = 1600  # dots
HEIGHTS = (400, 280, 200, 140, 96)  # dots; the first at which the picture is small enough
LARGEST_KEPT = 100 * 1024  # octets: it goes along with every mail and stands in every status page


class Unfit(ValueError):
    """A picture that cannot be a logo; its text is the sentence for whoever sent it."""


def recoded(sent: bytes) -> str:
    """The picture as a data: address, PNG or JPEG as it came; raises Unfit."""
    if len(sent) > LARGEST_SENT:
        raise Unfit(_("The logo may have at most 1 MB."))
    if b"<svg" in sent[:4096].lower():
        raise Unfit(_("An SVG file can contain programs, and mails do not show it. Please save the logo as PNG."))
    try:
        kind, image = _decoded(sent)
        code = base64.b64encode(_small(image, kind)).decode()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise error if isinstance(error, Unfit) else Unfit(_("Please choose a PNG or JPEG picture.")) from error
    return f"data:image/{kind.lower()};base64,{code}"


def _decoded(sent: bytes) -> tuple[str, Image.Image]:
    with Image.open(io.BytesIO(sent), formats=("PNG", "JPEG")) as image:
        wide, high = image.size
        if wide * high > MOST_DOTS:
            raise Unfit(_("This picture has too many dots. Please make it smaller first."))
        kind = image.format or ""
        if kind == "JPEG":
            image.draft("RGB", (WIDEST, HEIGHTS[0]))
        upright = ImageOps.exif_transpose(image)
        return kind, upright.convert("RGB" if kind == "JPEG" or not image.has_transparency_data else "RGBA")


def _small(image: Image.Image, kind: str) -> bytes:
    """Written anew, at the first height at which it is light enough."""
    for height in HEIGHTS:
        image.thumbnail((WIDEST, height), Image.Resampling.LANCZOS)
        bare, written = Image.new(image.mode, image.size), io.BytesIO()
        bare.paste(image)
        bare.save(written, kind, optimize=True, **({"quality": 88} if kind == "JPEG" else {}))
        if written.tell() <= LARGEST_KEPT:
            return written.getvalue()
    raise Unfit(_("This picture cannot be made small enough. Please choose a simpler one."))
