"""A small made-up town of households with twins, namesakes, movers and records that lack birth dates."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from linkage.schema import RECORD, conform

SOUNDS = (
    "BA",
    "DEN",
    "FOR",
    "GAL",
    "HOR",
    "KIN",
    "LAM",
    "MOR",
    "NEL",
    "PEN",
    "RAD",
    "SUL",
    "TOR",
    "VAN",
    "WIL",
)
FORENAMES = [a + b for a in SOUNDS for b in ("A", "ETH", "IAN", "ISE", "O", "UEL", "YN", "ICK", "ARA", "OLD")]
SURNAMES = [a + b for a in FORENAMES[::3] for b in ("SON", "LEY", "WICK", "HAM", "TON", "BY", "FORD", "WELL")]
COMMON = {"forename": 12.0, "surname": 60.0}
SERVICES = {
    "council_tax": ("forename_initial",),
    "electoral_register": (),
    "libraries": ("birth_date", "phone", "email"),
    "travel_passes": ("birth_date", "phone", "email"),
    "housing_tenancies": ("birth_date", "sex", "nino", "phone", "email"),
    "housing_benefit": ("birth_date", "sex", "nino"),
    "adult_social_care": ("birth_date", "sex", "nhs_number"),
    "childrens_social_care": ("birth_date", "sex", "nhs_number"),
}


def draw(rng: np.random.Generator, values: list[str], size: int, spread: float) -> np.ndarray:
    """Values with a few common and many rare."""
    share = 1 / (np.arange(len(values)) + spread)
    return np.asarray(values, dtype=object)[rng.choice(len(values), size, p=share / share.sum())]


def people(rng: np.random.Generator, count: int) -> pd.DataFrame:
    """People in households: the first is a parent; some children bear the parent's name, some are twins."""
    household = np.sort(rng.integers(0, max(count // 3, 1), count))
    family = draw(rng, SURNAMES, count, COMMON["surname"])
    start = np.searchsorted(household, household)
    surname = np.where(rng.random(count) < 0.85, family[start], family)
    forename = draw(rng, FORENAMES, count, COMMON["forename"])
    place = np.arange(count) - start
    years = np.where(place < 2, rng.integers(20, 75, count), rng.integers(0, 19, count))
    birth = np.datetime64("2025-12-01") - (years * 365 + rng.integers(0, 365, count)).astype("timedelta64[D]")
    namesake = (place == 2) & (rng.random(count) < 0.06)
    forename = np.where(namesake, forename[start], forename)
    twin = np.flatnonzero((place == 3) & (rng.random(count) < 0.15))
    birth[twin], surname[twin] = birth[twin - 1], surname[twin - 1]
    number = np.arange(count)
    return pd.DataFrame(
        {
            "person_id": number,
            "forename": forename,
            "surname": surname,
            "birth_date": birth.astype("datetime64[s]"),
            "sex": np.where(rng.random(count) < 0.5, "F", "M"),
            "home": household,
            "former_home": rng.integers(0, count, count),
            "phone": np.where(
                rng.random(count) < 0.4,
                "+44292000" + pd.Series(household).astype(str).str.zfill(6),
                "+4477" + pd.Series(number).astype(str).str.zfill(8),
            ),
            "email": "p" + pd.Series(number).astype(str) + "@example.org",
            "nino": "AB" + pd.Series(rng.permutation(900_000 + count)[:count]).astype(str).str.zfill(6) + "C",
            "nhs_number": pd.Series(4_000_000_000 + rng.choice(10**9, count, replace=False)).astype(str),
            "has_moved": rng.random(count) < 0.15,
        }
    )


def mention(
    rng: np.random.Generator, town: pd.DataFrame, source: str, given: tuple[str, ...]
) -> pd.DataFrame:
    """Records of one service: about two people in three, with slips and gaps."""
    known = town[rng.random(len(town)) < 0.5].reset_index(drop=True)
    count = len(known)
    at = np.where(known["has_moved"] & (rng.random(count) < 0.4), known["former_home"], known["home"])
    forename = known["forename"].astype(object)
    if "forename_initial" in given:
        forename = forename.where(rng.random(count) > 0.4, forename.str[0])
    slip = rng.random(count) < 0.03
    forename = forename.where(~slip | (forename.str.len() < 3), forename.str[:2] + forename.str[3:])
    birth = known["birth_date"].where(rng.random(count) > 0.05)
    birth = birth.where(rng.random(count) > 0.02, birth + pd.Timedelta(days=1))
    if "birth_date" not in given:
        birth = birth.where(pd.Series(False, index=birth.index))
    shown = {
        c: known[c].where(rng.random(count) > 0.2)
        for c in ("phone", "email", "nino", "nhs_number", "sex")
        if c in given
    }
    return pd.DataFrame(
        {
            "record_id": source + ":" + known["person_id"].astype(str) + ":person:1",
            "source": source,
            "snapshot_date": pd.Timestamp("2026-08-01"),
            "row_number": np.arange(1, count + 1),
            "record_key": known["person_id"].astype(str),
            "person_role": "person",
            "person_position": 1,
            "forename": forename,
            "forename_root": forename,
            "surname": known["surname"],
            "birth_date": birth,
            "uprn": pd.Series(at).astype(str).str.zfill(12),
            "parent_uprn": pd.Series(at).astype(str).str.zfill(12),
            "postcode": "CF"
            + pd.Series(at // 400 + 10).astype(str)
            + " "
            + pd.Series(at // 15 % 9 + 1).astype(str)
            + "AA",
            "age_group": stated_age_group(known),
            "is_birth_date_weak": False,
            "is_live": True,
            "person_id": known["person_id"],
            **shown,
        }
    )


def stated_age_group(known: pd.DataFrame) -> pd.Series:
    """Adult or child, as seven services in ten imply."""
    is_adult = known["birth_date"] <= pd.Timestamp("2008-08-01")
    return pd.Series(np.where(is_adult, "adult", "child")).where(known["person_id"] % 10 < 7)


def make_town(count: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Records of a town of so many people, in no order, and the person each belongs to."""
    rng = np.random.default_rng(seed)
    town = people(rng, count)
    services = [mention(rng, town, s, given) for s, given in SERVICES.items()]
    records = pd.concat(services, ignore_index=True)
    known = records["birth_date"].notna()
    records["birth_date_precision"] = pd.Series("day", index=records.index).where(known)
    records = records.sample(frac=1, random_state=seed)
    truth = records[["record_id", "person_id"]].astype("string[pyarrow]").reset_index(drop=True)
    return conform(records.drop(columns="person_id"), RECORD), truth


@pytest.fixture(scope="session")
def town() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Records of 600 people and the person each belongs to."""
    return make_town(600, 7)


@pytest.fixture(scope="session")
def town_maker() -> Callable[[int, int], tuple[pd.DataFrame, pd.DataFrame]]:
    """Makes a town of a given size and seed."""
    return make_town
