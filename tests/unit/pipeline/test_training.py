"""Training keeps what it made, the gate decides, and linking with a stored model trains nothing."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from benchmarks.people import simulate_people
from linkage.engine import linking
from linkage.engine.linking import link_records
from linkage.engine.model import Model
from linkage.engine.residents import engine_table, record_spec
from linkage.errors import GateClosedError, SourceError, StoreError
from linkage.link import household
from linkage.schema import CLUSTER, JUDGEMENT, RECORD, REMEMBERED, conform, empty
from linkage.settings import Settings
from linkage.store import models, runs
from linkage.store.artefacts import RunFolder
from pipeline import linking as run_linking
from pipeline import training
from pipeline.explaining import explain_in_run
from pipeline.inputs import RunInputs
from pipeline.run import Run

CANARY = "ZYXWVUTA"


def records_of(count: int, seed: int = 1) -> pd.DataFrame:
    """Simulated people as records of a run; the first of them bears the canary's name."""
    people = simulate_people(count, setting="easy", seed=seed).table.to_pandas()
    for name in ("forename", "surname", "address"):
        people[name] = people[name].str.upper()
    people.loc[0, ["forename", "surname"]] = CANARY
    dates = pd.to_datetime(people["birth_date"], errors="coerce")
    made = people[["record_id", "source", "forename", "surname", "sex", "postcode", "phone", "email"]].assign(
        record_key=people["record_id"],
        row_number=range(1, count + 1),
        person_role="resident",
        person_position=1,
        forename_root=people["forename"],
        birth_date=dates,
        birth_date_precision=dates.notna().map({True: "day", False: None}),
        is_birth_date_weak=False,
        address_text=people["address"],
        is_live=True,
        snapshot_date=pd.Timestamp("2026-08-01"),
    )
    return conform(made[[name for name in made if name in RECORD.names]], RECORD)


def a_run(folder: Path, engine: sa.Engine, records: pd.DataFrame, run_id: str = "2026-08-01-a") -> Run:
    """A run whose records are made, over a database of its own."""
    url = engine.url.render_as_string(hide_password=False)
    inputs = RunInputs(
        snapshot_date="2026-08-01",
        engine="household",
        version="0",
        code_sha256="",
        extracts={"s": "", "gazetteer": ""},
        contracts={},
        previous_row_counts={},
        corrections_sha256="",
        judgements_sha256="",
        erased_sha256="",
        gazetteer="gazetteer",
        gazetteer_date="2026-08-01",
        missing=[],
    )
    run = Run(Settings.load(data_dir=folder, database_url=url), inputs, {}, RunFolder(folder, run_id))
    known = records.assign(first_snapshot_date=records["snapshot_date"])
    remembered = {"records": (known, REMEMBERED), "judgements": (empty(JUDGEMENT), JUDGEMENT)}
    run.folder.run_step(
        "remember", lambda step: {name: step.write(name, *t) for name, t in remembered.items()}
    )
    return run


@pytest.fixture(scope="module")
def town() -> pd.DataFrame:
    return records_of(1200)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def run(folder: Path, engine: sa.Engine, town: pd.DataFrame) -> Run:
    return a_run(folder, engine, town)


def in_use(engine: sa.Engine) -> Model:
    model = models.read_model_in_use(engine)
    assert model is not None
    return model


def test_a_model_that_passes_is_put_in_use_with_its_run_and_findings(run: Run, engine: sa.Engine) -> None:
    told: list[training.Trained] = []
    trained = training.train_run(run, told=told.append)
    assert told == [trained]
    assert in_use(engine).version == trained.model.version
    row = models.list_models(engine)[0]
    assert (row["trained_on_run"], row["status"]) == (run.run_id, "in_use")
    assert [finding["name"] for finding in row["findings"]] == [f.name for f in trained.findings]
    assert trained.counts["records"] == 1200
    assert trained.counts["refused"] == 0


def test_training_again_on_the_same_records_changes_nothing(run: Run, engine: sa.Engine) -> None:
    first, second = training.train_run(run), training.train_run(run)
    assert second.model.version == first.model.version
    assert [row["status"] for row in models.list_models(engine)] == ["in_use"]
    assert {finding.name for finding in second.findings} > {"drift_of_levels", "drift_of_match_rate"}


