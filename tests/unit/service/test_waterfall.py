"""An explanation on a terminal shows values only where it holds them, and as they stand."""

import pytest

from linkage.engine.explain import Explanation, Step
from service.waterfall import print_explanation

STEPS = (
    Step("prior", "prior", "", -17.0),
    Step("surname", "level", "exact", 9.0),
    Step("surname", "rarity", "exact", 1.5),
    Step("phone", "level", "not known in both", 0.0),
)


def an_explanation(**values: tuple[str | None, str | None]) -> Explanation:
    return Explanation(STEPS, "stranger", -6.5, -6.5, -20.0, is_apart=False, values=values)


def test_sentence_waterfall_and_sums_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_explanation(an_explanation())
    told = capsys.readouterr().out
    for text in ("Very likely two different people", "surname: how rare the shared value is", "+9.00"):
        assert text in told
    assert "sum, against a stranger" in told
    assert "What the records hold" not in told


def test_values_are_shown_as_they_stand_and_command_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_explanation(an_explanation(surname=("O[/b]Neil", "[bold]x[/bold]"), forename=("A\x1b[2JB\r", None)))
    told = capsys.readouterr().out
    assert "O[/b]Neil" in told
    assert "[bold]x[/bold]" in told
    assert "\x1b" not in told
    assert "\r" not in told
    assert "A\N{REPLACEMENT CHARACTER}[2JB" in told
