"""Cells that name nobody: stand-ins and organisations."""

from collections.abc import Sequence
from functools import cache

from linkage.reference import reference_words
from linkage.standardise.words import Phrases, find, phrases


def is_stand_in(tokens: Sequence[str], *, whole_name: bool) -> bool:
    """Whether the words stand in for a name that is not known, such as THE OCCUPIER, TBC or NON DEP 1.

    Args:
        tokens: Words of a name cell, upper case, without punctuation.
        whole_name: The cell holds the whole name; else one part of it, where CHILD may be a surname.
    """
    words = list(tokens[1:] if list(tokens[:1]) == ["THE"] else tokens)
    while words and words[-1].isdigit():
        words.pop()
    # The first word of nearly every name is all letters, which is told much faster.
    is_lettered = bool(words) and words[0].isalpha()
    if not is_lettered and not any(map(str.isalpha, "".join(words))):
        return True
    phrase, is_numbered = " ".join(words), bool(tokens) and tokens[-1].isdigit()
    if len(phrase) > 2 and phrase == phrase[0] * len(phrase):
        return True
    if phrase in reference_words("non_people", "phrase", "part", "name"):
        return True
    return (whole_name or is_numbered) and phrase in reference_words(
        "non_people", "phrase", "part", "full_name"
    )


def is_unnamed_forename(tokens: Sequence[str]) -> bool:
    """Whether the words stand in for a forename that is not known yet, such as BABY or TWIN 1."""
    words = list(tokens)
    while words and (words[-1].isdigit() or words[-1] in {"A", "B"}):
        words.pop()
    return " ".join(words) in reference_words("non_people", "phrase", "part", "forename")


def is_organisation(tokens: Sequence[str], *, looks_like_person: bool) -> bool:
    """Whether the words name an organisation.

    Args:
        tokens: Words of a name cell, upper case.
        looks_like_person: A title or a comma stands in the cell, so that CHURCH or BANK is a surname.
    """
    if find(tokens, _organisations("yes")) is not None:
        return True
    return not looks_like_person and find(tokens, _organisations("no")) is not None


@cache
def _organisations(certain: str) -> Phrases:
    return phrases(reference_words("organisations", "phrase", "certain", certain))
