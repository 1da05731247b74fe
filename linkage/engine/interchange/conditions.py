"""Tests of levels as DuckDB conditions, and the names of the columns that the conditions read.

One text serves both ways: a test is written by filling it in, and a condition is recognised by matching it.
"""

import re
from functools import cache
from itertools import product

from linkage.engine.keys import COUNTED, FUNCTIONS, VALUE, Key
from linkage.engine.spec import Spec
from linkage.engine.tests_of_levels import Test
from linkage.errors import ModelError

APART = "apart"
"""Column: two records of one value are two people by construction."""
RARITY_OF = "rarity of "
"""Beginning of the name of a comparison that only moves the weight by the rarity of a value."""
MISSING = '"{a}_l" IS NULL OR "{a}_r" IS NULL'
_EDITS = 'damerau_levenshtein("{a}_l", "{a}_r") <= {limit}'
_TWO_EDITS = (
    '{edits} AND (length("{a}_l") = length("{a}_r") OR levenshtein("{a}_l", "{a}_r") <= 2'
    ' OR abs(length("{a}_l") - length("{a}_r")) = 2 OR len(list_filter(range(1, '
    'greatest(length("{a}_l"), length("{a}_r"))), lambda i: levenshtein('
    "left({longer}, i - 1) || substr({longer}, i + 1, 1) || substr({longer}, i, 1) || substr({longer}, i + 2), "
    "{shorter}) <= 1)) > 0)"
).format(
    edits=_EDITS.replace("{limit}", "2"),
    a="{a}",
    longer='(CASE WHEN length("{a}_l") > length("{a}_r") THEN "{a}_l" ELSE "{a}_r" END)',
    shorter='(CASE WHEN length("{a}_l") > length("{a}_r") THEN "{a}_r" ELSE "{a}_l" END)',
)
"""Two edits, but not a swap of neighbours with a letter put between: DuckDB counts that as two, optimal string
alignment as three. The two distances differ only where one text is a letter longer."""
_WRITTEN: dict[str, str] = {
    "same": '"{a}_l" = "{a}_r"',
    "crossed": '"{a}_l" = "{b}_r" OR "{b}_l" = "{a}_r"',
    "swapped": '"{a}_l" = "{b}_r" AND "{b}_l" = "{a}_r" AND "{a}_l" <> "{b}_l"',
    "jaro_winkler": 'jaro_winkler_similarity("{a}_l", "{a}_r") >= {limit}',
    "edits": _EDITS,
    "either": '"{a}_l" IS NOT NULL OR "{a}_r" IS NOT NULL',
    "both": '"{a}_l" IS NOT NULL AND "{a}_r" IS NOT NULL',
    "commoner": 'greatest("count_of_{a}_l", "count_of_{a}_r") >= {limit} * least("count_of_{a}_l", "count_of_{a}_r")',
}
_READ: tuple[tuple[str, str], ...] = (
    *_WRITTEN.items(),
    ("edits", _TWO_EDITS),
    ("crossed", '"{a}_l" = "{b}_r" OR "{a}_r" = "{b}_l"'),
    ("reversed", '"{a}_l" = "{b}_r" AND "{b}_l" = "{a}_r"'),
    ("reversed", '"{a}_l" = "{b}_r" AND "{a}_r" = "{b}_l"'),
    ("levenshtein", 'levenshtein("{a}_l", "{a}_r") <= {limit}'),
    ("missing", MISSING),
)
"""Conditions that are recognised; `reversed`, `levenshtein` and `missing` are tests of Splink's own."""
_OF_ONE_LENGTH = frozenset({"birth_date", "date"})
"""Kinds whose values are all of one length, so that every distance of edits is the same."""


def has_apart(spec: Spec) -> bool:
    """Whether some records are two people by construction."""
    return bool(spec.apart) or spec.compare == "between_sources"


def column_of(key: Key) -> str:
    """Name of the column that holds a key in a table for Splink: `surname`, `soundex_surname`, `prefix_forename_1`."""
    if key.function == VALUE:
        return key.columns[0]
    return "_".join([key.function, *key.columns, *([str(key.length)] if key.function in COUNTED else [])])


def count_column_of(key: Key) -> str:
    """Name of the column that tells how many records have the value of a key."""
    return f"count_of_{column_of(key)}"


