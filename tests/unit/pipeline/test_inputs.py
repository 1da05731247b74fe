"""A run's id follows from everything the run depends on."""

from dataclasses import fields, replace

import pytest

from pipeline.inputs import RunInputs, code_sha256

INPUTS = RunInputs(
    snapshot_date="2026-08-01",
    engine="recordlinkage",
    version="0.1.0",
    code_sha256="c0de",
    extracts={"libraries": "aa", "council_tax": "bb"},
    contracts={"libraries": "cc", "council_tax": "dd"},
    previous_row_counts={"libraries": 10},
    corrections_sha256="ee",
    judgements_sha256="ff",
    erased_sha256="",
    gazetteer="gazetteer",
    gazetteer_date="2026-08-01",
    missing=[],
    base_run_id="2026-07-01-0123456789ab",
    model_version="",
)
OTHER = {
    "snapshot_date": "2026-09-01",
    "extracts": {"libraries": "changed", "council_tax": "bb"},
    "contracts": {"libraries": "changed", "council_tax": "dd"},
    "previous_row_counts": {"libraries": 11},
    "missing": ["libraries"],
}


@pytest.mark.parametrize("field", [field.name for field in fields(RunInputs)])
def test_a_change_of_any_input_gives_another_run(field: str) -> None:
    changed = replace(INPUTS, **{field: OTHER.get(field, "changed")})
    assert changed.run_id != INPUTS.run_id


def test_the_order_in_which_sources_are_listed_does_not_matter() -> None:
    turned = replace(INPUTS, extracts=dict(reversed(INPUTS.extracts.items())))
    assert turned.run_id == INPUTS.run_id


def test_the_run_id_begins_with_the_snapshot_and_names_nothing_else() -> None:
    assert INPUTS.run_id.startswith("2026-08-01-")
    assert len(INPUTS.run_id) == len("2026-08-01-") + 12


def test_the_hash_of_the_code_is_stable_within_a_process() -> None:
    assert code_sha256() == code_sha256()
    assert len(code_sha256()) == 64
