"""The rules that contracts may name: what each asks for, in plain words, and the arguments it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Arguments = Mapping[str, Any]
Scope = Literal["column", "rows", "file"]

MOST_LISTED = 12
"""Values of a set that a reason lists before it counts the rest."""


@dataclass(frozen=True, slots=True)
class RuleKind:
    """One word of the rule vocabulary.

    Attributes:
        scope: Whether the rule is about the cells of a column, whole rows, or the file.
        asks: The rule in plain words, from its arguments; never a value of a person.
        needed: Arguments a contract must give.
        optional: Further arguments a contract may give.
    """

    scope: Scope
    asks: Callable[[Arguments], str]
    needed: frozenset[str] = frozenset()
    optional: frozenset[str] = field(default_factory=lambda: frozenset({"max_share"}))

    @property
    def allowed(self) -> frozenset[str]:
        """All arguments a contract may give."""
        return self.needed | self.optional


def _says(text: str) -> Callable[[Arguments], str]:
    return lambda _: text


def _listed(values: list[Any]) -> str:
    shown = ", ".join(str(value) for value in values[:MOST_LISTED])
    return shown if len(values) <= MOST_LISTED else f"{shown} or {len(values) - MOST_LISTED} others"


def _date_bounds(arguments: Arguments) -> str:
    earliest, latest = arguments.get("told_earliest"), arguments.get("told_latest")
    if earliest and latest:
        return f"must lie between {earliest} and {latest}"
    return f"must not be before {earliest}" if earliest else f"must not be after {latest}"


def _row_count_change(arguments: Arguments) -> str:
    bounds = []
    if "max_fall" in arguments:
        bounds.append(f"fall by more than {arguments['max_fall']:.0%}")
    if "max_rise" in arguments:
        bounds.append(f"rise by more than {arguments['max_rise']:.0%}")
    previous = arguments.get("previous_row_count")
    known = "" if previous is None else f", which had {previous:,} rows"
    return f"the number of rows must not {' or '.join(bounds)} since the last snapshot{known}"


_FILE = frozenset[str]()

RULES: Mapping[str, RuleKind] = MappingProxyType(
    {
        "not_null": RuleKind("column", _says("must be filled in")),
        "unique_key": RuleKind(
            "rows",
            lambda a: f"the key ({', '.join(a['columns'])}) must not repeat an earlier row's",
            optional=frozenset({"columns", "max_share"}),
        ),
        "nhs_number": RuleKind("column", _says("must be an NHS number with the right check digit")),
        "nino": RuleKind("column", _says("must have the format of a National Insurance number")),
        "upn": RuleKind("column", _says("must be a unique pupil number with the right check letter")),
        "uprn_format": RuleKind("column", _says("must be a UPRN: up to 12 digits, not zero")),
        "uprn_in_gazetteer": RuleKind("column", _says("must be a UPRN that the address gazetteer knows")),
        "postcode": RuleKind("column", _says("must have the format of a postcode")),
        "plausible_date": RuleKind(
            "column", _date_bounds, optional=frozenset({"earliest", "latest", "max_share"})
        ),
        "date_format": RuleKind("column", lambda a: f"must be a date written like {a['example']}"),
        "in_set": RuleKind(
            "column", lambda a: f"must be one of {_listed(a['values'])}", frozenset({"values"})
        ),
        "matches": RuleKind(
            "column", lambda a: f"must match the pattern {a['pattern']}", frozenset({"pattern"})
        ),
        "max_length": RuleKind(
            "column", lambda a: f"must have at most {a['maximum']} characters", frozenset({"maximum"})
        ),
        "date_order": RuleKind(
            "rows", lambda a: f"{a['end']} must not be before {a['start']}", frozenset({"start", "end"})
        ),
        "row_count_min": RuleKind(
            "file",
            lambda a: f"the file must have {a['minimum']} rows or more",
            frozenset({"minimum"}),
            _FILE,
        ),
        "row_count_change": RuleKind("file", _row_count_change, optional=frozenset({"max_fall", "max_rise"})),
        "columns_present": RuleKind(
            "file", _says("the columns must be those of the contract"), optional=_FILE
        ),
    }
)
"""Every rule by name. `columns_present` is checked for every source without being asked for."""
