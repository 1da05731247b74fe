"""Names in columns of their own: title, forenames, surname, suffix, sex."""

import re

import pandas as pd
import pyarrow.compute as pc

from linkage.reference import reference_map, reference_words
from linkage.standardise.nobody import is_stand_in, is_unnamed_forename
from linkage.standardise.person_name import is_particle, is_split_o, is_title
from linkage.standardise.steps import Step, each, replace, run_steps, vector
from linkage.standardise.text import FOLD, collapse_spaces, shorten

ALPHABETIC_WITH_DIGITS = re.compile(r"\b(?=[A-Z01']*[01])(?=[A-Z01']*[A-Z]{2})[A-Z01']{3,}\b")
"""A word of letters in which a 0 or a 1 was keyed for a letter; two letters side by side show that it is a word."""


def repair_digits(text: str) -> str:
    """0 read as O and 1 as L inside words."""
    if "0" not in text and "1" not in text:
        return text
    return ALPHABETIC_WITH_DIGITS.sub(lambda word: word[0].replace("0", "O").replace("1", "L"), text)


def words_of(text: str) -> list[str]:
    """The words and numbers of a text, without punctuation."""
    return re.findall(r"[A-Z0-9]+", text.replace("'", ""))


def join_particles(text: str) -> str:
    """Joins particles to the word that follows: VAN DER BERG -> VANDERBERG, O BRIEN -> OBRIEN."""
    words = text.split()
    while True:
        joined: list[str] = []
        for word in reversed(words):
            if joined and (is_particle(word) or is_split_o(word, joined[-1])):
                joined[-1] = word + joined[-1]
            else:
                joined.append(word)
        joined.reverse()
        if joined == words:
            return " ".join(words)
        words = joined


def _join_leading_o(text: str) -> str:
    return "O" + text[2:] if re.fullmatch(r"O [A-Z]{3,}", text) else text


def _one_mac(text: str) -> str:
    if "MAC" not in text:
        return text
    words = (
        f"MC{word[3:]}"
        if word[:3] == "MAC" and word[3:] in reference_words("gaelic_names", "stem", "prefix", "MAC")
        else word
        for word in text.split()
    )
    return " ".join(words)


def _known_surname(text: str) -> str | None:
    return None if is_stand_in(words_of(text), whole_name=False) else text


def _known_forename(text: str) -> str | None:
    words = words_of(text)
    return None if is_stand_in(words, whole_name=False) or is_unnamed_forename(words) else text


def _without_leading_titles(text: str) -> str:
    words = text.split()
    while words and is_title(words[0].strip(".")):
        words.pop(0)
    return " ".join(words)


def _without_suffixes(text: str) -> str:
    words = text.split()
    while len(words) > 1 and words[-1] in reference_map("suffixes", "word", "suffix"):
        words.pop()
    return " ".join(words)


def _suffix(text: str) -> str:
    words = text.split()
    known = reference_map("suffixes", "word", "suffix")
    return next((known[word] for word in words[1:] if known.get(word)), "")


def _title_in_front(text: str) -> str:
    words = text.split()
    return _title(words[0].strip(".")) if words and is_title(words[0].strip(".")) else ""


def _title(text: str) -> str:
    known = reference_map("titles", "word", "title")
    return next((known[word] for word in text.replace(".", " ").split() if word in known), "")


FORMER = "AKA|NEE|FORMERLY|ALSO KNOWN AS"
FORMER_IN_NAME = rf"[A-Z].*\b(?:{FORMER})\b(?P<former>.+)$"

REPAIR_DIGITS = each("repair digits", "Reads 0 as O and 1 as L inside words.", repair_digits, only="[01]")

DROP_SUFFIXES = each(
    "drop suffixes", "Takes JNR, SNR, MBE and the like off the end.", _without_suffixes, only=r"\s"
)

_LETTERS: tuple[Step, ...] = (
    replace("drop apostrophes", "Writes O'BRIEN as OBRIEN.", "'", ""),
    replace("letters only", "Turns hyphens, digits and all other signs into spaces.", r"[^A-Z]+", " "),
    collapse_spaces(),
)

