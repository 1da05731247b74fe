"""Normal forms of the values of a column, by its kind; worked out once for each distinct value."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.texts import is_plain, map_bytes
from linkage.reference import read_reference, reference_map

LONGEST_TEXT = 120
"""Letters of a value that are read; no name, address or number of a person is longer, and hostile text can be."""
AT_ONCE = 50_000
"""Values worked on together: bounds memory whatever the data."""
UNIT_WORDS = ("FLAT", "FLT", "FL", "APARTMENT", "APT", "UNIT", "ROOM", "NO", "NUMBER", "AT")
"""Words that say that a number follows; some sources write them, some do not."""
DATE_KINDS = ("birth_date", "date")
_CONTROL = r"[\p{Cc}\p{Cf}\p{Co}]+"
_MONTHS = {
    "0[13578]|1[02]": r"0[1-9]|[12]\d|3[01]",
    "0[469]|11": r"0[1-9]|[12]\d|30",
    "02": r"0[1-9]|[12]\d",
}
_DAY = "|".join(["0000", "(?:0[1-9]|1[0-2])00", *(f"(?:{m})(?:{d})" for m, d in _MONTHS.items())])
_DATE = rf"^(?:1[5-9]|20|21)\d{{2}}(?:{_DAY})$"
_BYTES = np.arange(256, dtype=np.uint8)
_SPACE = np.uint8(ord(" "))
_IS_DIGIT = np.isin(_BYTES, np.frombuffer(b"0123456789", dtype=np.uint8))
_IS_LETTER = np.isin(_BYTES & 0xDF, np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)) & (
    _BYTES < 0x80
)
_MARKS_AS_SPACES = np.where(_IS_DIGIT | _IS_LETTER | (_BYTES >= 0x80), _BYTES, _SPACE)
_DIGITS_ONLY = np.where(_IS_DIGIT, _BYTES, _SPACE)
"""Tables of what becomes of each byte."""
_EMPTY = pa.scalar("", pa.string())


def normalise(values: pa.Array, kind: str) -> pa.Array:
    """Normal form of each value; null where nothing is left.

    Args:
        values: Distinct values as text, nulls allowed.
        kind: Kind of the column, one of `KINDS`.

    Returns:
        Text of the same length.
    """
    if kind in DATE_KINDS:
        values = day_first(values.cast(pa.string()))
    parts = [_normalise(values.slice(start, AT_ONCE), kind) for start in range(0, len(values), AT_ONCE)]
    return pa.concat_arrays([*parts, pa.array([], pa.string())])


def _normalise(values: pa.Array, kind: str) -> pa.Array:
    text = pc.utf8_slice_codeunits(values.cast(pa.string()), 0, LONGEST_TEXT)
    text = _where_not_plain(text, _compatible)
    text = pc.utf8_trim_whitespace(_KINDS[kind](text))
    # Cut once more, since NFKC and words written out make text longer: the kernels have room for no more.
    text = pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(text, 0, LONGEST_TEXT))
    return pc.if_else(pc.equal(text, _EMPTY), pa.scalar(None, pa.string()), text)


def _where_not_plain(text: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Change only the values that are not printable ASCII: they are few, and the change is dear."""
    if is_plain(text):
        return text
    strange = pc.fill_null(pc.invert(pc.match_substring_regex(text, "^[ -~]*$")), fill_value=False)
    return pc.replace_with_mask(text, strange, change(text.filter(strange)))


def _compatible(text: pa.Array) -> pa.Array:
    """One code for one character (Unicode NFKC); control and invisible characters part words like a space.

    An acute accent that stands alone is an apostrophe to whoever typed it; NFKC would make a space of it.
    """
    plain = pc.replace_substring_regex(pc.replace_substring(text, "\u00b4", "'"), _CONTROL, " ")
    return pc.utf8_normalize(plain, form="NFKC")


def _bare(text: pa.Array) -> pa.Array:
    """Without accents; marks of scripts that write vowels with them stay."""
    apart = pc.utf8_normalize(text, form="NFKD")
    bare = pc.replace_substring_regex(
        apart, r"([\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}])\p{Mn}+", r"\1"
    )
    return pc.utf8_normalize(bare, form="NFKC")


def _plain(text: pa.Array) -> pa.Array:
    """Upper case without accents."""
    return _where_not_plain(pc.utf8_upper(text), _bare)


def _name(text: pa.Array) -> pa.Array:
    """Letters and spaces: apostrophes close up, other marks part words; a stand-in is no name."""
    closed = pc.replace_substring_regex(_plain(text), "['`\u2018\u2019\u02bc]", "")
    words = pc.utf8_trim_whitespace(pc.replace_substring_regex(closed, r"[^\p{L}\p{M}]+", " "))
    stand_in = pc.is_in(
        words, value_set=pa.array([row["phrase"] for row in read_reference("non_people")], pa.string())
    )
    return pc.if_else(stand_in, _EMPTY, words)


def _words(text: pa.Array) -> pa.Array:
    """Letters, digits and single spaces."""
    return _where_not_plain(_single_spaced(map_bytes(_plain(text), _MARKS_AS_SPACES)), _letters_apart)


