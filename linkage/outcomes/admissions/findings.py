"""What is found of each application, and why, in plain words."""

import numpy as np
import pandas as pd

from linkage.outcomes.admissions.applications import limits

ELSEWHERE = "evidenced_elsewhere"
"""The finding that an officer works through; each of the others is why an application is set aside."""

REASONS = {
    "evidenced_at_address": "A service other than school admissions has the child, or a parent, at the address.",
    "no_address": "Set aside: it is not known which property the address is.",
    "shared_address": "Set aside: the address is a whole building, and who lives where in it cannot be told.",
    "lives_with_others": "Set aside: no contact says that they live with the child, so their address is no test.",
    "moved": "Set aside: the family was evidenced at the address before, or moved after the application.",
    "too_recent": "Set aside for now: the application is recent, and services may not have heard of a move.",
    "one_service_only": "Set aside: only one service has the family elsewhere, and it may not have heard of a move.",
    "no_evidence": "No service that may be asked says where the family lives.",
}
"""Reason of each finding but the ranked one."""


def findings(rows: pd.DataFrame, today: pd.Timestamp) -> "pd.Series[str]":
    """The first finding that holds for each application.

    Args:
        rows: Applications as `check` weighs them.
        today: Day to reckon from.
    """
    limit = limits()
    here = rows["here_probability"] >= limit.here_probability
    there = (rows["elsewhere_probability"] >= limit.elsewhere_probability) & ~here
    later = rows["elsewhere_date"] > rows["application_date"]
    moved = rows["ever_count"].gt(0) | rows["stated_date"].notna() | (later & rows["others_date"].isna())
    recent = rows["application_date"] > today - pd.Timedelta(days=limit.settled_days)
    alone = (rows["elsewhere_count"] < limit.confirming_count) & rows["others_date"].isna()
    cases = [
        (rows["uprn"].isna(), "no_address"),
        (rows["is_shared"], "shared_address"),
        (here, "evidenced_at_address"),
        (there & rows["parent_count"].eq(0), "lives_with_others"),
        (there & moved, "moved"),
        (there & recent, "too_recent"),
        (there & alone, "one_service_only"),
        (there, ELSEWHERE),
    ]
    flags = [flag.fillna(value=False).to_numpy(dtype=bool) for flag, _ in cases]
    return pd.Series(np.select(flags, [name for _, name in cases], "no_evidence"), index=rows.index)


def reasons(rows: pd.DataFrame, finding: "pd.Series[str]") -> "pd.Series[str]":
    """The reason of each application; of one evidenced elsewhere, with how many say so and since when."""
    count = rows["elsewhere_count"].astype("int64").astype(str)
    noun = rows["elsewhere_count"].gt(1).map({True: " independent services have", False: " service has"})
    since = (" since " + rows["elsewhere_date"].dt.strftime("%Y-%m-%d")).fillna("")
    others = ("; others have lived at it since " + rows["others_date"].dt.strftime("%Y-%m-%d")).fillna("")
    told = (
        count
        + noun
        + " the family elsewhere"
        + since
        + ", none has it at the address applied from"
        + others
        + "."
    )
    return finding.map(REASONS).where(finding.ne(ELSEWHERE), told)