def test_a_refused_model_never_becomes_the_one_in_use(run: Run, folder: Path, engine: sa.Engine) -> None:
    good = training.train_run(run)
    few = a_run(folder, engine, records_of(30, seed=5), "2026-08-01-b")
    told: list[training.Trained] = []
    with pytest.raises(GateClosedError, match="enough_matches"):
        training.train_run(few, told=told.append)
    assert in_use(engine).version == good.model.version
    assert {row["version"]: row["status"] for row in models.list_models(engine)} == {
        good.model.version: "in_use",
        told[0].model.version: "refused",
    }


def test_a_model_is_kept_before_the_gate_and_not_in_use_until_after_it(run: Run, engine: sa.Engine) -> None:
    trained = training.train_on(run)
    assert models.read_model_in_use(engine) is None
    assert [row["status"] for row in models.list_models(engine)] == ["kept"]
    training.put_in_use(run.settings, trained.model.version)
    assert in_use(engine).version == trained.model.version


def test_no_value_of_a_person_is_in_what_is_kept(run: Run, engine: sa.Engine) -> None:
    trained = training.train_run(run)
    kept = json.dumps([in_use(engine).to_json(), models.list_models(engine), trained.counts], default=str)
    assert CANARY not in kept.upper()
    assert "@" not in kept.replace("same before the @", "")


def weights_of(linked: linking.Linked) -> dict[tuple[int, int], float]:
    """Match weight of each pair of positions."""
    pairs = zip(linked.candidates.left.tolist(), linked.candidates.right.tolist(), strict=True)
    return dict(zip(pairs, linked.match_weight.tolist(), strict=True))


def refuse_to_train(*_: object, **__: object) -> Model:
    raise AssertionError("a model was trained")


def test_linking_with_a_stored_model_trains_nothing(
    run: Run, engine: sa.Engine, town: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    training.train_run(run)
    stored = in_use(engine)
    trained_anew = link_records(engine_table(town), record_spec(), threads=1)
    for module in (linking, household):
        monkeypatch.setattr(module, "train_model", refuse_to_train)
    for name in ("train", "training_sets", "expected_pairs"):
        monkeypatch.setattr(linking, name, refuse_to_train)
    linked = link_records(engine_table(town), record_spec(), model=stored, threads=1)
    assert linked.model.version == stored.version
    assert weights_of(linked) == pytest.approx(weights_of(trained_anew), abs=1e-9)
    assert household.link(town, model=stored).model["version"] == stored.version
    with pytest.raises(AssertionError, match="was trained"):
        link_records(engine_table(town), record_spec(), threads=1)
    with pytest.raises(AssertionError, match="was trained"):
        household.link(town)


def test_a_run_planned_with_a_model_in_use_links_with_it_and_trains_none(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = training.train_run(run)
    monkeypatch.setattr("linkage.link.household.train_model", refuse_to_train)
    planned = replace(run, inputs=replace(run.inputs, model_version=trained.model.version))
    run_linking.link_records(planned)
    assert planned.folder.read_json("link", "model.json")["version"] == trained.model.version


def test_a_run_that_only_trained_is_told_as_such(run: Run, engine: sa.Engine) -> None:
    runs.open_run(engine, run.run_id, run.snapshot_date, {})
    training.train_run(run)
    assert runs.status(engine, run.run_id) == "trained"


@pytest.mark.parametrize("name", ["household", "recordlinkage"])
def test_a_run_links_and_clusters_with_the_engine_it_was_planned_for(run: Run, name: str) -> None:
    planned = replace(run, inputs=replace(run.inputs, engine=name))
    run_linking.link_records(planned)
    run_linking.cluster_records(planned)
    assert planned.folder.read_json("link", "model.json")["engine"] == name
    pairs, _ = run_linking.run_pairs(planned)
    assert pairs["household_probability"].notna().all() == (name == "household")
    clusters = planned.folder.read("cluster", "clusters", CLUSTER)
    assert 300 < clusters["cluster_id"].nunique() < len(clusters) == 1200


def test_a_run_explains_two_records_as_it_weighed_them(run: Run) -> None:
    run_linking.link_records(run)
    pair = run_linking.run_pairs(run)[0].iloc[0]
    told = explain_in_run(run, pair["record_id_l"], pair["record_id_r"])
    assert told.match_weight == pytest.approx(pair["match_weight"], abs=1e-9)
    with pytest.raises(SourceError):
        explain_in_run(run, pair["record_id_l"], "nobody")


def test_a_run_of_the_other_engine_says_that_it_explains_no_pairs(run: Run) -> None:
    other = replace(run, inputs=replace(run.inputs, engine="recordlinkage"))
    with pytest.raises(StoreError, match="explains no pairs"):
        explain_in_run(other, "a", "b")
