"""Reading: conditions of Splink's levels as tests of ours."""

from dataclasses import dataclass, field
from itertools import product
from math import prod

from linkage.engine.interchange.conditions import bare, key_of, read_test, split_at
from linkage.engine.keys import Key
from linkage.engine.spec import Spec
from linkage.errors import ModelError

Alternative = tuple[str, ...]
"""Tests that must all hold."""
MOST_ALTERNATIVES = 1_000
"""Alternatives of one condition: AND of ORs multiplies them, and a line of text could fill the memory."""
_NOT = "NOT "
_COALESCED = ("COALESCE(", ", FALSE)")
_WITH_LIMIT = {
    "jaro_winkler": "{name}({names}) >= {limit:g}",
    "commoner": "{name}({names}) >= {limit:g}",
    "edits": "{name}({names}) <= {limit:g}",
}


class UnreadableError(Exception):
    """A condition that has no counterpart; its text says why."""


@dataclass(slots=True)
class Reader:
    """What is known while settings are read.

    Attributes:
        spec: Columns and their kinds.
        approximate: Whether a near counterpart will do.
        warnings: What was taken only nearly.
    """

    spec: Spec
    approximate: bool
    warnings: list[str] = field(default_factory=list)

    def key(self, column: str) -> Key:
        """The key that a column of Splink's table holds.

        Raises:
            UnreadableError: The specification has no such column.
        """
        try:
            return key_of(column, frozenset(self.spec.columns))
        except ModelError as error:
            raise UnreadableError(str(error)) from None

    def nearly(self, message: str) -> None:
        """Note what is taken only nearly.

        Raises:
            UnreadableError: That will not do.
        """
        if not self.approximate:
            raise UnreadableError(f"{message}. Ask for an approximate import to take it so")
        self.warnings.append(message)

    def alternatives(self, condition: str) -> list[Alternative]:
        """A condition as alternatives, each of tests that must all hold.

        Raises:
            UnreadableError: It has no counterpart.
        """
        condition = bare(condition)
        found = read_test(condition)
        if found is not None:
            return self._of_test(*found)
        for word in ("OR", "AND"):
            parts = split_at(condition, word)
            if len(parts) > 1:
                return self._joined(word, [self.alternatives(part) for part in parts])
        if condition.upper().startswith(_NOT):
            return self._negated(condition[len(_NOT) :])
        raise UnreadableError("its condition has no counterpart here")

    @staticmethod
    def _joined(word: str, parts: list[list[Alternative]]) -> list[Alternative]:
        if word == "OR":
            return [alternative for part in parts for alternative in part]
        if prod(map(len, parts)) > MOST_ALTERNATIVES:
            raise UnreadableError(f"it has more than {MOST_ALTERNATIVES:,} alternatives")
        return [tuple(test for tests in chosen for test in tests) for chosen in product(*parts)]

    def _negated(self, condition: str) -> list[Alternative]:
        """No alternative holds; SQL knows neither where a value is missing, unless the condition says so itself."""
        condition = bare(condition)
        says_missing = condition.upper().startswith(_COALESCED[0]) and condition.upper().endswith(
            _COALESCED[1]
        )
        if says_missing:
            condition = condition[len(_COALESCED[0]) : -len(_COALESCED[1])]
        found = read_test(bare(condition))
        if found is None:
            raise UnreadableError("it negates more than one test")
        made = self._of_test(*found)
        if len(made) > 1 or len(made[0]) > 1 or found[0] in ("crossed", "swapped"):
            raise UnreadableError("it negates more than one test")
        test = made[0][0]
        negated = test.removeprefix("not ") if test.startswith("not ") else f"not {test}"
        known = () if says_missing or found[0] in ("either", "both", "missing") else (self.key(found[1][0]),)
        return [(negated, *(f"both({key})" for key in known))]

    def _of_test(self, name: str, columns: tuple[str, ...], limit: float) -> list[Alternative]:
        keys = [self.key(column) for column in columns]
        names = ", ".join(map(str, keys))
        if name == "missing":
            return [(f"not both({names})",)]
        if name == "reversed":
            one, other = keys
            return [(f"swapped({names})",), (f"crossed({names})", f"same({one})", f"same({other})")]
        if name == "levenshtein":
            self.nearly(
                f"levenshtein({names}) <= {limit:g} is taken as edits, which count two swapped neighbours once"
            )
            name = "edits"
        return [(_WITH_LIMIT.get(name, "{name}({names})").format(name=name, names=names, limit=limit),)]
