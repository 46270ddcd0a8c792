"""Errands: what goes wrong on the way is a no, and the log tells its kind only."""

import pytest
from flask import Flask

from accounts import errands


def test_what_goes_wrong_is_a_no_and_only_its_kind_is_logged(house: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> bool:
        raise RuntimeError("https://status.example.org/password/secret")

    assert errands.start(fails).result(5) is False
    assert "RuntimeError" in caplog.text and "secret" not in caplog.text
    assert not errands.under_way


def test_a_server_that_does_not_answer_collects_no_threads(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "MOST", 0)
    assert errands.start(lambda: True).result(0) is False
