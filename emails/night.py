"""Shows a document by day or by night, whatever the screen it is looked at on."""

import re

ASKED = re.compile(r"@media(?: only screen and)? ?\(prefers-color-scheme: ?dark\)")


def lit(html: str, dark: bool) -> str:
    """The document as it looks on a light or on a dark screen."""
    html = ASKED.sub("@media all" if dark else "@media not all", html)
    return html.replace("light dark", "dark" if dark else "light")
