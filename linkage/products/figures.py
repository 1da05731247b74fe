"""Every quality figure of one run, each with what was counted, out of how many, and one plain sentence."""

import math
from collections.abc import Mapping
from datetime import date

import pandas as pd

from linkage.contracts.model import Contract
from linkage.products.completeness import completeness
from linkage.products.consistency import consistency
from linkage.products.inputs import CHECK, SOURCE_COUNT, Measurable, joined, people_contracts, taken
from linkage.products.measures import load_measures
from linkage.products.tally import INDEX, TALLY_COLUMNS, together
from linkage.products.timeliness import timeliness
from linkage.products.uniqueness import uniqueness
from linkage.products.validity import validity
from linkage.products.volume import volume
from linkage.products.wording import plain
from linkage.schema import QUALITY_FIGURE, conform

PARTS = (volume, validity, completeness, uniqueness, consistency, timeliness)
"""What is measured, in order; each is a function from the run's tables to tallies."""

SHARES_AGAINST_TRUTH = ("precision", "recall", "f1")
"""Endings of the measures against truth that are shares; counts of pairs are not reported."""


def quality_figures(  # noqa: PLR0913 - each table comes from a different stage; a holder would only rename them
    *,
    run_id: str,
    source_counts: pd.DataFrame,
    records: pd.DataFrame,
    clusters: pd.DataFrame,
    checks: pd.DataFrame,
    accuracy: Mapping[str, float] | None,
    contracts: Mapping[str, Contract],
    snapshot_date: date,
) -> pd.DataFrame:
    """Quality figures of one run, by source and for the index.

    Args:
        run_id: Run that is measured.
        source_counts: Conforms to `SOURCE_COUNT`, one row a source received; further columns are ignored.
        records: The `MEASURED` columns of `RECORD`; further columns are ignored.
        clusters: Conforms to `CLUSTER`; every record is in one.
        checks: Conforms to `CHECK`; further columns are ignored.
        accuracy: Shares measured against known truth, by measure; None where truth is not known.
        contracts: Contracts by source; those of the gazetteer are left aside.
        snapshot_date: Date the run is about.

    Returns:
        Conforms to `QUALITY_FIGURE`, in the order of `measures.yaml`, then by measure and scope. A share with
        nothing to count has no row. The order of the rows of the inputs does not matter.

    Raises:
        SchemaError: An input lacks a column, repeats a source, or leaves a record without a cluster.
    """
    people = people_contracts(contracts)
    counts = taken(source_counts, SOURCE_COUNT)
    run = Measurable(
        records=joined(records, clusters, people),
        source_counts=counts[counts["source"].isin(list(people))] if people else counts,
        checks=taken(checks, CHECK),
        contracts=people,
        snapshot_date=pd.Timestamp(snapshot_date),
    )
    found = [*(measure(run) for measure in PARTS), _accuracy(accuracy or {})]
    tallies = together(found)
    titles = {source: contract.title for source, contract in people.items()}
    return _figures(tallies, run_id, titles)


def _accuracy(accuracy: Mapping[str, float]) -> pd.DataFrame:
    """Shares measured against truth; one that our list does not know goes in the family `accuracy`."""
    known = load_measures()
    is_share = tuple(f"_{ending}" for ending in SHARES_AGAINST_TRUTH)
    rows = [
        (
            name if name in known else "accuracy",
            "" if name in known else name,
            INDEX,
            math.nan,
            math.nan,
            value,
        )
        for name, value in accuracy.items()
        if name.endswith(is_share) and not math.isnan(value)
    ]
    return pd.DataFrame(rows, columns=TALLY_COLUMNS)


def _figures(tallies: pd.DataFrame, run_id: str, titles: Mapping[str, str]) -> pd.DataFrame:
    """Tallies with name, dimension and sentence. There are hundreds whatever the size of the data."""
    measures = load_measures()
    families = list(measures)
    rows = []
    for name, part, scope, numerator, denominator, value in (
        tallies[TALLY_COLUMNS].to_numpy(dtype=object).tolist()
    ):
        measure = measures[name]
        where = "all sources" if scope == INDEX else titles.get(scope, plain(scope))
        sentence = measure.describe(
            scope=where, part=plain(part), value=value, numerator=numerator, denominator=denominator
        )
        rows.append(
            {
                "_order": families.index(name),
                "measure": f"{name}_{part}" if part else name,
                "scope": scope,
                "dimension": measure.dimension,
                "value": value,
                "numerator": numerator,
                "denominator": denominator,
                "description": sentence,
            }
        )
    ordered = pd.DataFrame(rows).sort_values(["_order", "measure", "scope"]).drop(columns="_order")
    return conform(ordered.assign(run_id=run_id), QUALITY_FIGURE)