def _letters_apart(text: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(text, r"[^\p{L}\p{M}\p{N}]+", " ")


def _single_spaced(text: pa.Array) -> pa.Array:
    """Runs of spaces as one; most texts have none."""
    double = pc.fill_null(pc.match_substring(text, "  "), fill_value=False)
    if not pc.any(double).as_py():
        return text
    return pc.replace_with_mask(text, double, pc.replace_substring_regex(text.filter(double), "  +", " "))


def _compact(text: pa.Array) -> pa.Array:
    """Letters and digits, nothing between them."""
    return pc.replace_substring(_words(text), " ", "")


def _address(text: pa.Array) -> pa.Array:
    """Words of an address line, street words in one spelling, words for a unit left out."""
    lists = pc.split_pattern(pc.utf8_trim_whitespace(_words(text)), " ")
    encoded = lists.flatten().dictionary_encode()
    standard = reference_map("address_words", "word", "standard")
    words = [
        "" if word in UNIT_WORDS else standard.get(word, word).replace("STREET", "ST")
        for word in encoded.dictionary.to_pylist()
    ]
    flat = pa.array(words, pa.string()).take(encoded.indices)
    joined = pc.binary_join(pa.ListArray.from_arrays(_offsets(lists), flat), " ")
    joined = _single_spaced(joined)
    return pc.if_else(pc.is_valid(text), joined, pa.scalar(None, pa.string()))


def _offsets(lists: pa.ListArray) -> pa.Array:
    """Offsets of a list array from 0, a null list as an empty one."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0)
    return pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths).cast(pa.int32())])


def _date(text: pa.Array) -> pa.Array:
    """Eight digits, year first, 00 for a month or day that is not told; what cannot be a day is missing."""
    if not pc.all(pc.match_substring_regex(text, r"^\d{4}-\d{2}-\d{2}$")).as_py():
        text = pc.replace_substring_regex(text, r"[T ]\d{1,2}:\d{2}.*$", "")
        text = pc.replace_substring_regex(text, r"^(\d{4})(?:\.0)?$", r"\1-00-00")
        text = pc.replace_substring_regex(text, r"^(\d{4})[-/.](\d{1,2})$", r"\1-\2-00")
        text = pc.replace_substring_regex(text, r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$", r"\3-\2-\1")
        text = pc.replace_substring_regex(text, r"^(\d{4})[-/. ](\d)[-/. ]", r"\1-0\2-")
        text = pc.replace_substring_regex(text, r"^(\d{4}[-/. ]\d{2})[-/. ](\d)$", r"\1-0\2")
    digits = pc.replace_substring_regex(text, r"\D", "")
    is_date = pc.match_substring_regex(digits, _DATE)
    return pc.if_else(is_date, digits, _EMPTY)


def day_first(values: pa.Array) -> pa.Array:
    """Dates that end in the year with the day in front, where the values show that the month is.

    The month is in front where more dates have a second number above 12 than a first: told from all values at once.

    Args:
        values: Distinct values as text.
    """
    parts = pc.extract_regex(values, r"^\s*(?P<first>\d{1,2})[-/. ](?P<second>\d{1,2})[-/. ]\d{4}")
    first, second = (pc.struct_field(parts, name).cast(pa.int32()) for name in ("first", "second"))
    month_last, month_first = (pc.sum(pc.greater(part, 12)).as_py() or 0 for part in (first, second))
    if month_first <= month_last:
        return values
    return pc.replace_substring_regex(values, r"^\s*(\d{1,2})([-/. ])(\d{1,2})([-/. ]\d{4})", r"\3\2\1\4")


def _phone(text: pa.Array) -> pa.Array:
    """Digits, a British country code as 0, a 0 that a spreadsheet took put back; too few digits are no number."""
    plain = pc.match_substring_regex(text, r"^0\d{9,10}$")
    strange = pc.fill_null(pc.invert(plain), fill_value=False)
    return pc.replace_with_mask(text, strange, _digits(text.filter(strange)))


def _digits(text: pa.Array) -> pa.Array:
    digits = pc.replace_substring(map_bytes(text, _DIGITS_ONLY), " ", "")
    national = pc.replace_substring_regex(digits, r"^(?:00)?44(?:0)?(\d{9,10})$", r"0\1")
    whole = pc.replace_substring_regex(national, r"^([1-9]\d{9})$", r"0\1")
    return pc.if_else(pc.greater_equal(pc.binary_length(whole), 6), whole, _EMPTY)


def _email(text: pa.Array) -> pa.Array:
    """Lower case; text without an @ is no address."""
    lower = pc.utf8_lower(text)
    if pc.any(pc.match_substring(lower, " ")).as_py():
        lower = pc.replace_substring(lower, " ", "")
    return pc.if_else(pc.match_substring(lower, "@"), lower, _EMPTY)


def _sex(text: pa.Array) -> pa.Array:
    """F or M where a word for it is known."""
    words = reference_map("sexes", "word", "sex")
    plain = pc.utf8_trim_whitespace(_words(text))
    known = pc.index_in(plain, value_set=pa.array(list(words), pa.string()))
    return pc.take(pa.array(list(words.values()), pa.string()), known)


_KINDS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "forename": _name,
    "surname": _name,
    "middle_names": _name,
    "full_name": _name,
    "birth_date": _date,
    "date": _date,
    "sex": _sex,
    "category": _words,
    "address": _address,
    "place_name": _words,
    "postcode": _compact,
    "uprn": _compact,
    "phone": _phone,
    "email": _email,
    "identifier": _compact,
    "text": _words,
    "source": lambda text: text,
}
KINDS: tuple[str, ...] = tuple(_KINDS)
"""What a column can hold."""
