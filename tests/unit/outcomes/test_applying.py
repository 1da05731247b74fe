"""Who an applicant is: one, several or nobody."""

from typing import Any

import pandas as pd
import pytest

from linkage.outcomes.applying import check_applications, match_forms
from linkage.outcomes.applying.matching import answers
from linkage.schema import CROSSWALK, RESIDENCE_EVIDENCE, SOURCE_RECORD
from tests.unit.outcomes.views import a_view, rows

ADA = {
    "record_id": "libraries:1:member:1", "source": "libraries", "resident_id": "R1", "surname": "OKAFOR",
    "forename": "ADA", "forename_root": "ADAEZE", "birth_date": "1984-06-02", "birth_date_precision": "day",
    "uprn": "100", "is_live": True,
}  # fmt: skip


def form(**said: Any) -> pd.DataFrame:
    usual = {
        "surname": "OKAFOR",
        "forename": "ADAEZE",
        "forename_root": "ADAEZE",
        "birth_date": "1984-06-02",
        "uprn": "100",
    }
    frame = pd.DataFrame([{"form_id": "F1", "record_id": None, **usual, **said}])
    return frame.assign(birth_date=pd.to_datetime(frame["birth_date"]).astype("datetime64[s]"))


def answer(*known: dict[str, Any], **said: Any) -> tuple[str, str | None, int]:
    records = rows(SOURCE_RECORD, *known)
    owners = pd.Series({k["record_id"]: k["resident_id"] for k in known}, dtype=object)
    held = records.assign(resident_id=records["record_id"].map(owners))
    asked = form(**said)
    told = answers(asked, match_forms(asked, held)).iloc[0]
    return (
        told["finding"],
        None if pd.isna(told["resident_id"]) else told["resident_id"],
        told["candidate_count"],
    )


def test_names_and_birth_date_of_one_resident_are_that_resident_wherever_the_form_says_they_live() -> None:
    assert answer(ADA) == ("one", "R1", 1)
    assert answer(ADA, uprn=None) == ("one", "R1", 1)
    assert answer(ADA, uprn="999") == ("one", "R1", 1)


def test_two_residents_of_one_name_and_birth_date_are_several() -> None:
    other = {**ADA, "record_id": "libraries:2:member:1", "resident_id": "R2", "uprn": "200"}
    assert answer(ADA, other) == ("several", None, 2)


@pytest.mark.parametrize(
    ("said", "finding"),
    [
        ({"surname": "SMITH"}, "several"),  # married since, at the same address
        ({"surname": "SMITH", "uprn": None}, "nobody"),
        ({"forename_root": "ADAEZEE"}, "several"),
        ({"forename_root": "NGOZI"}, "nobody"),  # a twin
        ({"birth_date": "1984-06-03"}, "nobody"),  # another person, or a slip: nobody knows
        ({"birth_date": None}, "several"),
        ({"birth_date": None, "uprn": None}, "nobody"),
    ],
)
def test_anything_less_is_never_a_guess(said: dict[str, Any], finding: str) -> None:
    assert answer(ADA, **said)[0] == finding


def test_a_stand_in_for_a_birth_date_needs_the_address_too() -> None:
    weak = {**ADA, "birth_date": "1984-01-01", "is_birth_date_weak": True}
    assert answer(weak, birth_date="1984-01-01") == ("one", "R1", 1)
    assert answer(weak, birth_date="1984-01-01", uprn="999")[0] == "several"


@pytest.mark.parametrize("is_weak", [True, False])
@pytest.mark.parametrize("born", ["1984-06-02", None])
def test_a_form_without_a_birth_date_is_never_one(born: str | None, is_weak: bool) -> None:
    known = {**ADA, "birth_date": born, "is_birth_date_weak": is_weak}
    assert answer(known, birth_date=None) == ("several", None, 1)
    assert answer(known, {**known, "record_id": "libraries:2:member:1"}, birth_date=None)[0] == "several"


PERMIT = {
    **ADA, "record_id": "parking_permits:9:applicant:1", "source": "parking_permits", "person_role": "applicant",
    "first_snapshot_date": "2026-12-01", "start_date": "2026-11-20",
}  # fmt: skip


def checked(*records: dict[str, Any], says: dict[str, Any] = ADA) -> pd.Series:
    """The check of the first application, where one record says where its resident lives."""
    view = a_view(
        (SOURCE_RECORD, rows(SOURCE_RECORD, *records)),
        (CROSSWALK, rows(CROSSWALK, *records)),
        (RESIDENCE_EVIDENCE, rows(RESIDENCE_EVIDENCE, says)),
    )
    return check_applications(view).iloc[0]


def test_an_application_is_held_against_what_was_known_beside_it_and_by_services_that_may_be_asked() -> None:
    known = checked(PERMIT, ADA)
    assert (known["finding"], known["is_address_confirmed"]) == ("one", True)
    assert "birth_date" in known["held"]
    assert checked(PERMIT)["finding"] == "nobody"
    cared_for = {**ADA, "record_id": "adult_social_care:1:client:1", "source": "adult_social_care"}
    assert checked(PERMIT, cared_for)["finding"] == "nobody"


def test_an_address_is_not_confirmed_by_the_service_that_is_applied_to() -> None:
    earlier = {**ADA, "record_id": "parking_permits:1:applicant:1", "source": "parking_permits"}
    known = checked(PERMIT, earlier, says=earlier)
    assert (known["finding"], known["is_address_confirmed"], known["evidence"]) == ("one", False, "[]")


@pytest.mark.parametrize("precision", ["month", "year", None])
def test_an_application_without_a_whole_birth_date_is_never_one(precision: str | None) -> None:
    first = {**ADA, "birth_date": "1984-01-01"}
    said = first["birth_date"] if precision else None
    asked = {**PERMIT, "birth_date": said, "birth_date_precision": precision}
    assert checked(asked, first)["finding"] == "several"
