"""The number a record entered by hand gets when nobody types one."""

import re

from records.models import Kind, Record

FIRST = "1001"


def suggest(kind: Kind) -> str:
    """The number after that of the newest record: 1047 → 1048, R-0099 → R-0100; never one that is taken."""
    newest = Record.select(Record.number).where(Record.kind == kind).order_by(Record.id.desc()).first()
    number = _next(newest.number) if newest else FIRST
    while is_taken(kind, number):
        number = _next(number)
    return number


def is_taken(kind: Kind, number: str) -> bool:
    return Record.select().where(Record.kind == kind, Record.number == number).exists()


def _next(number: str) -> str:
    digits = re.search(r"[0-9]+$", number)
    if digits is None:
        return f"{number}-2"
    return number[: digits.start()] + str(int(digits[0]) + 1).zfill(len(digits[0]))
