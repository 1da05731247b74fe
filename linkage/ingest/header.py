"""A file's header against the contract's columns: all faults at once."""

import re
from collections import Counter

from rapidfuzz import fuzz, process

from linkage.ingest.errors import WrongColumnsError

ALIKE = 80
"""Similarity in percent from which a column that is not known is taken for a renamed one."""

MOST_NAMED = 12
"""Columns named in one message."""

LIKE_A_NAME = re.compile(r"[A-Za-z_][\w .()/-]{0,59}")


def check_header(found: list[str], expected: list[str], label: str) -> None:
    """Refuse a header that does not hold exactly the expected columns; their order is free.

    Args:
        found: Names in the file's first line.
        expected: Columns of the contract.
        label: What messages call the file.

    Raises:
        WrongColumnsError: Columns are missing, renamed, repeated or not known. Names from the file are shown
            only when most of the header is right: else the first line may be a person's row.
    """
    known = set(expected)
    present = known.intersection(found)
    if not present:
        raise WrongColumnsError(
            f"{label}: none of the {len(expected)} expected columns stands in the first line. Expected a "
            f"header with {_listed(expected)}."
        )
    faults = _faults(found, expected)
    if not faults:
        return
    if len(present) * 2 < len(expected):
        raise WrongColumnsError(
            f"{label}: only {len(present)} of the {len(expected)} expected columns stand in the header. "
            f"Missing: {_listed([name for name in expected if name not in present])}."
        )
    raise WrongColumnsError(
        f"{label}: {'; '.join(faults)}. Correct the extract, or the contract if it changed."
    )


def _faults(found: list[str], expected: list[str]) -> list[str]:
    repeated = [name for name, count in Counter(found).items() if count > 1 and name in expected]
    missing = [name for name in expected if name not in found]
    unknown = [name for name in dict.fromkeys(found) if name not in expected]
    renamed = _renamed(missing, unknown)
    missing = [name for name in missing if name not in renamed]
    unknown = [name for name in unknown if name not in renamed.values()]
    blank = sum(1 for name in found if not name.strip())
    unknown = [name for name in unknown if name.strip()]
    phrases = [
        (missing, f"missing columns {_listed(missing)}"),
        (
            renamed,
            "columns that look renamed: "
            + ", ".join(f"{_shown(n)} (expected {o})" for o, n in renamed.items()),
        ),
        (unknown, f"columns not in the contract: {_listed([_shown(name) for name in unknown])}"),
        (repeated, f"columns that stand twice: {_listed(repeated)}"),
        (blank, f"columns without a name: {blank}"),
    ]
    return [phrase for present, phrase in phrases if present]


def _renamed(missing: list[str], unknown: list[str]) -> dict[str, str]:
    """Missing column to the one column in the file that resembles it."""
    pairs: dict[str, str] = {}
    for name in missing:
        free = [other for other in unknown if other not in pairs.values()]
        best = process.extractOne(_folded(name), [_folded(other) for other in free], scorer=fuzz.ratio)
        if best is not None and best[1] >= ALIKE:
            pairs[name] = free[best[2]]
    return pairs


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _shown(name: str) -> str:
    """A name from the file, quoted where spaces would hide; hidden when it does not look like a column's."""
    if not LIKE_A_NAME.fullmatch(name.strip()):
        return "(a name that cannot be shown)"
    return name if name == name.strip() else f"'{name}'"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
