"""Names of councils as people write them: one council however its name is spaced and whatever its capitals."""

import pandas as pd


def council_keys(names: pd.Series) -> pd.Series:
    """What is alike for all spellings of a council's name."""
    return names.astype(object).str.split().str.join(" ").str.casefold()


def first_spelling(names: pd.Series, known: pd.Series) -> pd.Series:
    """Each name as it was first written, or trimmed where nobody has written it before.

    Args:
        names: Names, of any index.
        known: Names that were written before, in the order in which they were.
    """
    before = pd.concat([known, names], ignore_index=True).astype(object).str.split().str.join(" ")
    first = before.groupby(council_keys(before), sort=False).first()
    return council_keys(names).map(first).astype(object)
