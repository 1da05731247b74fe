"""A model that means something else than its names say, or is far from the one in use, is found out."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.people import simulate_people
from linkage.engine.calibration import FACT, bands, calibrate, held_out, stands_alone
from linkage.engine.checks import check_model
from linkage.engine.finding import REJECT, WARN, Finding, gate, limit_of
from linkage.engine.linking import Linked, link_records
from linkage.engine.model import Model
from linkage.engine.spec import parse_spec
from linkage.errors import GateClosedError

KINDS = ("forename", "surname", "birth_date", "sex", "address", "postcode", "phone", "email")
SPEC = parse_spec(
    {"record_id": "record_id", "source": "source", "columns": {kind: kind for kind in KINDS}}, "test"
)


@pytest.fixture(scope="module")
def linked() -> Linked:
    return link_records(simulate_people(1500, setting="easy", seed=1).table, SPEC, threads=1)


@pytest.fixture(scope="module")
def model(linked: Linked) -> Model:
    told = calibrate(linked.prepared, linked.candidates, linked.model, linked.match_weight)
    return linked.model.with_facts(**{FACT: told})


def numbers(model: Model, **wanted: str) -> list[int]:
    return [n for n, c in enumerate(model.classes) if all(getattr(c, k) == v for k, v in wanted.items())]


def rows_of(model: Model, name: str) -> slice:
    start = 0
    for attribute in model.attributes:
        if attribute.name == name:
            return slice(start, start + len(attribute.levels))
        start += len(attribute.levels)
    raise AssertionError(name)


def changed(model: Model, rows: slice, columns: list[int], values: np.ndarray) -> Model:
    table = model.table.copy()
    table[rows, columns] = values
    return replace(model, table=table)


def failed(findings: list[Finding], severity: str = REJECT) -> set[str]:
    return {finding.name for finding in findings if not finding.passed and finding.severity == severity}


def said_by(findings: list[Finding], name: str) -> str:
    return next(finding.sentence for finding in findings if finding.name == name)


def test_a_model_of_good_data_passes_the_gate(model: Model) -> None:
    findings = check_model(model)
    assert failed(findings) == set()
    gate(findings)


def test_a_model_does_not_drift_from_itself(model: Model) -> None:
    assert failed(check_model(model, model)) == set()


def test_a_model_of_other_people_of_the_same_kind_is_let_pass(model: Model) -> None:
    other = link_records(simulate_people(1500, setting="easy", seed=2).table, SPEC, threads=1).model
    assert failed(check_model(other, model)) == set()


def test_classes_that_changed_places_are_found_out(model: Model) -> None:
    match, family = numbers(model, at="same", relation="self"), numbers(model, at="same", relation="kin")
    table = model.table.copy()
    table[:, [*match, *family]] = table[:, [*family, *match]]
    findings = check_model(replace(model, table=table))
    assert "labels_of_people" in failed(findings)
    assert "forename" in said_by(findings, "labels_of_people")


def test_places_that_changed_places_are_found_out(model: Model) -> None:
    rows = rows_of(model, "address")
    same, apart = numbers(model, at="same"), numbers(model, at="apart")
    table = model.table.copy()
    table[rows, same], table[rows, apart] = model.table[rows, apart[:1]], model.table[rows, same[:1]]
    assert "labels_of_places" in failed(check_model(replace(model, table=table)))


def test_agreement_that_speaks_against_one_person_is_found_out(model: Model) -> None:
    rows = rows_of(model, "email")
    turned = changed(
        model, slice(rows.stop - 1, rows.stop), numbers(model, kind="same person"), np.full(2, 1e-9)
    )
    findings = check_model(turned)
    assert "agreement_speaks_for_a_match" in failed(findings)
    assert "email" in said_by(findings, "agreement_speaks_for_a_match")


def test_an_attribute_that_is_hardly_ever_known_is_not_judged(model: Model) -> None:
    rows = rows_of(model, "email")
    turned = changed(
        model, slice(rows.stop - 1, rows.stop), numbers(model, kind="same person"), np.full(2, 1e-9)
    )
    seen = model.seen.copy()
    seen[rows] = 1.0
    assert failed(check_model(replace(turned, seen=seen))) == set()


def test_too_few_matches_are_refused(model: Model) -> None:
    assert failed(check_model(replace(model, trained_on=20))) == {"enough_matches"}


def test_classes_that_cannot_be_told_apart_are_refused(model: Model) -> None:
    family = numbers(model, at="same", relation="kin")
    table = model.table.copy()
    table[:, family] = 0.97 * table[:, numbers(model, at="same", relation="self")] + 0.03 * table[:, family]
    assert "told_from_household" in failed(check_model(replace(model, table=table)))


def test_a_family_that_took_the_pairs_of_one_person_is_found_out(model: Model) -> None:
    family = numbers(model, at="same", relation="kin")
    alike = model
    for name, share in (("forename", 0.3), ("birth_date", 0.4)):
        rows = rows_of(model, name)
        alike = changed(alike, slice(rows.stop - 1, rows.stop), family, np.full(1, share))
    findings = check_model(alike)
    assert "kin_are_two_people" in failed(findings)
    assert "labels_of_people" not in failed(findings)
    assert "family, one address, 12.0%" in said_by(findings, "kin_are_two_people")


@pytest.mark.parametrize(("name", "share"), [("forename", 0.1), ("birth_date", 0.1)])
def test_twins_and_fathers_and_sons_of_one_name_are_a_family(model: Model, name: str, share: float) -> None:
    rows, family = rows_of(model, name), numbers(model, relation="kin")
    often = changed(model, slice(rows.stop - 1, rows.stop), family, np.full(len(family), share))
    assert "kin_are_two_people" not in failed(check_model(often))


def test_households_that_are_not_in_the_data_are_no_fault(model: Model) -> None:
    per_record = model.per_record.copy()
    per_record[numbers(model, kind="household")] = 0.0
    table = model.table.copy()
    table[:, numbers(model, kind="household")] = table[:, [0]]
    assert failed(check_model(replace(model, table=table, per_record=per_record))) == set()


def test_a_model_without_places_and_families_is_checked_too() -> None:
    spec = parse_spec(
        {"record_id": "record_id", "columns": {k: k for k in ("forename", "birth_date", "email")}}, "test"
    )
    table = simulate_people(1500, setting="alone", seed=1).table
    two_class = link_records(table, spec, threads=1).model
    assert failed(check_model(two_class, two_class)) == set()


def test_levels_that_were_never_seen_are_named(model: Model) -> None:
    seen = model.seen.copy()
    seen[rows_of(model, "birth_date").start + 1] = 0.0
    findings = check_model(replace(model, seen=seen))
    assert "levels_seen" in failed(findings, WARN)
    assert "birth_date: same year" in said_by(findings, "levels_seen")


def test_training_that_ran_out_of_steps_is_told(model: Model) -> None:
    assert "converged" not in failed(check_model(model.with_facts(steps=[60, 60, 12])), WARN)
    assert "converged" in failed(check_model(model.with_facts(steps=[60, 60, 60])), WARN)


def test_a_level_whose_weight_moved_far_is_named(model: Model) -> None:
    rows = rows_of(model, "phone")
    strangers = numbers(model, kind="stranger")
    moved = changed(
        model, slice(rows.start, rows.start + 1), strangers, model.table[rows.start, strangers] / 20
    )
    findings = check_model(moved, model)
    assert failed(findings) == {"drift_of_levels"}
    assert "phone: differs" in said_by(findings, "drift_of_levels")


@pytest.mark.parametrize(("kind", "check"), [("same person", "match_rate"), ("household", "household_rate")])
def test_a_change_of_the_pairs_expected_is_refused(model: Model, kind: str, check: str) -> None:
    per_record = model.per_record.copy()
    per_record[numbers(model, kind=kind)] *= 1 + limit_of(f"{check}_change") + 0.01
    more = replace(model, per_record=per_record)
    assert f"drift_of_{check}" in failed(check_model(more, model))


def test_models_with_nothing_in_common_are_not_let_pass_in_silence(model: Model) -> None:
    columns = {
        "given": {"kind": "forename", "inputs": ["forename"]},
        "born": {"kind": "birth_date", "inputs": ["birth_date"]},
    }
    spec = parse_spec({"record_id": "record_id", "columns": columns}, "test")
    other = link_records(simulate_people(1500, setting="easy", seed=1).table, spec, threads=1).model
    assert "drift_of_levels" in failed(check_model(other, model))


def test_the_gate_names_every_check_that_failed_and_no_other(model: Model) -> None:
    findings = check_model(replace(model, trained_on=20).with_facts(steps=[60]))
    with pytest.raises(GateClosedError, match=r"1 checks failed\. enough_matches: "):
        gate(findings)


def test_the_gate_is_closed_to_a_model_that_nobody_checked() -> None:
    with pytest.raises(GateClosedError, match="not checked"):
        gate([])


def test_bands_hold_every_pair_once(linked: Linked) -> None:
    told = bands(linked.match_weight)
    assert sum(band["pairs"] for band in told) == len(linked.match_weight)
    for band in told:
        assert (
            band["from"] * band["pairs"] - 0.1 <= band["expected_matches"] <= band["to"] * band["pairs"] + 0.1
        )


def test_only_an_attribute_that_no_other_looks_at_is_held_out(linked: Linked, model: Model) -> None:
    attributes = linked.prepared.attributes
    assert [a.name for a in attributes if stands_alone(linked.prepared.spec, a)] == ["birth_date"]
    assert set(model.facts[FACT]["held_out"]) == {"birth_date"}


def test_probabilities_that_claim_too_much_are_found_out_without_labels(linked: Linked, model: Model) -> None:
    assert failed(check_model(model), WARN) <= {"levels_seen", "converged"}
    per_record = model.per_record.copy()
    per_record[numbers(model, kind="same person")] *= 1000
    boastful = replace(model, per_record=per_record)
    told = held_out(linked.prepared, linked.candidates, boastful)
    assert told["birth_date"]["error"] > limit_of("calibration_error")
    facts = {**boastful.facts, FACT: {"bands": [], "held_out": told}}
    assert "calibration_by_birth_date" in failed(check_model(replace(boastful, facts=facts)), WARN)
