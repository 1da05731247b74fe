import hashlib

import pandas as pd
import pytest
from stdnum.iso7064 import mod_37_36

from linkage.errors import SchemaError
from linkage.index import identity
from linkage.index.identity import ALPHABET, identities, is_identity

NAMES = pd.Series([f"council_tax:{n}:lead:1" for n in range(500)])


def test_the_same_name_always_gets_the_same_identity() -> None:
    again = identities("R", NAMES.iloc[::-1])
    assert identities("R", NAMES).tolist() == again.tolist()[::-1]


def test_an_identity_is_the_name_hashed_and_nothing_else() -> None:
    bits = int.from_bytes(hashlib.sha256(NAMES[0].encode()).digest()[:8], "big") >> 9
    body = "".join(ALPHABET[(bits >> (5 * place)) & 31] for place in reversed(range(11)))
    assert identities("R", NAMES)[0][:12] == "R" + body


def test_the_check_character_is_that_of_iso_7064() -> None:
    bodies = identities("H", NAMES).str[1:].tolist()
    assert all(mod_37_36.is_valid(body, alphabet=ALPHABET) for body in bodies)


def test_any_one_wrong_letter_is_noticed() -> None:
    right = identities("R", NAMES)[0]
    wrong = [
        right[:p] + letter + right[p + 1 :] for p in range(1, 13) for letter in ALPHABET if letter != right[p]
    ]
    assert is_identity(right, "R")
    assert not any(is_identity(text, "R") for text in wrong)


@pytest.mark.parametrize("text", ["", "R", "R123", "H0000000000000", "r0000000000000", "RIIIIIIIIIIII"])
def test_what_is_no_identity_is_told(text: str) -> None:
    assert not is_identity(text, "R")


def test_two_names_with_one_identity_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_hash", lambda name: 7)
    with pytest.raises(SchemaError, match="1 identities with prefix R"):
        identities("R", pd.Series(["a", "b"]))


def test_no_names_give_no_identities() -> None:
    assert identities("R", pd.Series([], dtype="string[pyarrow]")).empty
