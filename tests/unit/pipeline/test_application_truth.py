"""How right applications are matched, where the truth is known."""

from typing import Any

import pandas as pd

from linkage.evaluate import Town
from linkage.outcomes import View
from linkage.outcomes.applying import check_applications
from linkage.schema import CROSSWALK, RESIDENCE_EVIDENCE, SOURCE_RECORD
from pipeline.application_truth import measure_applications
from tests.unit.outcomes.views import a_view, rows

PERMIT, MEMBER = "parking_permits:1:applicant:1", "libraries:1:member:1"
ADA = {
    "resident_id": "R1", "surname": "OKAFOR", "forename_root": "ADAEZE", "birth_date": "1984-06-02",
    "birth_date_precision": "day", "uprn": "100", "is_live": True,
}  # fmt: skip
NEW = {"first_snapshot_date": "2026-12-01", "start_date": "2026-11-20"}


def record(record_id: str, **said: Any) -> dict[str, Any]:
    source, _, role, _ = record_id.split(":")
    return {**ADA, "record_id": record_id, "source": source, "person_role": role, **said}


def town(**persons: str) -> Town:
    """Who is who, by record id; everybody lives at address 100."""
    named = pd.DataFrame({"record_id": list(persons), "person_id": list(persons.values())})
    named = named.assign(first_snapshot=pd.Timestamp("2026-08-01"), last_snapshot=pd.Timestamp("2026-12-01"))
    people = pd.DataFrame({"person_id": sorted(set(persons.values()))})
    spells = people.assign(
        household_id="H", uprn="100", start_date=pd.Timestamp("2020-01-01"), end_date=pd.NaT
    )
    lives = people.assign(birth_date=pd.Timestamp("1984-06-02"), death_date=pd.NaT)
    return Town(spells, lives, named, pd.DataFrame())


def measured(truth: Town, *records: dict[str, Any]) -> dict[str, tuple[float | None, float | None]]:
    view: View = a_view(
        (SOURCE_RECORD, rows(SOURCE_RECORD, *records)),
        (CROSSWALK, rows(CROSSWALK, *records)),
        (RESIDENCE_EVIDENCE, rows(RESIDENCE_EVIDENCE, *records)),
    )
    figures = measure_applications(check_applications(view), view, truth)
    return {figure.measure: (figure.numerator, figure.denominator) for figure in figures}


def test_two_new_applications_of_two_people_in_one_resident_are_both_wrong() -> None:
    told = measured(town(**{PERMIT: "ada", MEMBER: "her twin"}), record(PERMIT, **NEW), record(MEMBER, **NEW))
    assert told["false_match"] == (2, 2)


def test_two_new_applications_of_one_person_are_both_right() -> None:
    told = measured(town(**{PERMIT: "ada", MEMBER: "ada"}), record(PERMIT, **NEW), record(MEMBER, **NEW))
    assert told["false_match"] == (0, 2)
    assert told["repeat_matched"] == (2, 2)


def test_a_match_of_whom_nobody_knows_who_it_is_counts_as_wrong() -> None:
    known = record(MEMBER)
    assert measured(town(**{PERMIT: "ada"}), record(PERMIT, **NEW), known)["false_match"] == (1, 1)
    assert measured(town(**{MEMBER: "ada"}), record(PERMIT, **NEW), known)["false_match"] == (1, 1)
    assert measured(town(**{PERMIT: "ada", MEMBER: "ada"}), record(PERMIT, **NEW), known)["false_match"] == (
        0,
        1,
    )


def test_whose_resident_it_is_is_told_by_most_other_records_and_never_by_the_form() -> None:
    third = "travel_passes:9:holder:1"
    known = (record(MEMBER), record(third))
    truth = town(**{PERMIT: "her twin", MEMBER: "ada", third: "ada"})
    assert measured(truth, record(PERMIT, **NEW), *known)["false_match"] == (1, 1)
