"""Lists on a terminal."""

import pytest

from service.listing import print_rows

LONG = "2026-08-01-" + "f" * 60


def test_an_identity_is_never_cut_short(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"run_id": LONG, "reason": "words " * 60}]
    print_rows("Runs", {"run_id": "Run", "reason": "Why"}, rows)
    assert LONG in capsys.readouterr().out


def test_a_missing_value_is_shown_as_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(
        "Runs", {"run_id": "Run", "published_at": "Published"}, [{"run_id": "r", "published_at": None}]
    )
    assert "None" not in capsys.readouterr().out
