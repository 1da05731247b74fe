"""The verbs of `resident-index` on a small council: exit codes, JSON, and the round trip through the quarantine."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from linkage.schema import RESIDENT
from pipeline.flow import run_all
from tests.integration.council import FIRST, Council, environment_of, settings_for

ROOT = Path(__file__).parents[2]


def resident_index(settings: Any, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, "-m", "service.cli", *arguments]
    done = subprocess.run(
        asked, env=environment_of(settings), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == expect, done.stderr
    return done


@pytest.mark.parametrize(
    "verb",
    [["runs"], ["live"], ["summary"], ["sources"], ["judgements"], ["quarantine", "list"], ["model", "list"]],
    ids=" ".join,
)
def test_json_is_the_only_thing_on_standard_output(verb: list[str], council: Council) -> None:
    assert json.loads(resident_index(council.settings, *verb, "--json").stdout) is not None


def test_a_resident_is_shown_with_the_record_of_each_golden_value(council: Council) -> None:
    residents = council.runs[-1].folder.read("index", "resident", RESIDENT)
    shown = json.loads(
        resident_index(council.settings, "resident", residents["resident_id"][0], "--json").stdout
    )
    records = {record["record_id"] for record in shown["records"]}
    assert shown["golden_values"]
    assert {value["record_id"] for value in shown["golden_values"]} <= records


def test_an_unknown_resident_is_one_plain_sentence_and_exit_code_seven(council: Council) -> None:
    done = resident_index(council.settings, "resident", "R0000000000000", expect=7)
    assert done.stderr.startswith("Error: ")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_snapshot_that_has_not_arrived_is_refused_with_exit_code_three(council: Council) -> None:
    done = resident_index(council.settings, "run", "--snapshot-date", "2031-01-01", expect=3)
    assert "2031-01-01" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_quarantined_row_is_exported_corrected_and_replayed(
    extracts: Path, data_dir: Path, tmp_path: Path
) -> None:
    settings = settings_for(extracts, data_dir)
    run_all(settings, FIRST)
    source, column, right = "national_benefits", "NINO", "ZZ123456A"
    listed = json.loads(resident_index(settings, "quarantine", "list", "--source", source, "--json").stdout)
    held = {row["quarantine_id"] for row in listed if row["snapshot_date"] == str(FIRST)}
    assert held
    path = tmp_path / "rows.csv"
    resident_index(
        settings, "quarantine", "export", str(path), "--source", source, "--snapshot-date", str(FIRST)
    )
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["quarantine_id"] for row in rows} == held
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, column: right} for row in rows)
    resident_index(settings, "quarantine", "correct", str(path), "--by", "officer")
    replayed = json.loads(
        resident_index(settings, "quarantine", "replay", "--snapshot-date", str(FIRST), "--json").stdout
    )
    counts = next(counted for counted in replayed["sources"] if counted["source"] == source)
    assert counts["corrected"] == len(held)
    assert counts["quarantined"] == 0
    assert counts["raw"] == counts["valid"]
