"""Figures worked out by hand on tables small enough to read."""

from datetime import date

import pandas as pd
import pytest

from linkage import products
from linkage.errors import SchemaError
from linkage.products.completeness import collected
from linkage.products.measures import load_measures
from linkage.products.timeliness import cadence_days
from linkage.products.wording import count, plain, share
from linkage.schema import QUALITY_FIGURE, check

SNAPSHOT = date(2026, 10, 1)


def person(record_id: str, **values: object) -> dict:
    source, key, role, _ = record_id.split(":")
    return {"record_id": record_id, "source": source, "record_key": key, "person_role": role, **values}


@pytest.fixture(scope="module")
def small(record_table, cluster_table) -> dict:
    """A: council tax, libraries (twice), benefits. B: libraries. C: benefits."""
    born = {"birth_date": pd.Timestamp("1980-05-05"), "birth_date_precision": "day"}
    records = [
        person("council_tax:1:lead:1", surname="X", uprn="1", uprn_match_grade="given", address_text="Q"),
        person("libraries:1:member:1", surname="X", forename="F", uprn="1", uprn_match_grade="exact", **born),
        person("libraries:2:member:1", surname="X", forename="F", address_text="Q", **born),
        person("libraries:3:member:1", surname="Y", is_live=False),
        person(
            "national_benefits:1:claimant:1", surname="X", **born | {"birth_date": pd.Timestamp("1980-06-05")}
        ),
        person("national_benefits:2:claimant:1", surname="Z"),
    ]
    clusters = {
        "council_tax:1:lead:1": "A", "libraries:1:member:1": "A", "libraries:2:member:1": "A",
        "national_benefits:1:claimant:1": "A", "libraries:3:member:1": "B",
        "national_benefits:2:claimant:1": "C",
    }  # fmt: skip
    counts = pd.DataFrame(
        {
            "source": ["council_tax", "libraries", "national_benefits"],
            "raw_count": [2, 3, 5],
            "valid_count": [1, 3, 4],
            "quarantined_count": [1, 0, 1],
            "warned_count": [0, 2, 0],
            "snapshot_date": pd.to_datetime(["2026-09-30", "2026-09-01", "2026-10-01"]),
        }
    )
    checks = pd.DataFrame(
        {
            "source": ["council_tax", "libraries", "libraries"],
            "column": ["POSTCODE", "zipcode", None],
            "rule": ["postcode", "postcode", "row_count"],
            "severity": ["quarantine", "warn", "warn"],
            "evaluated_count": [2, 8, 1],
            "failing_count": [1, 2, 0],
        }
    )
    return {
        "run_id": "r",
        "source_counts": counts,
        "records": record_table(records),
        "clusters": cluster_table(clusters),
        "checks": checks,
        "accuracy": {"pairwise_precision": 0.75, "pairwise_recall": 0.5, "pairs": 4.0},
        "snapshot_date": SNAPSHOT,
    }


@pytest.fixture(scope="module")
def measured(small, contracts) -> dict[tuple[str, str], tuple[float, float, float]]:
    chosen = {
        source: contracts[source] for source in ("council_tax", "libraries", "national_benefits", "gazetteer")
    }
    frame = products.quality_figures(**small, contracts=chosen)
    check(frame, QUALITY_FIGURE)
    return {
        (row["measure"], row["scope"]): (row["numerator"], row["denominator"], row["value"])
        for row in frame.to_dict("records")
    }