def key_of(column: str, names: frozenset[str]) -> Key:
    """The key that a column holds.

    Args:
        column: Column of a table for Splink.
        names: Columns of the specification.

    Raises:
        ModelError: It is no column of the specification, nor one made of them.
    """
    if column in names:
        return Key(VALUE, (column,))
    function = next((name for name in FUNCTIONS if column.startswith(f"{name}_")), "")
    rest = column.removeprefix(f"{function}_")
    length = 0
    if function in COUNTED:
        rest, _, digits = rest.rpartition("_")
        length = int(digits) if digits.isdigit() else 0
    parts = _split_names(rest, names) if function else ()
    if not parts or (len(parts) > 1) != (function == "sorted") or (function in COUNTED) != (length > 0):
        raise ModelError(
            f"The column {column} is not among the columns of the specification: {', '.join(sorted(names))}."
        )
    return Key(function, parts, length)


def _split_names(text: str, names: frozenset[str]) -> tuple[str, ...]:
    """Columns whose names, joined by underscores, make up a text."""
    if text in names:
        return (text,)
    for name in sorted(names):
        if text.startswith(f"{name}_"):
            rest = _split_names(text.removeprefix(f"{name}_"), names)
            if rest:
                return (name, *rest)
    return ()


def write_test(test: Test, kind: str) -> str:
    """A test as a DuckDB condition on a table made by `splink_table`.

    Args:
        test: The test.
        kind: Kind of its first column.

    Raises:
        ModelError: It cannot be said in DuckDB; the message names the test.
    """
    written = _WRITTEN[test.name]
    if test.name == "edits" and test.limit >= 2 and kind not in _OF_ONE_LENGTH:
        if test.limit >= 3:
            raise ModelError(
                f"the test edits({test.keys[0]}) <= {test.limit:g} counts neighbours swapped otherwise than DuckDB; "
                f"Splink can be given at most 2 edits"
            )
        written = _TWO_EDITS
    first, last = column_of(test.keys[0]), column_of(test.keys[-1])
    condition = written.format(a=first, b=last, limit=f"{test.limit:g}")
    return f"NOT COALESCE({condition}, FALSE)" if test.negated else f"({condition})"


@cache
def _pattern(written: str) -> re.Pattern[str]:
    """A condition as a pattern: columns and limit are groups, quotes and spaces are free."""
    pattern = re.escape(written).replace(r"\ ", r"\s*").replace(r'"', r'"?')
    for group, form in (("a", r"\w+?"), ("b", r"\w+?"), ("limit", r"\d*\.?\d+")):
        hole = rf"\{{{group}\}}"
        pattern = pattern.replace(hole, rf"(?P<{group}>{form})", 1).replace(hole, rf"(?P={group})")
    return re.compile(rf"{pattern}", re.IGNORECASE)


def read_test(condition: str) -> tuple[str, tuple[str, ...], float] | None:
    """Name, columns and limit of the test that a condition is; none when it is not one of those known.

    Args:
        condition: DuckDB condition without outer parentheses.
    """
    turned = re.sub(r"_([lr])\b", lambda side: "_r" if side[1] == "l" else "_l", condition)
    for (name, written), text in product(_READ, (condition, turned)):
        found = _pattern(written).fullmatch(text.strip())
        if found:
            groups = found.groupdict()
            columns = tuple(groups[group] for group in ("a", "b") if group in groups)
            return name, columns, float(groups.get("limit") or (2 if name == "edits" else 0))
    return None


def bare(condition: str) -> str:
    """A condition without the parentheses around the whole of it."""
    condition = condition.strip()
    while condition.startswith("(") and _closing(condition) == len(condition) - 1:
        condition = condition[1:-1].strip()
    return condition


def _closing(text: str) -> int:
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place
    return -1


def split_at(condition: str, word: str) -> list[str]:
    """Parts of a condition between words such as OR that stand outside parentheses and quotes."""
    parts, depth, start = [], 0, 0
    for token in re.finditer(r"\"[^\"]*\"|'[^']*'|[()]|\b\w+\b", condition):
        depth += (token[0] == "(") - (token[0] == ")")
        if depth == 0 and token[0].upper() == word:
            parts.append(condition[start : token.start()].strip())
            start = token.end()
    return _rejoined([*parts, condition[start:].strip()], word)


def _rejoined(parts: list[str], word: str) -> list[str]:
    """Neighbouring parts that are one test together, such as `a_l IS NULL OR a_r IS NULL`, as one."""
    made: list[str] = []
    for part in parts:
        together = f"{made[-1]} {word} {part}" if made else ""
        if made and read_test(made[-1]) is None and read_test(together) is not None:
            made[-1] = together
        else:
            made.append(part)
    return made
