"""The validation page of a run: one HTML file that loads nothing and shows no cell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined

from expectations.model import Check, Validation
from linkage.contracts.model import Severity
from linkage.protect.few import told

_WORST_FIRST: tuple[Severity, ...] = ("reject", "quarantine", "warn")


@dataclass(frozen=True, slots=True)
class SourceValidationSummary:
    """Counts of one source's validation.

    Attributes:
        source: Name of the source.
        row_count: Rows that came in.
        valid_count: Rows that went on.
        quarantined_count: Rows held back.
        withheld: Rows of the file that must not be held, and were not taken in, as far as their count may be told;
            empty when the source withholds none.
        warned_count: Rows that went on with a warning.
        corrected_count: Rows in which a person corrected a cell.
        is_rejected: The file as a whole was refused.
        checks: What each check found.
    """

    source: str
    row_count: int
    valid_count: int
    quarantined_count: int
    withheld: str
    warned_count: int
    corrected_count: int
    is_rejected: bool
    checks: tuple[Check, ...]

    @property
    def failed_checks(self) -> list[Check]:
        """Checks that found a fault, worst first: by severity, then by share of rows."""
        failed = [check for check in self.checks if not check.is_passed]
        return sorted(
            failed, key=lambda c: (_WORST_FIRST.index(c.severity), -c.failing_share, c.column or "")
        )

    @property
    def passed_checks(self) -> list[Check]:
        """Checks that found no fault, in the order of the contract."""
        return [check for check in self.checks if check.is_passed]

    @property
    def quarantined_share(self) -> float:
        """Rows held back as a share of the rows that came in."""
        return self.quarantined_count / self.row_count if self.row_count else 0.0

    @property
    def warned_share(self) -> float:
        """Rows with a warning as a share of the rows that came in."""
        return self.warned_count / self.row_count if self.row_count else 0.0


def summarise(source: str, validation: Validation) -> SourceValidationSummary:
    """The counts of one validation, without its rows."""
    return SourceValidationSummary(
        source=source,
        row_count=validation.row_count,
        valid_count=len(validation.valid),
        quarantined_count=len(validation.quarantined),
        withheld=told(validation.withheld_count) if validation.withheld_count else "",
        warned_count=validation.warned_count,
        corrected_count=validation.corrected_count,
        is_rejected=validation.is_rejected,
        checks=tuple(validation.checks),
    )


def validation_page(sources: Iterable[SourceValidationSummary], *, run_id: str, snapshot_date: date) -> str:
    """The page as HTML text.

    Args:
        sources: Summary of each source; shown worst first.
        run_id: Run the page is about.
        snapshot_date: Snapshot the run read.

    Returns:
        One self-contained document: no script, nothing loaded from elsewhere, counts and rules only.
    """
    ordered = sorted(
        sources, key=lambda s: (not s.is_rejected, -s.quarantined_share, -s.warned_share, s.source)
    )
    environment = Environment(
        loader=PackageLoader("expectations"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"whole": _whole, "share": _share, "words": _words}
    return environment.get_template("validation.html.j2").render(
        sources=ordered,
        rejected=[source for source in ordered if source.is_rejected],
        row_count=sum(source.row_count for source in ordered),
        quarantined_count=sum(source.quarantined_count for source in ordered),
        run_id=run_id,
        snapshot_date=f"{snapshot_date.day} {snapshot_date:%B %Y}",
    )


def _whole(count: int) -> str:
    return f"{count:,}"


def _share(share: float) -> str:
    """A share as a percentage that never rounds some to none, nor most to all."""
    if 0 < share < 0.001:
        return "under 0.1%"
    if 0.999 < share < 1:
        return "over 99.9%"
    return f"{share:.1%}"


def _words(name: str) -> str:
    """A source's name as a heading."""
    return name.replace("_", " ").capitalize()
