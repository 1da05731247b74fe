"""Several people in one cell: `MR & MRS J SMITH`, `SMITH J & JONES P`, `A & B SMITH`, `x; y`."""

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from linkage.reference import reference_words
from linkage.standardise.names import REPAIR_DIGITS
from linkage.standardise.nobody import is_organisation, is_stand_in
from linkage.standardise.person_name import Part, is_known_forename, is_title, read_part
from linkage.standardise.steps import Step, replace
from linkage.standardise.text import FOLD, collapse_spaces
from linkage.standardise.words import Phrases, find, phrases, without

JOINT_NAME: tuple[Step, ...] = (
    *FOLD,
    replace("cut care of", "Leaves out what follows C/O.", r"\bC/O\b.*$", ""),
    replace("join AKA", "Writes A.K.A. as AKA.", r"\bA[./]K[./]A\b\.?", "AKA"),
    replace("drop apostrophes", "Writes O'BRIEN as OBRIEN and DEC'D as DECD.", "'", ""),
    replace("one joining sign", "Writes AND, + and / between people as &.", r"\bAND\b|[+/]", "&"),
    replace("one parting sign", "Writes a line end or a bar between people as ;.", r"[|\n]", ";"),
    replace("drop other signs", "Keeps letters, digits, hyphens, commas, & and ;.", r"[^A-Z0-9,&;-]+", " "),
    collapse_spaces(),
    REPAIR_DIGITS,
)
"""A cell of one or several whole names, ready to be split."""


class PersonName(NamedTuple):
    """One person that a cell mentions; empty text where a part is not given."""

    title: str
    forenames: str
    surname: str
    suffix: str
    alias: str


def people_in(text: str, name_order: str) -> list[PersonName]:
    """The people a cell mentions, in order of appearance.

    Args:
        text: A cell after the `JOINT_NAME` steps.
        name_order: Order of names that do not show it, as the contract says.

    Returns:
        One entry a person; organisations, stand-ins and empty segments mention nobody.
    """
    found = [part for segment in text.split(";") for part in _people_of_segment(segment, name_order)]
    return [
        PersonName(part.title, " ".join(part.given), " ".join(part.surname), part.suffix, part.alias)
        for part in found
        if part.given or part.surname
    ]


def _people_of_segment(segment: str, name_order: str) -> list[Part]:
    tokens = without(re.findall(r"[A-Z0-9-]*[A-Z0-9][A-Z0-9-]*|[&,]", segment), _markers("mention"))
    words = [word for word in tokens if word not in "&,"]
    if is_stand_in(words, whole_name=True):
        return []
    looks_like_person = "," in tokens or any(is_title(word) for word in words)
    if not looks_like_person and is_organisation(words, looks_like_person=False):
        return []
    pieces = [_without_numbers(piece) for piece in _pieces(tokens) if _names_a_person(piece)]
    return _share([_read(piece, name_order) for piece in pieces])


def _without_numbers(piece: list[str]) -> list[str]:
    return [word for word in piece if word == "," or word.isalpha() or any(map(str.isalpha, word))]


def _names_a_person(piece: list[str]) -> bool:
    words = [word for word in piece if word != ","]
    looks_like_person = "," in piece or any(is_title(word) for word in words)
    return not (
        is_stand_in(words, whole_name=True) or is_organisation(words, looks_like_person=looks_like_person)
    )


def _pieces(tokens: list[str]) -> list[list[str]]:
    """The words of each person: split at &, and at commas that stand between people."""
    pieces: list[list[str]] = [[]]
    for token in tokens:
        if token == "&":  # noqa: S105
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [part for piece in pieces for part in _split_at_commas(piece) if any(word != "," for word in part)]


def _split_at_commas(piece: list[str]) -> list[list[str]]:
    """MR J SMITH, MRS P SMITH and J SMITH, P JONES are two people; SMITH, MR J is one."""
    clauses: list[list[str]] = [[]]
    for word in piece:
        if word == ",":
            clauses.append([])
        else:
            clauses[-1].append(word)
    clauses = [clause for clause in clauses if clause]
    if len(clauses) > 1 and all(_is_forename_first(clause) for clause in clauses):
        return clauses
    return [piece]


def _is_forename_first(clause: list[str]) -> bool:
    return len(clause) > 1 and (is_title(clause[0]) or len(clause[0]) == 1) and len(clause[-1]) > 1


def _read(piece: list[str], name_order: str) -> Part:
    alias = ""
    found = find(piece, _markers("alias"))
    if found is not None:
        end = piece.index(",", found[1]) if "," in piece[found[1] :] else len(piece)
        alias = " ".join(piece[found[1] : end])
        piece = piece[: found[0]] + piece[end:]
    if not piece:
        return Part(alias=alias)
    part = read_part(piece, name_order)
    part.alias = alias
    return part


def _share(parts: list[Part]) -> list[Part]:
    """Give each person a surname of their own or the neighbour's."""
    for i, part in enumerate(parts):
        if i and parts[0].has_comma and not part.has_comma:
            _after_comma(part)
        if part.single:
            _place_single(part, parts[:i], parts[i + 1 :])
    for i, part in enumerate(parts):
        if not part.surname:
            lender = _lender(parts[:i], parts[i + 1 :])
            if lender is not None:
                part.surname, part.is_borrowed = list(lender.surname), True
    _move_forename(parts)
    return parts


def _after_comma(part: Part) -> None:
    """SMITH, MR JOHN & MRS MARY B: words after a comma name are forenames unless they show a surname of their own."""
    if not part.surname or (len(part.given[0]) == 1 and len(part.surname[-1]) > 1):
        return
    words = [*part.given, *part.surname] if part.title else [*part.surname, *part.given]
    if part.title and (len(part.given[-1]) == 1 or is_known_forename(part.surname[-1])):
        in_order = [*part.surname, *part.given] if len(part.given[-1]) == 1 else words
        part.given, part.surname = in_order, []
    elif is_known_forename(words[0]) and len(words[-1]) == 1:
        part.given, part.surname = words, []


def _place_single(part: Part, before: list[Part], after: list[Part]) -> None:
    """Decide whether a lone word is a forename, with the surname elsewhere in the cell, or a surname."""
    has_named_neighbour = any(other.surname for other in [*before, *after])
    follows_comma = bool(before) and before[0].has_comma
    # After SMITH, MR JOHN & a lone word is a forename, listed or not: lists know the names of some communities better.
    is_forename = len(part.single) == 1 or is_known_forename(part.single) or follows_comma
    if not part.title:
        is_forename = is_forename or any(other.given and other.surname for other in after)
    if (has_named_neighbour and is_forename) or (len(part.single) == 1 and after):
        part.given = [part.single]
    else:
        part.surname = [part.single]
    part.single = ""


def _lender(before: list[Part], after: list[Part]) -> Part | None:
    """The next person's surname, or the one before in a comma name or at the end."""
    if before and (before[-1].has_comma or before[0].has_comma):
        return next((part for part in reversed(before) if part.surname), None)
    following = next((part for part in after if part.surname), None)
    return following or next((part for part in reversed(before) if part.surname), None)


def _move_forename(parts: list[Part]) -> None:
    """MR & MRS J SMITH: the forename is the first person's; MRS SMITH is left without."""
    for first, second in pairwise(parts):
        lacks = first.title and not first.given and (first.is_borrowed or second.is_borrowed)
        if lacks and second.title and second.given and first.surname == second.surname:
            first.given, second.given = second.given, []


@cache
def _markers(kind: str) -> Phrases:
    return phrases(reference_words("name_markers", "phrase", "kind", kind))
