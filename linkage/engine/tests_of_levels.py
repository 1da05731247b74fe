"""Tests: conditions on two records, written as people write them: `jaro_winkler(surname) >= 0.92`."""

import re
from dataclasses import dataclass

from linkage.engine.keys import Key, parse_key
from linkage.errors import ModelError

TESTS: dict[str, str] = {
    "same": "both have the key and agree on it: same(forename), same(root(forename))",
    "crossed": "the first key of one agrees with the second of the other: crossed(first_word(surname), surname)",
    "swapped": "the two columns are swapped: swapped(forename, surname)",
    "jaro_winkler": "Jaro-Winkler similarity at least: jaro_winkler(surname) >= 0.92",
    "edits": "letters changed, lost, added or two neighbours swapped, at most: edits(birth_date) <= 1",
    "either": "either record has the key: either(is_initial(forename))",
    "both": "both records have the key: both(birth_date)",
    "commoner": "one value is so many times as frequent as the other, as a slip is rare: commoner(surname) >= 16",
}
"""Every test, with what it says and an example."""
_SIGN = {"jaro_winkler": ">=", "edits": "<=", "commoner": ">="}
_LIMITS = {"jaro_winkler": (0, 1), "edits": (0, 20), "commoner": (1, 1_000_000)}
_KEY_COUNT = {"crossed": 2, "swapped": 2}
_TEST = re.compile(
    r"^\s*(?P<negated>not\s+)?(?P<name>[a-z_]+)\((?P<keys>.*)\)\s*(?:(?P<sign>[<>]=)\s*(?P<limit>[\d.]+))?\s*$"
)


@dataclass(frozen=True, slots=True)
class Test:
    """One condition on two records.

    Attributes:
        name: One of `TESTS`.
        keys: Keys it looks at.
        limit: Its limit, 0 where it has none.
        negated: Whether it must not hold.
    """

    name: str
    keys: tuple[Key, ...]
    limit: float = 0.0
    negated: bool = False


def parse_test(text: str) -> Test:
    """Read a test.

    Raises:
        ModelError: The test is unknown or malformed; the message repeats the test, no data.
    """
    found = _TEST.match(text)
    if found is None or found["name"] not in TESTS:
        raise ModelError(f"The test {text!r} cannot be read. Known tests: {'; '.join(TESTS.values())}.")
    name = found["name"]
    keys = tuple(parse_key(key) for key in _split(found["keys"]))
    if len(keys) != _KEY_COUNT.get(name, 1) or found["sign"] != _SIGN.get(name):
        raise ModelError(f"The test {text!r} is not written as expected: {TESTS[name]}.")
    limit = float(found["limit"] or 0)
    low, high = _LIMITS.get(name, (0, 0))
    if not low <= limit <= high:
        raise ModelError(f"The limit of the test {text!r} is out of range: expected {low:g} to {high:g}.")
    return Test(name, keys, limit, found["negated"] is not None)


def _split(text: str) -> list[str]:
    """Parts between commas that stand outside parentheses."""
    return re.split(r",(?![^()]*\))", text)
