"""One person in one cell: title, forenames and surname told apart.

`nameparser` was tried and set aside: it does not read council forms without a comma (SMITH MR JOHN A, AP RHYS DAFYDD),
takes MD for a suffix where it is Mohammed, and needs 0.13 ms a name.
"""

from dataclasses import dataclass, field
from functools import cache

from linkage.reference import read_reference, reference_map, reference_words


@dataclass(slots=True)
class Part:
    """What the words of one person say, before a surname is shared between the people of a cell."""

    title: str = ""
    given: list[str] = field(default_factory=list)
    surname: list[str] = field(default_factory=list)
    suffix: str = ""
    alias: str = ""
    single: str = ""
    has_comma: bool = False
    is_borrowed: bool = False


def is_title(word: str) -> bool:
    """Whether the word is a title and never a forename."""
    return word in reference_words("titles", "word", "in_name", "yes")


def is_known_forename(word: str) -> bool:
    """Whether the word is a forename of the nickname list; a surname such as JAMES may be one too."""
    return word in _forenames()


def is_particle(word: str) -> bool:
    """Whether the word belongs to the one that follows, as VAN and DE do."""
    return word in reference_words("particles", "word")


def is_split_o(word: str, following: str) -> bool:
    """Whether the words are O and the rest of an Irish surname, as O BRIEN."""
    return word == "O" and following in reference_words("gaelic_names", "stem", "prefix", "O")


def read_part(tokens: list[str], name_order: str) -> Part:
    """Tell title, forenames and surname apart.

    Args:
        tokens: Words of one person, commas as words of their own.
        name_order: `surname_first`, `forename_first` or `either`, for names that do not show their order.

    Returns:
        The parts; `single` holds a lone word of which the neighbours must tell whether it is a surname.
    """
    if "," in tokens[:-1] and tokens[0] != ",":
        comma = tokens.index(",")
        return _with_comma(tokens[:comma], [word for word in tokens[comma:] if word != ","])
    return _without_comma([word for word in tokens if word != ","], name_order)


def _with_comma(before: list[str], after: list[str]) -> Part:
    before, suffix = _take_suffixes(before)
    after, later_suffix = _take_suffixes(after, keep=0)
    title, given = _take_titles(after)
    if not title and len(before) > 1:
        title, before = _take_titles(before)
    return Part(title=title, given=given, surname=before, suffix=suffix or later_suffix, has_comma=True)


def _without_comma(tokens: list[str], name_order: str) -> Part:
    tokens, suffix = _take_suffixes(tokens)
    title, names = _take_titles(tokens)
    middle = next((i for i in range(1, len(names)) if is_title(names[i])), None)
    if not title and middle is not None:
        title, given = _take_titles(names[middle:])
        return Part(title=title, given=given, surname=names[:middle], suffix=suffix)
    if len(names) < 2:
        return Part(title=title, single="".join(names), suffix=suffix)
    split = _surname_span(names, is_titled=bool(title), name_order=name_order)
    surname = names[split]
    given = names[: split.start] + names[split.stop :]
    return Part(title=title, given=given, surname=surname, suffix=suffix)


def _surname_span(names: list[str], *, is_titled: bool, name_order: str) -> slice:
    """Which of the words are the surname: at the front, or at the end (all after a middle initial), with particles."""
    if _is_surname_first(names, is_titled=is_titled, name_order=name_order):
        end = 1
        while end < len(names) - 1 and is_particle(names[end - 1]):
            end += 1
        if len(names[-1]) == 1:
            end = _before_initials(names, end)
        return slice(0, end)
    start = 1 + max((i for i in range(1, len(names) - 1) if len(names[i]) == 1), default=len(names) - 2)
    if len(names) == 2 and is_split_o(*names):
        return slice(0, 2)
    while start > 1 and (is_particle(names[start - 1]) or is_split_o(names[start - 1], names[start])):
        start -= 1
    return slice(start, len(names))


def _before_initials(names: list[str], end: int) -> int:
    """GARCIA LOPEZ J: words before the initials that are no forenames belong to the surname."""
    while end < len(names) - 1 and len(names[end]) > 1 and not is_known_forename(names[end]):
        end += 1
    return end


def _is_surname_first(names: list[str], *, is_titled: bool, name_order: str) -> bool:
    first_is_initial, last_is_initial = len(names[0]) == 1, len(names[-1]) == 1
    if first_is_initial != last_is_initial:
        return last_is_initial or (name_order == "surname_first" and is_split_o(names[0], names[1]))
    if is_titled or name_order != "either":
        return name_order == "surname_first" and not is_titled
    return any(is_known_forename(word) for word in names[1:]) and not is_known_forename(names[0])


def _take_titles(tokens: list[str]) -> tuple[str, list[str]]:
    left = list(tokens)
    titles = []
    while left and is_title(left[0]):
        titles.append(reference_map("titles", "word", "title")[left.pop(0)])
    return (titles[0] if titles else ""), left


def _take_suffixes(tokens: list[str], *, keep: int = 1) -> tuple[list[str], str]:
    known = reference_map("suffixes", "word", "suffix")
    left, suffix = list(tokens), ""
    while len(left) > keep and left[-1] in known:
        suffix = known[left.pop()] or suffix
    return left, suffix


@cache
def _forenames() -> frozenset[str]:
    rows = read_reference("nicknames")
    return frozenset(row["name"] for row in rows) | frozenset(row["root"] for row in rows)
