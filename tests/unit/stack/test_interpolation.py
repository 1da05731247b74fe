"""`${NAME}` as Compose understands it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.errors import ComposeFileError
from rehearsal.interpolation import fill, fill_all, names


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("${A}", "1"),
        ("x${A}y${A}", "x1y1"),
        ("${A:?needed}", "1"),
        ("${A:-9}", "1"),
        ("${B:-9}", "9"),
        ("${B:-}", ""),
        ("$${A}", "${A}"),
        ("no reference", "no reference"),
    ],
)
def test_a_reference_is_replaced(text: str, filled: str) -> None:
    assert fill(text, {"A": "1", "B": ""}) == filled


@pytest.mark.parametrize("text", ["${B:?say it}", "${B}", "${C:?}"])
def test_a_required_name_without_a_value_is_refused_by_name(text: str) -> None:
    with pytest.raises(ComposeFileError, match=f"needs {text[2]}"):
        fill(text, {"B": ""})


@pytest.mark.parametrize("text", ["$A", "${A+x}", "${a}", "cost $"])
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ComposeFileError, match="neither"):
        fill(text, {"A": "1"})


@given(st.text().filter(lambda text: "$" not in text))
def test_text_without_a_dollar_stays_and_an_escaped_text_comes_back(text: str) -> None:
    assert fill(text, {}) == text
    assert fill(f"$${text}$$", {}) == f"${text}$"


def test_a_value_is_not_read_again() -> None:
    assert fill("${A}", {"A": "${B}"}) == "${B}"


def test_every_text_of_a_part_is_filled_and_other_values_stay() -> None:
    part = {"a": ["${A}", 2, True], "${A}": None}
    assert fill_all(part, {"A": "1"}) == {"a": ["1", 2, True], "${A}": None}


def test_the_names_of_a_part_say_whether_they_must_be_set() -> None:
    assert set(names({"a": ["${A:?x}", "${B:-y}${C}"], "b": "$$"})) == {
        ("A", True),
        ("B", False),
        ("C", False),
    }
