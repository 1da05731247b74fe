"""What a social worker asks of a published index."""

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.index.household import household_ids
from linkage.index.reading import open_index
from linkage.outcomes.children.listed import listed_children
from linkage.settings import Settings
from linkage.store.transaction import reading
from linkage.store.watching import watch
from pipeline.outcomes import view_of
from pipeline.watching import child_detail, list_children
from tests.unit.store.small_index import publish_people

PLACE = household_ids(pd.Series(["1"], dtype="string[pyarrow]")).iloc[0][1:]
"""An address of which the small index makes a household id that is well-formed."""

ADA = {"surname": "OKAFOR", "forename": "ADAEZE", "forename_root": "ADAEZE", "birth_date": "1980-04-05"}
ADA |= {"birth_date_precision": "day"}
CHIOMA = ADA | {"forename": "CHIOMA", "forename_root": "CHIOMA", "birth_date": "2016-04-05"}
PEOPLE = {
    "RADA": {
        "housing_tenancies:1:tenant:1": ADA | {"uprn": PLACE},
        "council_tax:1:lead:1": ADA | {"uprn": PLACE, "forename": "AMAKA"},
    },
    "RTWIN": {"libraries:2:member:1": CHIOMA | {"uprn": PLACE}},
    "RHID": {
        "travel_passes:3:holder:1": ADA | {"surname": "BELL", "forename": "MAY", "forename_root": "MAY"}
    },
}


@pytest.fixture
def index(engine: sa.Engine) -> sa.Engine:
    publish_people(engine, "one", PEOPLE)
    return engine


def test_who_is_watched_is_listed_until_somebody_ends_it(index) -> None:
    signed = {"asked_by": "hub", "reason": "seen"}
    with pytest.raises(StoreError, match="nobody was noted"):
        watch(index, ["RNOBODY"], is_watched=True, **signed)
    for is_watched, listed in ((True, ["RTWIN"]), (False, [])):
        watch(index, ["RTWIN"], is_watched=is_watched, **signed)
        with reading(index) as connection:
            assert listed_children(view_of(connection, Settings()))["resident_id"].tolist() == listed
            assert [row["resident_id"] for row in list_children(connection, Settings())] == listed


def test_a_child_is_shown_with_its_household_and_one_whose_address_is_withheld_with_nobody(index) -> None:
    with open_index(index) as opened:
        shown, hidden = (child_detail(opened, Settings(), resident) for resident in ("RTWIN", "RHID"))
    assert [member["resident_id"] for member in shown["members"]] == ["RTWIN", "RADA"]
    assert shown["members"][1]["sources"] == ["council_tax", "housing_tenancies"]
    assert (hidden["household_id"], hidden["members"]) == (None, [])
    assert [row["is_here"] for row in hidden["services"]] == [None]


def test_of_a_child_of_whom_no_address_may_be_told_no_key_or_date_of_another_service_is_shown(index) -> None:
    with open_index(index) as opened:
        (service,) = child_detail(opened, Settings(), "RHID")["services"]
    assert {name: value for name, value in service.items() if value is not None} == {
        "source": "travel_passes"
    }
