"""Builders of what the products stage measures: small by hand, and one of realistic size."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from linkage import products
from linkage.contracts import Contract, load_contracts
from linkage.schema import CLUSTER, RECORD, conform

SNAPSHOT = date(2026, 10, 1)
CANARY = "ZQXWCANARY"
CONTRACTS = load_contracts(Path(products.__file__).parent.parent / "contracts")

PLAIN_RECORD = {
    "snapshot_date": pd.Timestamp(SNAPSHOT),
    "row_number": 1,
    "record_key": "1",
    "person_position": 1,
    "is_birth_date_weak": False,
    "is_live": True,
}
"""What a record has when a test says nothing about it."""


@pytest.fixture(scope="session")
def contracts() -> dict[str, Contract]:
    return CONTRACTS


@pytest.fixture(scope="session")
def record_table() -> Callable[[list[dict]], pd.DataFrame]:
    """Rows of what matters to the test -> a frame that conforms to RECORD."""
    return records_of


@pytest.fixture(scope="session")
def cluster_table() -> Callable[[dict[str, str]], pd.DataFrame]:
    """Record id -> cluster id, as a frame that conforms to CLUSTER."""
    return clusters_of


def records_of(rows: list[dict]) -> pd.DataFrame:
    return conform(pd.DataFrame([{**PLAIN_RECORD, **row} for row in rows]), RECORD)


def clusters_of(cluster_of: dict[str, str]) -> pd.DataFrame:
    pairs = sorted(cluster_of.items())
    return conform(pd.DataFrame(pairs, columns=["record_id", "cluster_id"]), CLUSTER)


class Council:
    """A council of realistic size, drawn from a fixed seed."""

    def __init__(self, *, residents: int = 2500, seed: int = 7) -> None:
        self._draw = np.random.default_rng(seed)
        self.records = self._records(residents)
        self.clusters = conform(
            pd.DataFrame(
                {
                    "record_id": self.records["record_id"],
                    "cluster_id": self.records["record_id"].groupby(self._person).transform("min"),
                }
            ),
            CLUSTER,
        )

    def _records(self, residents: int) -> pd.DataFrame:
        shares = {
            "council_tax": ("lead", 0.45), "electoral_register": ("elector", 0.62),
            "housing_tenancies": ("member", 0.3), "housing_benefit": ("member", 0.22),
            "school_admissions": ("child", 0.11), "childrens_social_care": ("person", 0.03),
            "adult_social_care": ("client", 0.03), "libraries": ("member", 0.2),
            "parking_permits": ("applicant", 0.14), "travel_passes": ("holder", 0.16),
            "national_benefits": ("claimant", 0.2),
        }  # fmt: skip
        frames = []
        for source, (role, share) in shares.items():
            people = np.flatnonzero(self._draw.random(residents) < share)
            again = people[self._draw.random(len(people)) < 0.03]
            people = np.concatenate([people, again])
            keys = pd.Series(np.arange(1, len(people) + 1)).astype(str)
            frames.append(
                pd.DataFrame(
                    {"source": source, "person_role": role, "record_key": keys, "person": people}
                ).assign(record_id=f"{source}:" + keys + f":{role}:1")
            )
        frame = pd.concat(frames, ignore_index=True)
        self._person = frame["person"]
        filled = frame.drop(columns="person").assign(**PLAIN_RECORD | {"row_number": 1})
        filled = filled.assign(record_key=frame["record_key"], **self._attributes(frame))
        return conform(filled, RECORD)

    def _attributes(self, frame: pd.DataFrame) -> dict[str, object]:
        size, person = len(frame), frame["person"]
        sent = {"libraries": 0, "travel_passes": 0, "adult_social_care": 0.7, "childrens_social_care": 0.6}
        uprn = (999_900_000_000 + person // 2).astype(str)
        given = self._draw.random(size) < frame["source"].map(sent).fillna(0.96)
        found = ~given & (self._draw.random(size) < 0.8)
        birth = pd.Timestamp("1940-01-01") + pd.to_timedelta((person * 7919) % 30000, unit="D")
        wrong = self._draw.random(size) < 0.006
        asked = ~frame["source"].isin(["council_tax"])
        has_birth = asked & (
            self._draw.random(size) < frame["source"].map({"electoral_register": 0.04}).fillna(0.9)
        )
        return {
            "forename": pd.Series(np.where(self._draw.random(size) < 0.98, CANARY, None)),
            "surname": CANARY,
            "birth_date": birth.where(~wrong, birth + pd.Timedelta(days=1)).where(has_birth),
            "birth_date_precision": pd.Series("day", index=frame.index).where(has_birth),
            "sex": pd.Series(np.where(self._draw.random(size) < 0.5, "F", None)),
            "uprn": uprn.where(given | found),
            "uprn_match_grade": pd.Series(np.where(given, "given", np.where(found, "exact", None))),
            "address_text": f"1 {CANARY} STREET",
            "postcode": "NX1 1AA",
            "phone": pd.Series(np.where(self._draw.random(size) < 0.4, "+447700900123", None)),
            "email": pd.Series(np.where(self._draw.random(size) < 0.3, f"{CANARY}@example.org", None)),
            "nhs_number": pd.Series(np.where(self._draw.random(size) < 0.7, "9990000000", None)),
            "nino": pd.Series(np.where(self._draw.random(size) < 0.6, "ZZ123456A", None)),
            "upn": pd.Series(np.where(self._draw.random(size) < 0.9, "A999000000001", None)),
            "is_live": self._draw.random(size) < 0.86,
        }

    @property
    def source_counts(self) -> pd.DataFrame:
        valid = self.records.groupby("source").size()
        held = (valid * 0.012).astype(int) + 1
        return pd.DataFrame(
            {
                "source": valid.index,
                "raw_count": (valid + held).to_numpy(),
                "valid_count": valid.to_numpy(),
                "quarantined_count": held.to_numpy(),
                "warned_count": (valid // 30).to_numpy(),
                "snapshot_date": pd.Timestamp(SNAPSHOT),
            }
        )

    @property
    def checks(self) -> pd.DataFrame:
        rules = ["postcode", "nhs_number", "nino", "upn", "plausible_date", "uprn_in_gazetteer", "key_unique"]
        counts = self.source_counts
        frames = [
            pd.DataFrame(
                {
                    "source": counts["source"],
                    "column": rule.upper(),
                    "rule": rule,
                    "severity": "warn" if place % 2 else "quarantine",
                    "evaluated_count": counts["raw_count"],
                    "failing_count": counts["raw_count"] // (40 * (place + 1)),
                }
            )
            for place, rule in enumerate(rules)
        ]
        return pd.concat(frames, ignore_index=True)

    @property
    def quarantine(self) -> pd.DataFrame:
        rows = [
            ("council_tax", "POSTCODE", "postcode", "The postcode is not one that a council could have.", 9),
            ("school_admissions", "DOB", "plausible_date", "The birth date is in the future.", 4),
            ("libraries", None, "key_unique", "The card number stands in more than one row.", 3),
        ]
        return pd.DataFrame(rows, columns=["source", "column", "rule", "reason", "row_count"])

    def figures(self, **changes: object) -> pd.DataFrame:
        given = {
            "run_id": "2026-10-01-0123456789ab",
            "source_counts": self.source_counts,
            "records": self.records,
            "clusters": self.clusters,
            "checks": self.checks,
            "accuracy": {"pairwise_precision": 0.9712, "pairwise_recall": 0.9304, "pairwise_f1": 0.9504,
                         "b_cubed_precision": 0.983, "b_cubed_recall": 0.951, "b_cubed_f1": 0.9667},
            "contracts": CONTRACTS,
            "snapshot_date": SNAPSHOT,
        }  # fmt: skip
        return products.quality_figures(**{**given, **changes})


@pytest.fixture(scope="session")
def council() -> Council:
    return Council()


@pytest.fixture(scope="session")
def figures(council: Council) -> pd.DataFrame:
    return council.figures()


@pytest.fixture(scope="session")
def scores(figures: pd.DataFrame) -> pd.DataFrame:
    return products.maturity_scores(figures, products.read_declared(), run_id="2026-10-01-0123456789ab")


@pytest.fixture(scope="session")
def run_header() -> products.RunHeader:
    return products.RunHeader(
        run_id="2026-10-01-0123456789ab",
        snapshot_date=SNAPSHOT,
        resident_count=2388,
        household_count=1190,
        communal_count=12,
        validation_href="../validation_report/validation.html",
    )


@pytest.fixture(scope="session")
def page(
    council: Council, figures: pd.DataFrame, scores: pd.DataFrame, run_header: products.RunHeader
) -> str:
    stages = ("ingest", "validate", "standardise", "link", "cluster", "index", "publish", "products")
    return products.report_page(
        figures,
        scores,
        run=run_header,
        parts=products.maturity_parts(figures, products.read_declared()),
        quarantine=council.quarantine,
        stage_seconds=dict(zip(stages, (1.1, 21.4, 5.2, 14.0, 0.8, 1.9, 2.2, 0.9), strict=True)),
    )
