"""What a person is told when something goes wrong."""

import pytest

from linkage import errors
from linkage.errors import GateClosedError, ResidentsIndexError, SourceError
from service.faults import exit_code, sentence


def families() -> list[type[ResidentsIndexError]]:
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, ResidentsIndexError)
    ]


def test_our_own_error_is_told_as_it_is() -> None:
    assert sentence(GateClosedError("Two files were rejected.")) == "Two files were rejected."


def test_a_librarys_error_is_told_by_type_and_place_and_never_by_its_message() -> None:
    with pytest.raises(ValueError, match="SMITH") as caught:
        int("SMITH")
    told = sentence(caught.value)
    assert "SMITH" not in told
    assert "ValueError" in told
    assert "test_faults.py" in told


def test_every_family_has_its_own_exit_code() -> None:
    direct = [kind for kind in families() if kind.__base__ is ResidentsIndexError]
    codes = [kind.exit_code for kind in direct]
    assert len(codes) == len(set(codes))
    assert 0 not in codes


def test_a_subclass_keeps_its_familys_exit_code() -> None:
    class EmptyFileError(SourceError):
        """A test's own error."""

    assert exit_code(EmptyFileError("empty")) == SourceError.exit_code
