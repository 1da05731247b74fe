"""Whether the ledger of resident ids adds up: what was given and what has ended is what is live."""

from dataclasses import dataclass

import sqlalchemy as sa

BEGUN = ("minted", "split", "restored")
EVENTS = sa.text("SELECT kind, count(*) FROM operations.identity_event GROUP BY kind")
LIVE = sa.text("SELECT count(*) FROM published.resident")
WRONG = sa.text(
    "WITH last AS (SELECT DISTINCT ON (resident_id) resident_id, kind FROM operations.identity_event "
    "ORDER BY resident_id, event_id DESC) "
    "SELECT count(*) FROM (SELECT resident_id FROM last WHERE kind IN ('minted', 'split', 'restored')) AS l "
    "FULL JOIN published.resident AS r USING (resident_id) WHERE l.resident_id IS NULL OR r.resident_id IS NULL"
)


@dataclass(frozen=True, slots=True)
class LedgerSum:
    """The sum of the ledger: counts only.

    Attributes:
        live_count: Residents of the live index.
        event_counts: Events by kind.
        wrong_count: Ids that are live and whose last event says otherwise, or the other way round.
    """

    live_count: int
    event_counts: dict[str, int]
    wrong_count: int

    @property
    def expected_count(self) -> int:
        """Minted, split and restored, less merged and retired."""
        return sum(count if kind in BEGUN else -count for kind, count in self.event_counts.items())

    @property
    def adds_up(self) -> bool:
        """Whether all is right."""
        return self.live_count == self.expected_count and self.wrong_count == 0

    @property
    def sentence(self) -> str:
        """The sum in words."""
        terms = (
            ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.event_counts.items())) or "no event"
        )
        verdict = (
            "the ledger adds up" if self.adds_up else f"the ledger does NOT add up ({self.wrong_count:,} ids)"
        )
        return f"{terms}; {self.live_count:,} live: {verdict}."


def ledger_adds_up(connection: sa.Connection) -> LedgerSum:
    """Add up the ledger and hold it against the live index, after any deletion and after any run.

    Args:
        connection: A transaction.
    """
    events = {str(kind): int(count) for kind, count in connection.execute(EVENTS)}
    live, wrong = (int(connection.scalar(asked) or 0) for asked in (LIVE, WRONG))
    return LedgerSum(live, events, wrong)
