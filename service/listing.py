"""Lists on a terminal: identities are never cut short, texts wrap."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

WIDTH = 120
"""Characters, where the output is not a terminal that tells its own width."""


def console() -> Console:
    """A console for answers, wide enough where nobody tells its width."""
    return Console(highlight=False, width=None if Console().is_terminal else WIDTH)


def print_rows(title: str, headings: Mapping[str, str], rows: Sequence[Mapping[Any, Any]]) -> None:
    """Print rows as a table.

    Args:
        title: Stands above the table.
        headings: Heading of each column by the key of the rows; keys that end in `_id` are shown whole.
        rows: What to show; a missing value is shown as nothing.
    """
    table = Table(title=title, title_justify="left", title_style="bold")
    for name, heading in headings.items():
        is_identity = name.endswith("_id")
        table.add_column(heading, no_wrap=is_identity, overflow="ignore" if is_identity else "fold")
    for row in rows:
        table.add_row(*("" if row.get(name) is None else str(row[name]) for name in headings))
    console().print(table)
