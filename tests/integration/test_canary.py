"""No value of a person in any log, error, XCom, metric or page: a canary resident proves it.

The generator puts one resident with an unmistakable name into every council. Tables hold the name, as they
must; nothing else may.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from linkage.store.database import connect
from tests.integration.council import FIRST, Council, environment_of, settings_for

CANARY = re.compile(rb"zzyzxcanary", re.IGNORECASE)
ROOT = Path(__file__).parents[2]
SPOILERS = {
    "a broken file": ("libraries", lambda text: text[: len(text) - 40]),
    "a missing column": ("libraries", lambda text: text.replace(b"surname", b"familyname", 1)),
    "a file of another encoding": ("libraries", lambda text: text.decode().encode("utf-16")),
}


def test_the_canary_is_in_the_extracts_and_in_the_index(extracts: Path, council: Council) -> None:
    files = [path for path in (extracts / "extracts").rglob("*.csv") if CANARY.search(path.read_bytes())]
    assert len({path.parents[1].name for path in files}) >= 3
    with connect(council.settings) as database, database.connect() as connection:
        known = connection.execute(
            sa.text("SELECT count(*) FROM published.resident WHERE surname = 'ZZYZXCANARY'")
        ).scalar()
    assert known >= 1


def test_pages_manifests_models_and_figures_do_not_name_the_canary(council: Council) -> None:
    for run in council.runs:
        told = [path for path in run.folder.path.rglob("*") if path.suffix in {".html", ".json"}]
        assert len(told) > 30
        assert [path.name for path in told if CANARY.search(path.read_bytes())] == []


def test_the_run_table_and_the_figures_do_not_name_the_canary(council: Council) -> None:
    with connect(council.settings) as database, database.connect() as connection:
        for table in ("operations.run", "published.quality_figure", "published.maturity_score"):
            text = connection.execute(sa.text(f"SELECT string_agg(t::text, ' ') FROM {table} AS t")).scalar()  # noqa: S608
            assert not CANARY.search(text.encode())


def test_the_command_line_never_prints_the_canary(extracts: Path, data_dir: Path) -> None:
    said = b""
    for verb in (
        ["run", "--snapshot-date", str(FIRST)],
        ["summary"],
        ["summary", "--json"],
        ["quarantine", "list"],
        ["runs"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "service.cli", *verb],
            env=environment_of(settings_for(extracts, data_dir)),
            capture_output=True,
            check=True,
            cwd=ROOT,
        )
        said += done.stdout + done.stderr
    assert b"residents" in said
    assert not CANARY.search(said)


@pytest.mark.parametrize("fault", sorted(SPOILERS))
def test_the_error_for_a_bad_file_never_shows_the_canary(
    fault: str, copied_extracts: Path, data_dir: Path
) -> None:
    source, spoil = SPOILERS[fault]
    path = copied_extracts / "extracts" / source / str(FIRST) / f"{source}.csv"
    path.write_bytes(spoil(path.read_bytes()))
    path.with_name("manifest.json").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "run", "--snapshot-date", str(FIRST)],
        env=environment_of(settings_for(copied_extracts, data_dir)),
        capture_output=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 3
    assert done.stderr.decode().strip().splitlines()[-1].startswith("Error: ")
    assert b"Traceback" not in done.stderr
    assert not CANARY.search(done.stdout + done.stderr)


def test_airflow_runs_the_dag_and_neither_its_log_nor_its_xcoms_name_the_canary(
    extracts: Path, data_dir: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "service.airflow_run"],
        env=environment_of(settings_for(extracts, data_dir)),
        capture_output=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"became residents" in done.stdout
    written = [path for path in (data_dir / "airflow").rglob("*") if path.is_file()]
    assert any(path.name == "airflow.db" for path in written)
    assert [path.name for path in written if CANARY.search(path.read_bytes())] == []
    assert not CANARY.search(done.stdout + done.stderr)


def test_a_failed_dag_ends_make_run_with_one_plain_sentence(copied_extracts: Path, data_dir: Path) -> None:
    path = copied_extracts / "extracts" / "libraries" / str(FIRST) / "libraries.csv"
    path.write_bytes(b"")
    done = subprocess.run(
        [sys.executable, "-m", "service.airflow_run"],
        env=environment_of(settings_for(copied_extracts, data_dir)),
        capture_output=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode != 0
    told = done.stderr.decode().strip().splitlines()
    assert sum(line.startswith("Error: ") for line in told) == 1
    assert "libraries" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
