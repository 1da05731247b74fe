"""Builders of the tables that clustering reads."""

from collections.abc import Callable

import pandas as pd
import pytest

from linkage.schema import JUDGEMENT, PAIR, RECORD, conform


def make_records(names: str, same_key: str = "") -> pd.DataFrame:
    """One record for each letter; the letters of `same_key` are of one key of their source."""
    keys = ["shared" if name in same_key else name for name in names]
    return conform(
        pd.DataFrame(
            {
                "record_id": list(names),
                "source": "libraries",
                "snapshot_date": pd.Timestamp("2026-08-01"),
                "row_number": range(1, len(names) + 1),
                "record_key": keys,
                "person_role": "member",
                "person_position": 1,
                "is_birth_date_weak": False,
                "is_live": True,
            }
        ),
        RECORD,
    )


def make_pairs(weights: dict[str, float]) -> pd.DataFrame:
    """Pairs such as {"ab": 5.0} with their match weights."""
    weight = pd.Series(weights, dtype="float64")
    return conform(
        pd.DataFrame(
            {
                "record_id_l": [pair[0] for pair in weights],
                "record_id_r": [pair[1] for pair in weights],
                "blocking_rule": "a_rule",
                "match_weight": weight.to_numpy(),
                "match_probability": (1 / (1 + 2**-weight)).to_numpy(),
            }
        ),
        PAIR,
    )


def make_judgements(*verdicts: str) -> pd.DataFrame:
    """Judgements such as "a=b" and "a!b", each later than the one before."""
    return conform(
        pd.DataFrame(
            {
                "judgement_id": [f"judgement-{number}" for number in range(len(verdicts))],
                "verdict": [
                    "same_person" if verdict[1] == "=" else "different_person" for verdict in verdicts
                ],
                "record_id_l": [verdict[0] for verdict in verdicts],
                "record_id_r": [verdict[2] for verdict in verdicts],
                "decided_by": "a reviewer",
                "reason": "a reason",
                "decided_at": pd.Timestamp("2026-08-01", tz="UTC")
                + pd.to_timedelta(range(len(verdicts)), unit="h"),
            }
        ),
        JUDGEMENT,
    )


@pytest.fixture
def records() -> Callable[..., pd.DataFrame]:
    return make_records


@pytest.fixture
def pairs() -> Callable[..., pd.DataFrame]:
    return make_pairs


@pytest.fixture
def judgements() -> Callable[..., pd.DataFrame]:
    return make_judgements
