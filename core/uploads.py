"""Files that people who signed in hand over: how large a request may be for it, what a file is, and its harmless name."""

import re
import unicodedata

from flask import Blueprint, request, session

MEGA = 1024 * 1024
SORTS = {  # how it begins → how its name ends, and its content type
    b"%PDF-": (".pdf", "application/pdf"),
    b"\x89PNG\r\n\x1a\n": (".png", "image/png"),
    b"\xff\xd8\xff": (".jpg", "image/jpeg"),
}
LONGEST = 50  # characters of a name without its ending
_umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def welcome(bp: Blueprint, *views: str, octets: int) -> None:
    """Let these views of a blueprint take requests this large, before anything of the form is read."""
    endpoints = {f"{bp.name}.{view}" for view in views}

    @bp.url_value_preprocessor
    def widen(endpoint: str | None, values: object) -> None:
        if endpoint in endpoints and "_user_id" in session:
            request.max_content_length = octets


def sort(data: bytes) -> tuple[str, str] | None:
    """The ending and the content type of a PDF, PNG or JPEG by what is in it; None for anything else."""
    return next((found for begin, found in SORTS.items() if data.startswith(begin)), None)


def harmless(name: str, ending: str) -> str:
    """A file's name as every system takes it, with the ending that is true of it: “Übersicht.exe” → “Uebersicht.pdf”."""
    stem = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2]).translate(_umlauts)
    stem = re.sub(r"\.\w{1,5}$", "", stem)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9_ -]+", "-", plain)
    return (re.sub(r"^[^A-Za-z0-9]+|[ -]+$", "", plain[:LONGEST]) or "1") + ending