SURNAME: tuple[Step, ...] = (
    *FOLD,
    each("drop stand-ins", "Treats UNKNOWN, TBC, XXX and the like as missing.", _known_surname),
    REPAIR_DIGITS,
    *_LETTERS,
    replace("drop former name", "Leaves out what follows AKA, NEE or FORMERLY.", f" (?:{FORMER}) .*$", ""),
    DROP_SUFFIXES,
    each("join O", "Joins a lone O in front to the name.", _join_leading_o, only="^O "),
    each(
        "join particles",
        "Joins VAN, DE, AP, BIN, MC and other particles to the word that follows.",
        join_particles,
        only=r"\s",
    ),
    each(
        "one spelling of MAC",
        "Writes MACDONALD as MCDONALD where the rest is a known stem.",
        _one_mac,
        only="MAC",
    ),
    each("drop bare stand-ins", "Drops stand-ins that stood behind signs or suffixes.", _known_surname),
    shorten(100),
)
"""Surname as it is compared: plain letters, particles joined, double-barrelled with a space."""

FORMER_SURNAME: tuple[Step, ...] = (
    *FOLD,
    vector(
        "keep former name",
        "Keeps only what follows AKA, NEE or FORMERLY.",
        lambda values: pc.struct_field(pc.extract_regex(values, FORMER_IN_NAME), "former"),
    ),
    *SURNAME,
)
"""The other surname that a surname cell gives."""

FORENAMES: tuple[Step, ...] = (
    *FOLD,
    each("drop titles", "Takes titles off the front.", _without_leading_titles),
    each("drop stand-ins", "Treats UNKNOWN, BABY, TWIN 1 and the like as missing.", _known_forename),
    REPAIR_DIGITS,
    *_LETTERS,
    DROP_SUFFIXES,
    each("drop bare titles", "Takes off titles that stood behind signs.", _without_leading_titles),
    each(
        "drop bare stand-ins", "Drops stand-ins that stood behind signs, titles or suffixes.", _known_forename
    ),
    shorten(100),
)
"""All forenames, plain letters, space between."""

FORENAME: tuple[Step, ...] = (
    *FORENAMES,
    replace("first forename", "Keeps the first word.", r" .*$", ""),
    each("drop first stand-in", "Drops BABY and the like where a surname follows it.", _known_forename),
)

FURTHER_FORENAMES: tuple[Step, ...] = (
    *FORENAMES,
    replace("further forenames", "Keeps all but the first word.", r"^\S+ ?", ""),
)

FORENAME_ROOT: tuple[Step, ...] = (
    each(
        "root of nickname",
        "Looks up the name that a short form or spelling stands for; else keeps the name.",
        lambda text: reference_map("nicknames", "name", "root").get(text, text),
    ),
)

TITLE: tuple[Step, ...] = (
    *FOLD,
    each("known title", "Keeps a title of the reference list, in one spelling.", _title),
)

TITLE_IN_NAME: tuple[Step, ...] = (
    *FOLD,
    each("title in front", "Keeps the title that stands in front of the forenames.", _title_in_front),
)

NAME_SUFFIX: tuple[Step, ...] = (
    *FOLD,
    replace("digits and letters only", "Turns all other signs into spaces.", r"[^A-Z0-9]+", " "),
    each("suffix at the end", "Keeps JR, SR, II and the like.", _suffix),
)

SEX: tuple[Step, ...] = (
    *FOLD,
    each(
        "code of sex",
        "Reads 1, M, MALE as M and 2, F, FEMALE as F; else missing.",
        lambda text: reference_map("sexes", "word", "sex").get(text),
    ),
)


def forename_columns(
    forenames: "pd.Series[str]", middle_names: "pd.Series[str] | None"
) -> dict[str, "pd.Series[str]"]:
    """First forename, its root, and all further forenames.

    Args:
        forenames: One or several forenames in a cell.
        middle_names: Further forenames in a column of their own, same index, if the source has one.

    Returns:
        Text columns `forename`, `forename_root`, `middle_names`, with the same index.
    """
    every = run_steps(forenames, FORENAMES)
    first = run_steps(every, FORENAME[len(FORENAMES) :])
    further = run_steps(every, FURTHER_FORENAMES[len(FORENAMES) :])
    if middle_names is not None:
        middle = run_steps(middle_names, FORENAMES)
        both = further.str.cat(middle, sep=" ")
        further = both.fillna(further).fillna(middle)
    return {"forename": first, "forename_root": run_steps(first, FORENAME_ROOT), "middle_names": further}
