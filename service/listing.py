"""Lists on a terminal: identities are never cut short, texts wrap, and no value commands the terminal."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH = 120
"""Characters, where the output is not a terminal that tells its own width."""
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that a terminal obeys, that turn the direction of writing, or that cannot be written at all."""
_IN_PLACE = "\N{REPLACEMENT CHARACTER}"


def console() -> Console:
    """A console for answers, wide enough where nobody tells its width."""
    return Console(highlight=False, width=None if Console().is_terminal else WIDTH)


def as_written(value: object, style: str = "") -> Text:
    """A value as it stands, for a terminal: brackets are no markup, and what the terminal would obey is replaced.

    Args:
        value: Comes from files or the database, so anybody may have written it.
        style: How it looks.
    """
    return Text(_COMMANDS.sub(_IN_PLACE, str(value)), style=style)


def print_rows(title: str, headings: Mapping[str, str], rows: Sequence[Mapping[Any, Any]]) -> None:
    """Print rows as a table.

    Args:
        title: Stands above the table; it and the values are shown as they stand, never read as markup.
        headings: Heading of each column by the key of the rows; keys that end in `_id` are shown whole.
        rows: What to show; a missing value is shown as nothing.
    """
    table = Table(title=as_written(title, "bold"), title_justify="left")
    for name, heading in headings.items():
        is_identity = name.endswith("_id")
        table.add_column(heading, no_wrap=is_identity, overflow="ignore" if is_identity else "fold")
    for row in rows:
        table.add_row(*("" if row.get(name) is None else as_written(row[name]) for name in headings))
    console().print(table)
