"""Counts of protected rows as they may be told."""

FEWEST = 10
"""Below it a count is not told: beside other figures, or that of the night before, it could lead to one person."""
FEW = f"fewer than {FEWEST}"


def told(count: int) -> str:
    """A count of protected rows in words: rounded down to tens, and no figure where there are few.

    Rounded, so that two figures a night apart do not tell of one person.
    """
    return FEW if count < FEWEST else f"{count // FEWEST * FEWEST:,} or more"
