"""The seal step stopped at each of its points and done again: nothing of the secret is left, as if undisturbed."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.schema import (
    CLUSTER,
    ELECTOR_CHECK,
    FORBIDDEN_LINK,
    JUDGEMENT,
    PROTECTED_RECORD,
    REMEMBERED,
    ROW_FACT,
)
from linkage.schema.ddl import metadata
from linkage.settings import Settings
from linkage.store.copy import copy_frame, read_table
from linkage.store.database import connect
from linkage.store.transaction import writing
from pipeline import linking, masking, protection
from pipeline.flow import make_records
from pipeline.run import Run, load_run, plan_run
from sample_data.generator import generate
from tests import databases
from tests.integration.canaries import HOME, PROTECTED, Writer, rows_of
from tests.integration.council import FIRST
from tests.unit.outcomes.views import rows

POINTS = {
    "what was found is hidden nowhere yet": (protection, "seal_database"),
    "the database is sealed": (protection, "drop_links"),
    "the links are dropped": (protection, "mask_run"),
    "some sources are masked": (masking, "note_masked"),
    "the run is masked": (protection, "link_records"),
    "all is linked anew": (protection, "cluster_records"),
}
MOTHER = "libraries:D099000001:member:1"
TWICE = ("link_records", "cluster_records")
"""Done at the beginning of the step too: the second time is the point."""


class StoppedError(Exception):
    """The step was stopped here."""


@dataclass(frozen=True)
class Clustered:
    """A run whose clusters are made, of a snapshot that protects people, and copies of it to go on from."""

    run: Run
    folder: Path

    def copy(self, name: str) -> Run:
        settings = self.run.settings
        data_dir = Path(shutil.copytree(settings.data_dir, self.folder / name))
        url = databases.copy_database(str(settings.database_url))
        return load_run(
            Settings.load(data_dir=data_dir, extracts_dir=settings.extracts_dir, database_url=url),
            self.run.run_id,
        )


@pytest.fixture(scope="module")
def clustered(migrated: str) -> Iterator[Clustered]:
    folder = Path(tempfile.mkdtemp(prefix="ri-seal-"))
    generate(residents=250, months=1, seed=5, profile="camden", out=folder)
    Writer(folder, FIRST).write(rows_of(PROTECTED))
    url = databases.copy_database(migrated)
    judge_address(url)
    run = plan_run(
        Settings.load(data_dir=folder / "var", extracts_dir=folder / "extracts", database_url=url), FIRST
    )
    make_records(run)
    linking.link_records(run)
    linking.cluster_records(run)
    yield Clustered(run, folder)
    shutil.rmtree(folder, ignore_errors=True)


def judge_address(url: str) -> None:
    """Somebody has judged, and so written down, where the mother does not live."""
    about = {"record_id_l": MOTHER, "record_ids": [MOTHER], "uprn": HOME.uprn}
    signed = {"decided_by": "officer", "decided_at": datetime.now(UTC), "reason": "she has moved"}
    with connect(Settings.load(database_url=url)) as database, writing(database) as connection:
        judged = sa.insert(metadata().tables["operations.judgement"])
        connection.execute(judged.values(judgement_id="j1", verdict="not_this_address", **about, **signed))


@pytest.fixture(scope="module")
def undisturbed(clustered: Clustered) -> dict[str, pd.DataFrame]:
    run = clustered.copy("undisturbed")
    protection.seal_records(run)
    return left_by(run)


def left_by(run: Run) -> dict[str, pd.DataFrame]:
    with connect(run.settings) as database:
        known = [read_table(database, table, "operations") for table in (PROTECTED_RECORD, FORBIDDEN_LINK)]
    records = run.folder.read("remember", "records", REMEMBERED)
    return {
        "protected": known[0],
        "forbidden": known[1],
        "records": records,
        "judgements": run.folder.read("remember", "judgements", JUDGEMENT),
        "clusters": run.folder.read("cluster", "clusters", CLUSTER),
        "pairs": run.folder.read("link", "pair_array"),
        **{f"raw of {source}": run.folder.read(f"ingest/{source}", "raw") for source in run.sources},
    }


@pytest.mark.parametrize("point", POINTS)
def test_a_seal_that_is_stopped_and_done_again_leaves_what_an_undisturbed_one_leaves(
    point: str, clustered: Clustered, undisturbed: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, (module, name) = clustered.copy(point.replace(" ", "_")), POINTS[point]
    done, calls = getattr(module, name), []

    def stop(*given: object, **named: object) -> object:
        calls.append(name)
        if len(calls) > (name in TWICE):
            raise StoppedError
        return done(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(module, name, stop)
        with pytest.raises(StoppedError):
            protection.seal_records(run)
    linking.linked.cache_clear()
    protection.seal_records(run)
    for what, frame in left_by(run).items():
        pd.testing.assert_frame_equal(frame, undisturbed[what], obj=what)


def test_the_snapshot_protects_people_whom_only_linking_finds(
    clustered: Clustered, undisturbed: dict[str, pd.DataFrame]
) -> None:
    before = clustered.run.folder.read("remember", "records", REMEMBERED)
    located = [frame["uprn"].notna().sum() for frame in (before, undisturbed["records"])]
    assert located[1] < located[0]
    assert len(undisturbed["protected"]) > 0 < len(undisturbed["forbidden"])
    judged = clustered.run.folder.read("remember", "judgements", JUDGEMENT)
    assert (len(judged), len(undisturbed["judgements"])) == (1, 0)


def test_a_seal_takes_out_what_outcomes_told_of_protected_people_before_any_outcome_is_made_again(
    clustered: Clustered,
) -> None:
    run = clustered.copy("told")
    told = [
        {
            "case_id": "C1",
            "resident_id": "R1",
            "evidence": json.dumps([{"who": "other", "record_id": MOTHER}]),
        },
        {"case_id": "C2", "resident_id": "R2", "record_id": MOTHER, "evidence": "[]"},
        {"case_id": "C3", "resident_id": "R3", "evidence": "[]"},
    ]
    fact = {"record_id": MOTHER, "fact": "tenancy_reference", "source": "housing_tenancies", "value": "1"}
    with connect(run.settings) as database:
        with writing(database) as connection:
            for table, given in ((ELECTOR_CHECK, told), (ROW_FACT, [fact])):
                copy_frame(connection, rows(table, *given), table, "outcomes")
        protection.seal_records(run)
        assert read_table(database, ELECTOR_CHECK, "outcomes")["case_id"].tolist() == ["C3"]
        assert read_table(database, ROW_FACT, "outcomes").empty