@pytest.mark.parametrize(
    ("measure", "scope", "numerator", "denominator"),
    [
        ("quarantined_share", "index", 2, 10),
        ("quarantined_share", "council_tax", 1, 2),
        ("sources_received", "index", 3, 3),
        ("validity", "index", 8, 11),
        ("validity_of_postcode", "index", 7, 10),
        ("validity_of_postcode", "libraries", 6, 8),
        ("validity_of_row_count", "libraries", 1, 1),
        ("completeness_forename", "libraries", 2, 3),
        ("completeness_birth_date", "libraries", 2, 3),
        ("completeness_birth_date", "index", 3, 5),
        ("completeness_uprn", "libraries", 1, 3),
        ("completeness_uprn", "national_benefits", 0, 2),
        ("resident_completeness_forename", "index", 1, 3),
        ("resident_completeness_uprn", "index", 1, 3),
        ("uprn_given", "council_tax", 1, 1),
        ("uprn_found", "libraries", 1, 2),
        ("uprn_none", "libraries", 1, 2),
        ("uprn_coverage", "index", 2, 3),
        ("duplicates_within_source", "libraries", 2, 2),
        ("duplicates_within_source", "council_tax", 0, 1),
        ("duplicates_within_source", "index", 2, 5),
        ("records_per_resident", "index", 6, 3),
        ("sources_per_resident", "index", 5, 3),
        ("linked_share", "index", 4, 6),
        ("linked_share", "libraries", 2, 3),
        ("residents_in_several_services", "index", 1, 2),
        ("residents_confirmed_at_address", "index", 1, 1),
        ("conflicting_birth_date", "index", 1, 1),
        ("within_cadence", "libraries", 0, 1),
        ("within_cadence", "index", 2, 3),
        ("live_share", "libraries", 2, 3),
    ],
)
def test_a_share_is_what_a_person_would_count(measured, measure, scope, numerator, denominator) -> None:
    assert measured[measure, scope] == (numerator, denominator, pytest.approx(numerator / denominator))


@pytest.mark.parametrize(
    ("measure", "scope", "value"),
    [
        ("rows_received", "index", 10), ("rows_valid", "libraries", 3),
        ("rows_quarantined", "council_tax", 1),
        ("rows_warned", "index", 2), ("records", "index", 6), ("records", "libraries", 3),
        ("residents", "index", 3), ("residents", "libraries", 2),
        ("residents_by_services_0", "index", 1), ("residents_by_services_1", "index", 1),
        ("residents_by_services_2", "index", 1),
        ("days_since_extract", "libraries", 30), ("days_since_extract", "national_benefits", 0),
        ("declared_cadence_days", "libraries", 7), ("pairwise_precision", "index", 0.75),
    ],
)  # fmt: skip
def test_a_count_is_what_a_person_would_count(measured, measure, scope, value) -> None:
    assert measured[measure, scope][2] == value


def test_a_service_that_does_not_ask_has_no_completeness(measured) -> None:
    assert ("completeness_birth_date", "council_tax") not in measured
    assert ("completeness_nino", "libraries") not in measured


def test_a_count_against_truth_is_not_reported_as_a_share(measured) -> None:
    assert not [measure for measure, _ in measured if "pairs" in measure]


def test_without_truth_no_accuracy_is_reported(small, contracts) -> None:
    frame = products.quality_figures(**{**small, "accuracy": None}, contracts=contracts)
    assert "accuracy" not in set(frame["dimension"])


def test_a_source_that_sent_nothing_counts_as_late_and_absent(small, contracts) -> None:
    frame = products.quality_figures(**small, contracts=contracts).set_index(["measure", "scope"])
    people = [source for source, contract in contracts.items() if contract.kind == "people"]
    assert frame.loc[("sources_received", "index"), "denominator"] == len(people)
    assert frame.loc[("within_cadence", "travel_passes"), "value"] == 0


def test_every_event_of_a_care_source_is_not_called_a_duplicate(
    record_table, cluster_table, small, contracts
) -> None:
    ids = [f"adult_social_care:{event}:client:1" for event in range(5)]
    records = pd.concat([small["records"], record_table([person(i, surname="X") for i in ids])])
    clusters = pd.concat([small["clusters"], cluster_table(dict.fromkeys(ids, "D"))])
    frame = products.quality_figures(
        **{**small, "records": records, "clusters": clusters}, contracts=contracts
    )
    duplicates = frame[frame["measure"] == "duplicates_within_source"].set_index("scope")
    assert duplicates.loc["adult_social_care", "value"] == 1
    assert tuple(duplicates.loc["index", ["numerator", "denominator"]]) == (2, 5)


