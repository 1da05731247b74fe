"""An explanation on a terminal: the sentence, and the waterfall as bars to the left and to the right."""

from rich.table import Table
from rich.text import Text

from linkage.engine.explain import Explanation
from linkage.engine.wording import bar, describe, readable, sentence, spoken, totals
from service.listing import as_written, console, print_rows

HELD = {"attribute": "Attribute", "one": "One record", "other": "The other"}


def print_explanation(explanation: Explanation) -> None:
    """Print why two records are weighed as they are; what they hold only where the explanation holds it."""
    screen = console()
    screen.print(as_written(sentence(explanation)))
    screen.print(waterfall(explanation))
    screen.print(f"Match probability {explanation.match_probability:.4%}")
    rows = [
        {"attribute": readable(name), "one": one, "other": other}
        for name, (one, other) in explanation.values.items()
    ]
    if rows:
        print_rows("What the records hold", HELD, rows)


def waterfall(explanation: Explanation) -> Table:
    """The waterfall: a row for each line that says something, then the sums."""
    steps = spoken(explanation)
    largest = max(abs(step.bits) for step in steps)
    table = Table(box=None, padding=(0, 1))
    for heading, justify in (
        ("Bits", "right"),
        ("against", "right"),
        ("for one person", "left"),
        ("", "left"),
    ):
        table.add_column(heading, justify=justify, no_wrap=bool(heading))  # type: ignore[arg-type]
    for step in steps:
        against, speaks_for = bar(step.bits, largest)
        bars = Text(against, style="red"), Text(speaks_for, style="green")
        table.add_row(f"{step.bits:+.2f}", *bars, as_written(describe(step)))
    for name, bits in totals(explanation):
        table.add_row(f"{bits:+.2f}", "", "", Text(name), style="bold")
    return table
