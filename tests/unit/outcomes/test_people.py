"""What permitted services know of residents: chosen as golden values are, and of nobody else's knowledge."""

from typing import Any

import pandas as pd
import pytest

from linkage.outcomes.people import current_homes, stated_values
from linkage.outcomes.view import View
from linkage.schema import ADDRESS, CROSSWALK, RESIDENCE_EVIDENCE, SOURCE_RECORD
from tests.unit.outcomes.views import a_view, rows

PURPOSE = "electoral_registration"
DWELLING, OTHER, OFFICE = "100", "200", "300"


def an_index(*told: dict[str, Any]) -> View:
    """Records of one resident; those with an address state it, live with a weight of 0.9 unless told otherwise."""
    named = [{"resident_id": "R1", "record_id": f"{r['source']}:{n}", **r} for n, r in enumerate(told)]
    stated = [{"is_live": True, "weight": 0.9, **r} for r in named if "uprn" in r]
    places = [{"uprn": uprn, "is_residential": uprn != OFFICE} for uprn in (DWELLING, OTHER, OFFICE)]
    return a_view(
        (ADDRESS, rows(ADDRESS, *places)),
        (SOURCE_RECORD, rows(SOURCE_RECORD, *({"birth_date_precision": "day", **r} for r in named))),
        (CROSSWALK, rows(CROSSWALK, *named)),
        (RESIDENCE_EVIDENCE, rows(RESIDENCE_EVIDENCE, *stated)),
    )


def home(*told: dict[str, Any]) -> str | None:
    found: str | None = current_homes(an_index(*told), PURPOSE).get("R1")
    return found


def value(name: str, *told: dict[str, Any]) -> Any:
    return stated_values(an_index(*told), PURPOSE, name).get(name).get("R1")


def test_most_permitted_sources_decide_a_value() -> None:
    told = [{"source": name, "surname": "OLD"} for name in ("adult_social_care", "childrens_social_care")]
    told += [{"source": "libraries", "surname": "OLD"}, {"source": "libraries", "surname": "OLD"}]
    told += [{"source": "council_tax", "surname": "NEW"}, {"source": "housing_benefit", "surname": "NEW"}]
    assert value("surname", *told) == "NEW"
    assert value("surname", *told[:2]) is None


def test_a_birth_date_counts_when_known_to_the_day_and_a_stand_in_only_for_want_of_better() -> None:
    month = {"source": "libraries", "birth_date": "1984-06-01", "birth_date_precision": "month"}
    weak = [
        {"source": name, "birth_date": "1984-01-01", "is_birth_date_weak": True}
        for name in ("libraries", "travel_passes")
    ]
    firm = {"source": "housing_benefit", "birth_date": "1984-06-02"}
    assert value("birth_date", month) is None
    assert value("birth_date", month, *weak) == pd.Timestamp("1984-01-01")
    assert value("birth_date", month, *weak, firm) == pd.Timestamp("1984-06-02")


def test_nobody_who_may_be_asked_gives_no_value_and_no_home() -> None:
    told = {"source": "adult_social_care", "surname": "X", "death_date": "2026-01-01", "uprn": DWELLING}
    assert stated_values(an_index(told), PURPOSE, "surname", "death_date").empty
    assert home(told) is None
    assert current_homes(a_view(), PURPOSE).empty


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([{"source": "libraries", "uprn": DWELLING, "weight": 0.3}], DWELLING),
        (
            [
                {"source": "libraries", "uprn": DWELLING, "weight": 0.3},
                {"source": "council_tax", "uprn": OTHER},
            ],
            OTHER,
        ),
        (
            [
                {"source": "libraries", "uprn": DWELLING, "weight": 0.3},
                {"source": "council_tax", "uprn": OFFICE},
            ],
            DWELLING,
        ),
    ],
)
def test_home_is_the_likeliest_dwelling(told: list[dict[str, Any]], expected: str) -> None:
    assert home(*told) == expected


def test_whom_a_service_says_to_have_left_has_no_home_unless_others_say_so_more_firmly() -> None:
    card = {"source": "libraries", "uprn": DWELLING, "weight": 0.3}
    over = {
        "source": "housing_benefit",
        "uprn": DWELLING,
        "is_live": False,
        "weight": 0.0,
        "to_date": "2026-05-01",
    }
    assert home(card, over) is None
    sure = {"source": "council_tax", "uprn": DWELLING, "weight": 0.95}
    assert home(card, over, sure) == DWELLING
    back = {"source": "council_tax", "uprn": DWELLING, "weight": 0.6, "from_date": "2026-06-01"}
    assert home(over, back) == DWELLING
