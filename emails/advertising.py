"""What counts as advertising: who marks a text so has it go only to those who agreed, and with a way to unsubscribe."""

import re
from collections.abc import Iterable

WORDS = re.compile(
    r"\bbewert(e|en|et|ung|ungen)\b|rezension|feedback|weiterempf|gutschein|rabatt|newsletter|\breviews?\b|"
    r"\brat(e|ing) (us|your|our)\b|recommend us|voucher|discount", re.IGNORECASE,
)
LEAVE = "unsubscribe.url"  # the placeholder


def suspected(texts: Iterable[str]) -> bool:
    """Whether one of them asks for a rating or speaks of an offer; in Germany both count as advertising."""
    return any(WORDS.search(text) for text in texts)
