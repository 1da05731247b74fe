"""Figures of the tenancy checks."""

from collections.abc import Sequence

import pandas as pd

from linkage.outcomes.homes import homes
from linkage.outcomes.outcome import Figure, count, share
from linkage.outcomes.tenancies.findings import SUBLET
from linkage.outcomes.tenancies.reasons import SET_ASIDE
from linkage.outcomes.tenancies.tenants import members
from linkage.outcomes.view import View


def tenancy_figures(frame: pd.DataFrame, view: View) -> Sequence[Figure]:
    """Tenancies looked at, the share that may be sublet, and how many cases were set aside for which reason."""
    held = members(view, homes(view))
    looked_at = held.loc[held["is_tenant"], "reference"].nunique()
    by_finding = frame["finding"].value_counts()
    told = [
        count(f"{finding}_count", int(by_finding.get(finding, 0)), reason)
        for finding, reason in SET_ASIDE.items()
    ]
    return (
        count("tenancy_count", looked_at, "Open tenancies that were looked at."),
        share(
            "possible_sublet_share",
            int(by_finding.get(SUBLET, 0)),
            looked_at,
            "Tenancies where the tenant is evidenced elsewhere or gone, and others came later.",
        ),
        *told,
    )