def test_an_address_that_is_theirs_only_on_a_condition_is_not_asked_of_a_contact(contracts) -> None:
    asked = collected(contracts, "postcode")
    assert ("school_admissions", "child") in asked
    assert ("school_admissions", "contact1") not in asked


def test_no_records_at_all_still_give_counts(small, contracts) -> None:
    nobody = {"records": small["records"].head(0), "clusters": small["clusters"].head(0)}
    frame = products.quality_figures(**{**small, **nobody}, contracts=contracts)
    figures = frame.set_index(["measure", "scope"])["value"]
    assert figures["residents", "index"] == 0
    assert figures["rows_received", "index"] == 10
    assert "linked_share" not in set(frame["measure"])


def test_a_record_in_no_cluster_is_refused_without_naming_it(small, contracts) -> None:
    with pytest.raises(SchemaError, match="1 records are in no cluster") as caught:
        products.quality_figures(**{**small, "clusters": small["clusters"].iloc[1:]}, contracts=contracts)
    assert "council_tax" not in str(caught.value)


def test_a_source_counted_twice_is_refused(small, contracts) -> None:
    twice = pd.concat([small["source_counts"], small["source_counts"]])
    with pytest.raises(SchemaError, match="repeat the key"):
        products.quality_figures(**{**small, "source_counts": twice}, contracts=contracts)


def test_every_figure_is_said_in_a_sentence_without_gaps(figures) -> None:
    sentences = figures["description"]
    assert sentences.str.endswith(".").all()
    assert not sentences.str.contains(r"[{}]|\bnan\b|not measured|<NA>", regex=True).any()


def test_figures_hold_no_value_of_a_person(figures) -> None:
    assert not figures.astype(str).apply(lambda column: column.str.contains("CANARY")).to_numpy().any()


def test_figures_use_the_dimensions_of_the_framework(figures) -> None:
    assert set(figures["dimension"]) == {
        "volume", "completeness", "uniqueness", "consistency", "timeliness", "validity", "accuracy",
    }  # fmt: skip


def test_every_measure_is_measured_on_a_full_run(figures) -> None:
    names = set(figures["measure"])
    missing = [
        name
        for name, measure in load_measures().items()
        if name != "accuracy"
        and not any(n == name or (measure.per and n.startswith(f"{name}_")) for n in names)
    ]
    assert missing == []


def test_quarantine_reasons_count_rows_and_leave_warnings_out() -> None:
    faults = pd.DataFrame(
        {
            "source": ["libraries"] * 5,
            "snapshot_date": pd.Timestamp(SNAPSHOT),
            "row_number": pd.array([1, 2, 2, 3, None], dtype="Int64"),
            "column": ["dob", "dob", None, "dob", "dob"],
            "rule": ["date", "date", "key", "date", "date"],
            "severity": ["quarantine", "quarantine", "quarantine", "warn", "quarantine"],
            "reason": ["Not a date.", "Not a date.", "Key repeats.", "Not a date.", "Not a date."],
        }
    )
    reasons = products.quarantine_reasons(faults)
    assert reasons[["rule", "row_count"]].to_numpy().tolist() == [["date", 2], ["key", 1]]


@pytest.mark.parametrize(
    ("cadence", "days"),
    [("every 3 months", 93), ("every day", 1), ("weekly", 7), ("Quarterly return", 92), ("every 2 weeks", 14),
     ("when somebody asks", None)],
)  # fmt: skip
def test_a_cadence_in_words_becomes_days(cadence, days) -> None:
    assert cadence_days(cadence) == days


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0%"), (1, "100%"), (0.0001, "under 0.1%"), (0.9999, "over 99.9%"), (0.934, "93.4%")],
)
def test_a_share_never_rounds_to_all_or_nothing(value, words) -> None:
    assert share(value) == words


def test_names_are_written_as_people_write_them() -> None:
    assert plain("uprn_in_gazetteer") == "UPRN in gazetteer"
    assert plain("childrens_social_care") == "children's social care"
    assert count(12345) == "12,345"
