"""Keys: what is made of a column to block or to compare on, written as people write it: `prefix(forename, 1)`."""

import re
from dataclasses import dataclass

from linkage.errors import ModelError

VALUE = "value"
LONGEST = 120
"""Letters that `prefix` and `suffix` can keep: no more of a value are read."""
FUNCTIONS: dict[str, str] = {
    "prefix": "the first letters: prefix(surname, 4)",
    "suffix": "the last letters: suffix(phone, 6)",
    "soundex": "American Soundex code: soundex(surname)",
    "metaphone": "Metaphone code: metaphone(surname)",
    "year": "year of a date: year(birth_date)",
    "month": "year and month of a date: month(birth_date)",
    "day": "day and month of a date, the year left out: day(birth_date)",
    "root": "the name a forename is a short form of: root(forename)",
    "first_word": "the first word: first_word(surname)",
    "last_word": "the last word: last_word(surname)",
    "sorted_words": "all words in alphabetical order: sorted_words(address)",
    "numbers": "all words that hold a digit, in order: numbers(address)",
    "last_number": "the last word that holds a digit, the house number of most lines: last_number(address)",
    "outward": "outward part of a postcode: outward(postcode)",
    "local_part": "an e-mail address before the @: local_part(email)",
    "sorted": "several columns in alphabetical order, so that swapped ones agree: sorted(forename, surname)",
    "is_initial": "known and one letter only: is_initial(forename)",
    "is_new_year": "a 1 January, the usual stand-in, or a date known in part, written with 00: is_new_year(birth_date)",
}
"""Every function of a key, with what it gives and an example."""
KINDS_OF_FUNCTION: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("year", "month", "day", "is_new_year"), ("birth_date", "date")),
    "outward": ("postcode",),
    "local_part": ("email",),
}
"""Kinds of column that a function is for; those not named are for any."""
COUNTED = frozenset({"prefix", "suffix"})
_KEY = re.compile(r"^\s*(?P<function>[a-z_]+)\s*\(\s*(?P<arguments>[^()]*?)\s*\)\s*$")


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One value made of one attribute column, or of several.

    Attributes:
        function: One of `FUNCTIONS`, or `value` for the column itself.
        columns: Columns of the specification it is made of.
        length: Letters kept by `prefix` and `suffix`, else 0.
    """

    function: str
    columns: tuple[str, ...]
    length: int = 0

    def __str__(self) -> str:
        if self.function == VALUE:
            return self.columns[0]
        count = [str(self.length)] if self.function in COUNTED else []
        return f"{self.function}({', '.join([*self.columns, *count])})"


def parse_key(text: str) -> Key:
    """Read a key.

    Args:
        text: A column's name, or a function of columns such as `prefix(forename, 1)`.

    Raises:
        ModelError: The function is unknown or its arguments do not fit; the message repeats the key, no data.
    """
    found = _KEY.match(text)
    if found is None:
        if re.search(r"[(),]", text) or not text.strip():
            raise ModelError(
                f"The key {text!r} cannot be read. Expected a column, or a function such as year(birth_date)."
            )
        return Key(VALUE, (text.strip(),))
    function = found["function"]
    arguments = [argument.strip() for argument in found["arguments"].split(",")]
    if function not in FUNCTIONS:
        raise ModelError(f"The key {text!r} names no known function. Known: {', '.join(FUNCTIONS)}.")
    length = 0
    if function in COUNTED:
        if len(arguments) != 2 or not arguments[1].isdigit() or not 1 <= int(arguments[1][:9]) <= LONGEST:
            raise ModelError(
                f"The key {text!r} needs a column and a number of letters, as {function}(surname, 4)."
            )
        length = int(arguments.pop())
    if not all(arguments) or (len(arguments) > 1) != (function == "sorted"):
        raise ModelError(f"The key {text!r} does not have the columns it needs: {FUNCTIONS[function]}.")
    return Key(function, tuple(arguments), length)
