"""Address lines as one normalised text, lines parted by a comma."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from linkage.reference import reference_map
from linkage.standardise.postcodes import POSTCODE_TEXT
from linkage.standardise.steps import Step, Values, each, replace, vector
from linkage.standardise.text import FOLD, collapse_spaces, shorten

BETWEEN_NUMBERS = re.compile(r"(?<=\d)([A-Z]?) ?- ?(?=\d)")
NUMBER_AND_LETTER = re.compile(r"\b(\d+) ([A-H])(?= |,|$)")
POSTCODES_AT_END = rf"(?:\b{POSTCODE_TEXT}[ ,]*)+$"
STREET_AT_END = r"([^ ,]*[^0-9 ,][^ ,]*) ST(,|$)"
"""ST at the end of a line, but not right behind a number, where it is a saint's."""

LONE_HYPHEN = re.compile(r"(?<!\d)(?<!\d[A-Z])-|-(?!\d)")


def _one_hyphen(text: str) -> str:
    return LONE_HYPHEN.sub(" ", BETWEEN_NUMBERS.sub(r"\1-", text)) if "-" in text else text


def _expand(values: Values) -> Values:
    """Each word looked up once, however many addresses it stands in."""
    tidy = pc.replace_substring_regex(values, r"[ ,]*,[ ,]*", ", ")
    tidy = pc.utf8_trim(pc.replace_substring_regex(tidy, " {2,}", " "), " ,")
    tidy = pc.replace_substring_regex(tidy, STREET_AT_END, r"\1 STREET\2")
    lines = pc.split_pattern(tidy, " ")
    words = lines.flatten().dictionary_encode()
    full = pa.array([_full(word) for word in words.dictionary.to_pylist()], pa.string())
    offsets = np.concatenate([[0], np.cumsum(pc.fill_null(pc.list_value_length(lines), 0).to_numpy())])
    expanded = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), full.take(words.indices))
    joined = pc.binary_join(expanded, " ")
    return pc.if_else(pc.is_valid(values), joined, pa.scalar(None, pa.string()))


def _full(word: str) -> str:
    """RD, as ROAD, with the comma."""
    bare = word.rstrip(",")
    return reference_map("address_words", "word", "standard").get(bare, bare) + word[len(bare) :]


def _join_letter(text: str) -> str:
    return NUMBER_AND_LETTER.sub(r"\1\2", text)


def _no_repeats(values: Values) -> Values:
    """Only texts that say a line twice are looked at one by one."""
    tidy = pc.utf8_rtrim(values, " ,")
    lines = pc.split_pattern(tidy, ", ")
    counts = pc.fill_null(pc.list_value_length(lines), 0).to_numpy()
    codes = lines.flatten().dictionary_encode().indices.to_numpy().astype(np.int64)
    told = np.sort(np.repeat(np.arange(len(values)), counts) * (codes.max(initial=0) + 1) + codes)
    repeating = np.zeros(len(values), dtype=bool)
    repeating[told[1:][told[1:] == told[:-1]] // (codes.max(initial=0) + 1)] = True
    changed = [_each_line_once(text) for text in tidy.filter(pa.array(repeating)).to_pylist()]
    return pc.replace_with_mask(tidy, pa.array(repeating), pa.array(changed, pa.string()))


def _each_line_once(text: str) -> str:
    return ", ".join(dict.fromkeys(text.split(", ")))


ADDRESS_TEXT: tuple[Step, ...] = (
    *FOLD,
    replace("drop apostrophes", "Writes ST JOHN'S as ST JOHNS.", "'", ""),
    replace("drop NO", "Writes NO. 12 as 12.", r"\bNO\.? ?(\d)", r"\1"),
    replace(
        "part FLAT and number", "Writes FLAT3 as FLAT 3.", r"\b(FLAT|FLT|APT|ROOM|RM|UNIT)\.?(\d)", r"\1 \2"
    ),
    replace("part numbers", "Writes 3/12 as two numbers.", r"(\d[A-Z]?) ?/ ?(\d)", r"\1, \2"),
    replace("and", "Writes & as AND.", "&", " AND "),
    replace("drop signs", "Keeps letters, digits, hyphens and commas.", r"[^A-Z0-9,-]+", " "),
    each("hyphens", "Keeps hyphens between numbers only.", _one_hyphen, only="-"),
    vector("full words", "Writes RD as ROAD, APT as FLAT, GND FLR as GROUND FLOOR.", _expand),
    each("join number and letter", "Writes 12 A as 12A.", _join_letter, only=r"\d [A-H](?: |,|$)"),
    collapse_spaces(),
    replace("drop postcode", "Leaves out the postcode that ends the lines.", POSTCODES_AT_END, ""),
    shorten(),
    vector("drop repeats", "Leaves out a line that was said before.", _no_repeats),
)
"""Address in one line: full words, upper case, lines parted by a comma and a space."""


def join_lines(rows: pd.DataFrame, lines: tuple[str, ...]) -> "pd.Series[str]":
    """The cells of the address lines in one text, missing ones left out; missing where all are."""
    joined = pd.Series(pd.NA, index=rows.index, dtype="string[pyarrow]")
    for name in lines:
        line = rows[name].astype("string[pyarrow]")
        both = joined.str.cat(line, sep=", ")
        joined = both.fillna(joined).fillna(line)
    return joined
