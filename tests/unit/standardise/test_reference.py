from importlib.resources import files

import pytest

from linkage.errors import SettingsError
from linkage.reference import read_reference, reference_map
from linkage.standardise import PIPELINES, describe

LISTS = sorted(
    resource.name.removesuffix(".csv")
    for resource in files("linkage.reference").iterdir()
    if resource.name.endswith(".csv")
)


@pytest.mark.parametrize("name", LISTS)
def test_a_reference_list_says_where_it_comes_from_and_has_no_repeated_or_ragged_rows(name: str) -> None:
    rows = read_reference(name)
    assert rows
    assert all(None not in row and None not in row.values() for row in rows)
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_a_root_is_never_itself_a_nickname() -> None:
    roots = reference_map("nicknames", "name", "root")
    assert not set(roots.values()) & set(roots)


def test_a_nickname_has_one_root() -> None:
    names = [row["name"] for row in read_reference("nicknames")]
    assert len(names) == len(set(names))


def test_a_list_that_does_not_exist_is_named_in_the_error() -> None:
    with pytest.raises(SettingsError, match="no_such_list"):
        read_reference("no_such_list")


def test_every_step_has_a_name_and_a_sentence() -> None:
    assert {attribute for attribute, _, _, _ in describe()} == set(PIPELINES)
    assert all(name and description.endswith(".") for _, _, name, description in describe())
