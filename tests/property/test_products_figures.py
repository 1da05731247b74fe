"""Laws that hold for the figures of any records."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage import products
from linkage.contracts import load_contracts
from linkage.products.measures import measure_of
from linkage.schema import CLUSTER, RECORD, conform

SNAPSHOT = pd.Timestamp("2026-10-01")
EVERY = load_contracts(Path(products.__file__).parent.parent / "contracts")
ROLES = {
    "council_tax": "lead",
    "libraries": "member",
    "adult_social_care": "client",
    "national_benefits": "claimant",
}

CONTRACTS = {source: EVERY[source] for source in ROLES}

ROW = st.fixed_dictionaries(
    {
        "source": st.sampled_from(sorted(ROLES)),
        "cluster": st.integers(0, 5),
        "forename": st.sampled_from(["A", None]),
        "birth_date": st.sampled_from([pd.Timestamp("1980-01-02"), pd.Timestamp("1981-01-02"), pd.NaT]),
        "uprn": st.sampled_from(["1", "2", None]),
        "uprn_match_grade": st.sampled_from(["given", "exact"]),
        "is_live": st.booleans(),
    }
)


def tables_of(rows: list[dict]) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = pd.DataFrame(rows)
    keys = pd.Series(range(1, len(rows) + 1)).astype(str)
    role = frame["source"].map(ROLES)
    records = frame.drop(columns="cluster").assign(
        record_id=frame["source"] + ":" + keys + ":" + role + ":1",
        record_key=keys,
        person_role=role,
        person_position=1,
        row_number=range(1, len(rows) + 1),
        snapshot_date=SNAPSHOT,
        surname="S",
        uprn_match_grade=frame["uprn_match_grade"].where(frame["uprn"].notna()),
        birth_date_precision=pd.Series("day", index=frame.index).where(frame["birth_date"].notna()),
        is_birth_date_weak=False,
    )
    clusters = pd.DataFrame({"record_id": records["record_id"], "cluster_id": frame["cluster"].astype(str)})
    return conform(records, RECORD), conform(clusters, CLUSTER)


def figures_of(records: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    counts = records.groupby("source").size()
    source_counts = pd.DataFrame(
        {
            "source": counts.index,
            "raw_count": counts.to_numpy() + 1,
            "valid_count": counts.to_numpy(),
            "quarantined_count": 1,
            "warned_count": 0,
            "snapshot_date": SNAPSHOT,
        }
    )
    checks = pd.DataFrame(
        {
            "source": counts.index,
            "column": "c",
            "rule": "required",
            "severity": "warn",
            "evaluated_count": counts.to_numpy(),
            "failing_count": counts.to_numpy() // 2,
        }
    )
    return products.quality_figures(
        run_id="r",
        source_counts=source_counts,
        records=records,
        clusters=clusters,
        checks=checks,
        accuracy=None,
        contracts=CONTRACTS,
        snapshot_date=date(2026, 10, 1),
    )


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=12), seed=st.integers(0, 100))
def test_shares_are_shares_parts_add_up_and_order_does_not_matter(rows, seed) -> None:
    records, clusters = tables_of(rows)
    figures = figures_of(records, clusters)

    is_share = figures["measure"].map({m: measure_of(m).unit == "share" for m in figures["measure"].unique()})
    shares = figures[is_share]
    assert shares["value"].between(0, 1).all()
    assert (shares["numerator"] <= shares["denominator"]).all()

    value = figures.set_index(["measure", "scope"])["value"]
    if "uprn_given" in set(figures["measure"]):
        parts = sum(value[measure] for measure in ("uprn_given", "uprn_found", "uprn_none"))
        assert parts.to_numpy() == pytest.approx(1)

    by_services = figures[figures["measure"].str.startswith("residents_by_services")]["value"].sum()
    assert by_services == value["residents", "index"] == clusters["cluster_id"].nunique()

    shuffled = figures_of(
        records.sample(frac=1, random_state=seed), clusters.sample(frac=1, random_state=seed + 1)
    )
    pd.testing.assert_frame_equal(figures, shuffled)
