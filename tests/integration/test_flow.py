"""The laws of architecture.md, on a whole council."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.errors import SourceError
from linkage.schema import CLUSTER, CROSSWALK, GOLDEN_VALUE, PUBLISHED, QUARANTINE, RECORD
from linkage.store import runs
from linkage.store.database import connect
from linkage.store.judgements import add_judgement
from pipeline import publish
from pipeline.flow import run_all
from pipeline.linking import run_pairs
from pipeline.memory import all_records, records_in_force
from pipeline.run import load_run, plan_run
from pipeline.stages import counts_of
from pipeline.summary import summarise
from tests.integration.council import FIRST, SECOND, Council, settings_for


def test_rows_in_are_rows_valid_and_rows_quarantined(council: Council) -> None:
    for run in council.runs:
        for source in run.extracts:
            raw = run.folder.read(f"ingest/{source}", "raw")["_row_number"]
            valid = run.folder.read(f"validate/{source}", "valid")["_row_number"]
            held = run.folder.read(f"validate/{source}", "quarantined", QUARANTINE)["row_number"]
            assert sorted([*valid, *held]) == sorted(raw)


def test_every_record_has_exactly_one_raw_row(council: Council) -> None:
    run = council.runs[-1]
    for source in run.sources:
        raw = run.folder.read(f"ingest/{source}", "raw")
        records = run.folder.read(f"standardise/{source}", "records", RECORD)
        rows = records.merge(raw, left_on="row_number", right_on="_row_number", how="left", indicator=True)
        assert len(rows) == len(records)
        assert rows["_merge"].eq("both").all()
        assert rows["record_key"].eq(rows["_record_key"]).all()


def test_a_pair_is_told_once_smaller_id_first(council: Council) -> None:
    pairs, _ = run_pairs(council.runs[-1])
    assert pairs["record_id_l"].lt(pairs["record_id_r"]).all()
    assert not pairs.duplicated(["record_id_l", "record_id_r"]).any()


def test_every_record_is_in_exactly_one_resident(council: Council) -> None:
    run = council.runs[-1]
    crosswalk = run.folder.read("index", "crosswalk", CROSSWALK)
    assert sorted(crosswalk["record_id"]) == sorted(all_records(run)["record_id"])


def test_every_golden_value_names_a_record_of_its_resident(council: Council) -> None:
    run = council.runs[-1]
    golden = run.folder.read("index", "golden_value", GOLDEN_VALUE)
    crosswalk = run.folder.read("index", "crosswalk", CROSSWALK)
    joined = golden.merge(
        crosswalk[["record_id", "resident_id"]], on=["record_id", "resident_id"], how="left", indicator=True
    )
    assert joined["_merge"].eq("both").all()


def test_running_again_changes_nothing(council: Council) -> None:
    before = _fingerprint(council)
    again = run_all(council.settings, SECOND)
    assert again.run_id == council.runs[-1].run_id
    assert _fingerprint(council) == before


def test_an_older_snapshot_run_again_leaves_the_index_as_it_is(council: Council) -> None:
    before = _fingerprint(council)
    assert run_all(council.settings, FIRST).run_id == council.runs[0].run_id
    assert _fingerprint(council) == before


def test_shuffling_the_rows_of_every_csv_changes_no_published_table(
    copied_extracts: Path, data_dir: Path, council: Council
) -> None:
    for contract in council.runs[0].contracts.values():
        if contract.extract.kind == "csv":
            _shuffle_rows(
                copied_extracts / "extracts" / contract.source / str(FIRST) / contract.extract.file_name
            )
    shuffled = run_all(settings_for(copied_extracts, data_dir), FIRST)
    for table in PUBLISHED:
        was = council.runs[0].folder.read("index", table.name, table)
        now = shuffled.folder.read("index", table.name, table)
        pd.testing.assert_frame_equal(was, now)


def test_a_different_person_judgement_parts_two_records_at_the_next_run(
    extracts: Path, data_dir: Path, council: Council
) -> None:
    clusters = council.runs[0].folder.read("cluster", "clusters", CLUSTER)
    together = (
        clusters.groupby("cluster_id")["record_id"].agg(["min", "max", "count"]).query("count > 1").iloc[0]
    )
    settings = settings_for(extracts, data_dir)
    plan_run(settings, FIRST)
    with connect(settings) as database:
        add_judgement(
            database,
            "different_person",
            together["min"],
            together["max"],
            decided_by="reviewer",
            reason="two people",
        )
    run = run_all(settings, FIRST)
    apart = run.folder.read("cluster", "clusters", CLUSTER).set_index("record_id")["cluster_id"]
    assert apart[together["min"]] != apart[together["max"]]


def test_a_failed_run_goes_on_from_its_last_good_step(copied_extracts: Path, data_dir: Path) -> None:
    settings = settings_for(copied_extracts, data_dir)
    run = run_all(settings, FIRST)
    ingested = run.folder.step_path("ingest/libraries") / "manifest.json"
    shutil.rmtree(run.folder.step_path("products"))
    before = ingested.stat().st_mtime_ns
    assert run_all(settings, FIRST).run_id == run.run_id
    assert ingested.stat().st_mtime_ns == before


def test_a_truncated_extract_stops_the_run_and_publishes_nothing(
    copied_extracts: Path, data_dir: Path
) -> None:
    path = copied_extracts / "extracts" / "libraries" / str(FIRST) / "libraries.csv"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    settings = settings_for(copied_extracts, data_dir)
    with pytest.raises(SourceError, match="libraries"):
        run_all(settings, FIRST)
    with connect(settings) as database:
        assert runs.live_run(database) is None


def test_a_run_is_found_again_by_its_id(council: Council) -> None:
    run = council.runs[0]
    assert load_run(council.settings, run.run_id).inputs == run.inputs


def test_the_summary_counts_what_the_tables_hold_and_is_json(council: Council) -> None:
    run = council.runs[-1]
    document = json.loads(json.dumps(summarise(run)))
    assert document["records"] == len(records_in_force(run))
    assert document["closed_records"] == len(all_records(run)) - document["records"]
    assert document["residents"] == counts_of(run, "index")["resident"]
    assert 0.8 < document["accuracy"]["pairwise_precision"] <= 1
    held_back = sum(len(run.folder.read(f"validate/{s}", "quarantined", QUARANTINE)) for s in run.extracts)
    assert sum(source["quarantined"] for source in document["sources"]) == held_back
    assert {"overall"} < {score["theme"] for score in document["maturity"]}


def test_only_the_latest_run_is_live_and_the_one_before_is_replaced(council: Council) -> None:
    assert [summarise(run)["outcome"] for run in council.runs] == ["replaced", "live"]
    assert {summarise(run)["live_run_id"] for run in council.runs} == {council.runs[-1].run_id}
    again = publish.publish_run(council.runs[0])
    assert (again.counts["status"], again.counts["live_run_id"]) == ("superseded", council.runs[1].run_id)


def test_the_evaluation_says_for_which_sources_linkage_is_worse_and_what_blocking_lost(
    council: Council,
) -> None:
    evaluation = council.runs[-1].folder.read_json("products", "evaluation.json")
    assert 0.9 < evaluation["blocking_recall"] <= 1
    assert 0.9 < evaluation["accuracy"]["pairwise_recall"] <= 1
    right = sum(pair["right_pair_count"] for pair in evaluation["by_source"])
    true = sum(pair["true_pair_count"] for pair in evaluation["by_source"])
    assert right / true == pytest.approx(evaluation["accuracy"]["pairwise_recall"])
    assert all(rule["true_pairs_first"] <= rule["pairs_first"] for rule in evaluation["blocking_rules"])


def _shuffle_rows(path: Path) -> None:
    """Reverse the rows of a CSV without cells that span lines."""
    header, *rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + b"".join(reversed(rows)))
    path.with_name("manifest.json").unlink()


def _fingerprint(council: Council) -> dict[str, object]:
    """Every published and operational row, by table."""
    with connect(council.settings) as database, database.connect() as connection:
        listed = connection.execute(
            sa.text(
                "SELECT table_schema, table_name FROM information_schema.tables "
                "WHERE table_schema IN ('published', 'operations')"
            )
        ).all()
        return {
            f"{schema}.{name}": connection.execute(
                sa.text(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {schema}.{name} AS t")  # noqa: S608
            ).scalar()
            for schema, name in listed
        }
