"""Lists on a terminal: identities are never cut short, texts wrap, and no value commands the terminal."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH = 120
"""Characters, where the output is not a terminal that tells its own width."""
BORDER = 3
"""Characters of a column that are line and space."""
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
    shown = [
        {name: as_written("" if row.get(name) is None else row[name]) for name in headings} for row in rows
    ]
    onto = console()
    widths = _widths(headings, shown, onto.width)
    table = Table(title=as_written(title, "bold"), title_justify="left")
    for name, heading in headings.items():
        is_identity = _is_identity(name)
        table.add_column(
            heading,
            no_wrap=is_identity,
            overflow="ignore" if is_identity else "fold",
            width=widths.get(name),
        )
    for texts in shown:
        table.add_row(*texts.values())
    onto.print(table)


def _is_identity(name: str) -> bool:
    return name.endswith("_id")


def _widths(headings: Mapping[str, str], shown: Sequence[Mapping[str, Text]], width: int) -> dict[str, int]:
    """Widths that break no word, where a table is too wide: the widest columns give way first.

    Returns:
        Width by column; empty where the table fits as it is, or where not even the longest words fit.
    """
    lines = {name: [line for row in shown for line in row[name].plain.splitlines()] for name in headings}
    words = {
        name: [word for line in (headings[name], *told) for word in line.split()]
        for name, told in lines.items()
    }
    whole_lines = {name: [headings[name], *told] for name, told in lines.items()}
    least = {n: _longest(whole_lines[n] if _is_identity(n) else words[n]) for n in headings}
    whole = {name: max(least[name], _longest(lines[name])) for name in headings}
    room = width - BORDER * len(headings) - 1
    if sum(least.values()) > room or sum(whole.values()) <= room:
        return {}
    for widest in range(room, 0, -1):
        widths = {name: max(least[name], min(whole[name], widest)) for name in headings}
        if sum(widths.values()) <= room:
            return widths
    return least


def _longest(texts: Sequence[str]) -> int:
    return max((cell_len(text) for text in texts), default=0)
