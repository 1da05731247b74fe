"""A contract's condition means the same to every stage."""

import pandas as pd
import pytest

from linkage.contracts.conditions import any_holds, holds
from linkage.contracts.model import Condition

ROWS = pd.DataFrame({"flag": ["Y", " y ", "YES", "N", "", pd.NA]}, dtype="string[pyarrow]")


@pytest.mark.parametrize("value", ["Y", "y", " Y"])
def test_a_condition_looks_at_neither_letter_case_nor_spaces_around(value: str) -> None:
    met = holds(ROWS, Condition(column="flag", values=(value,)))
    assert met.tolist() == [True, True, False, False, False, False]


def test_a_condition_on_a_part_of_the_text_is_never_met_by_a_missing_cell() -> None:
    met = holds(ROWS, Condition(column="flag", contains="y"))
    assert met.tolist() == [True, True, True, False, False, False]


def test_of_several_conditions_one_is_enough_and_none_holds_for_nothing() -> None:
    conditions = [Condition(column="flag", values=("YES",)), Condition(column="flag", values=("N",))]
    assert any_holds(ROWS, conditions).tolist() == [False, False, True, True, False, False]
    assert not any_holds(ROWS, []).any()
