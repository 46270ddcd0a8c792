"""Hostile values become words in mails and SMS: a few thousand here, a million with `make bench ARGS=hostile` (issue 4)."""

import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from emails import harmless

sys.path.append(str(Path(__file__).parent.parent / "bench"))
import hostile  # noqa: E402  (the measurement's own modules find each other)

ROUNDS = 250
ADA = dict.fromkeys(hostile.Given.__dataclass_fields__, "Ada") | {"address": "ada@example.org", "url": "https://example.org"}


@pytest.mark.parametrize("seed", [1, 2])
def test_no_value_adds_a_header_or_a_recipient_or_lives_as_markup(seed: int) -> None:
    tally = hostile.play(seed, ROUNDS)
    assert (tally.values, tally.faults) == (ROUNDS * hostile.SIZE, [])


def found(**values: str) -> list[str]:
    return list(hostile.judged(hostile.Given(**ADA | values), Counter()))


def test_an_innocent_mail_has_no_fault() -> None:
    assert found() == []


def test_the_judge_sees_what_would_get_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harmless, "line", lambda text: text)
    assert "live markup" in found(item="\x1b[2J")
    monkeypatch.setattr(harmless, "without_addresses", lambda text: text)
    assert "an SMS with more to tap on than its link" in found(name="https://evil.example")


@pytest.mark.parametrize(("change", "fault"), [
    (lambda raw: raw.replace(b"\r\nDate:", b"\r\nBcc: eve@evil.example\r\nDate:"), "another header"),
    (lambda raw: raw.replace(b"To: Ada", b"To: eve@evil.example, Ada", 1), "another address in To"),
    (lambda raw: raw.replace(b"\r\n\r\n", b"\r\n\r\n--=_0\r\n\r\n", 1), "another part"),
    (lambda raw: raw + b"\n", "a broken line"),
])
def test_the_judge_reads_the_envelope(monkeypatch: pytest.MonkeyPatch, change: Any, fault: str) -> None:
    kept: list[bytes] = []
    monkeypatch.setattr(hostile, "of_envelope", lambda raw, to: kept.append(raw) or [])
    found()
    monkeypatch.undo()
    assert fault in list(hostile.of_envelope(change(kept[0]), "ada@example.org"))


def test_a_subject_of_spaces_that_do_not_break_is_squeezed() -> None:
    assert found(number="\u00a0" * 120, serial="\u00a0" * 90) == []


def test_an_address_that_only_an_emoji_breaks_does_not_come_together_in_an_sms() -> None:
    assert found(name="https❗://evil.example", number="ht❗tps://evil.example") == []


def test_an_address_is_taken_out_wherever_it_begins() -> None:
    for text in ("ãhttps://evil.example", "小林https://evil.example/a", "Adawww.evil.example", "x" * 40 + "://evil.example"):
        assert not re.search(r"://|www\.|evil", harmless.without_addresses(text)), text
