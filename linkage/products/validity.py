"""How many checks passed."""

import pandas as pd

from linkage.products.inputs import Measurable
from linkage.products.tally import shares, together


def validity(run: Measurable) -> pd.DataFrame:
    """Tallies of checks passed out of checks made: all together, and by kind of rule."""
    checks = run.checks.assign(passing=run.checks["evaluated_count"] - run.checks["failing_count"])
    by_rule = [_passed("validity_of", group, part=str(rule)) for rule, group in checks.groupby("rule")]
    return together([_passed("validity", checks), *by_rule])


def _passed(measure: str, checks: pd.DataFrame, *, part: str = "") -> pd.DataFrame:
    return shares(
        measure, checks["source"], counted=checks["passing"], among=checks["evaluated_count"], part=part
    )
