"""Increments and full runs end in the same index, whatever comes and goes: random histories of days and months."""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.engine.model import parse_model
from linkage.index import publish
from linkage.schema import ADDRESS, CHANGE, PUBLISHED, RECORD, REMEMBERED, conform
from linkage.settings import Settings
from linkage.store import models, runs
from linkage.store.artefacts import RunFolder
from linkage.store.copy import read_table
from linkage.store.database import connect
from pipeline import indexing, linking, memory
from pipeline.inputs import RunInputs
from pipeline.run import PLAN, Run
from pipeline.stages import counts_of
from tests.integration.council import Council

FIRST_DAY = date(2026, 8, 27)
DAYS = 5
IN_THE_INDEX = [*PUBLISHED, CHANGE]


@dataclass
class Town:
    """Records as services send them, day by day: some come, go, move, are misspelt, or get another id."""

    pool: pd.DataFrame
    uprns: list[str]
    draws: random.Random
    sent: set[str] = field(default_factory=set)

    def next_day(self) -> tuple[pd.DataFrame, list[str]]:
        """Records sent today, and the sources that deliver."""
        ids = list(self.pool["record_id"])
        if not self.sent:
            self.sent = set(self.draws.sample(ids, len(ids) * 9 // 10))
        for record_id in self.draws.sample(ids, self.draws.randint(0, 12)):
            self.sent ^= {record_id}
        chosen = self.draws.sample(range(len(ids)), self.draws.randint(0, 10))
        self.pool.loc[chosen[:6], "uprn"] = self.draws.choices(self.uprns, k=len(chosen[:6]))
        self.pool.loc[chosen[6:], "surname"] = "ZYX"
        for place in self.draws.sample(range(len(ids)), self.draws.randint(0, 2)):
            self._rename(place)
        sources = sorted(self.pool["source"].unique())
        late = self.draws.choice(["nobody", "nobody", *sources])
        today = self.pool[self.pool["record_id"].isin(self.sent)]
        return today[today["source"] != late], [source for source in sources if source != late]

    def _rename(self, place: int) -> None:
        was, key = self.pool.loc[place, "record_id"], f"K{self.draws.randrange(10**9)}"
        source, _, role, position = was.split(":")
        self.pool.loc[place, ["record_id", "record_key"]] = [f"{source}:{key}:{role}:{position}", key]
        if was in self.sent:
            self.sent = self.sent - {was} | {self.pool.loc[place, "record_id"]}


@dataclass
class Council2:
    """An index that runs one day after the other, on a database of its own."""

    settings: Settings
    addresses: pd.DataFrame
    contracts: dict
    model: dict

    def run(self, day: date, sent: pd.DataFrame, delivered: list[str]) -> Run:
        with connect(self.settings) as database:
            base = runs.base_run(database, day)
            made = conform(sent.assign(snapshot_date=pd.Timestamp(day)), RECORD)
            inputs = RunInputs(
                snapshot_date=day.isoformat(), engine="household", version="", code_sha256="", contracts={},
                extracts=dict.fromkeys(["gazetteer", *delivered], ""), previous_row_counts={},
                corrections_sha256="", judgements_sha256="", erased_sha256="", gazetteer="gazetteer",
                gazetteer_date=day.isoformat(), missing=[], base_run_id=base or "", model_version=self.model["version"],
            )  # fmt: skip
            folder = RunFolder(self.settings.data_dir, inputs.run_id)
            run = Run(self.settings, inputs, self.contracts, folder)
            folder.run_step(
                PLAN, lambda step: step.write_text("inputs.json", pd.Series(asdict(inputs)).to_json()) or {}
            )
            folder.run_step(
                "standardise/gazetteer", lambda step: step.write("addresses", self.addresses, ADDRESS) or {}
            )
            for source in delivered:
                rows = made[made["source"] == source]
                folder.run_step(
                    f"standardise/{source}", lambda step, rows=rows: step.write("records", rows, RECORD) or {}
                )
            runs.open_run(database, run.run_id, day, {})
            memory.remember_records(run)
            linking.link_records(run)
            linking.cluster_records(run)
            indexing.index_records(run)
            records = counts_of(run, memory.STEP)["records"]
            publish(
                database, indexing.edition_of(run), limits=(),
                record_count=records, raw_count=0, valid_count=0, quarantined_count=0,
            )  # fmt: skip
        return run

    def published(self) -> dict[str, pd.DataFrame]:
        with connect(self.settings) as database:
            tables = {table.name: read_table(database, table, "published") for table in IN_THE_INDEX}
        return tables | {"change": tables["change"].drop(columns=["run_id", "change_id"])}


@pytest.fixture
def councils(council: Council, make_engine: Callable[[], sa.Engine]) -> Iterator[dict[bool, Council2]]:
    """One council that works by increments and one that does not."""
    run = council.runs[0]
    document = run.folder.read_json("link", "model.json")
    made, folders = {}, []
    for increments in (True, False):
        folders.append(Path(tempfile.mkdtemp(prefix="ri-")))
        engine = make_engine()
        models.store_model(engine, parse_model(document, "of a council"), [])
        url = engine.url.render_as_string(hide_password=False)
        settings = Settings.load(data_dir=folders[-1], database_url=url, increments=increments)
        addresses = run.folder.read(f"standardise/{run.gazetteer}", "addresses", ADDRESS)
        made[increments] = Council2(settings, addresses, dict(run.contracts), document)
    yield made
    for folder in folders:
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 12))]
)
def test_increments_and_full_runs_end_in_the_same_index(
    seed: int, council: Council, councils: dict[bool, Council2]
) -> None:
    draws = random.Random(seed)
    records = council.runs[0].folder.read("remember", "records", REMEMBERED)[RECORD.names]
    pool = records.sample(350, random_state=seed).reset_index(drop=True)
    town = Town(pool, sorted(records["uprn"].dropna().unique()), draws)
    was_part = []
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=2 * number)
        sent, delivered = town.next_day() if number else (pool, sorted(pool["source"].unique()))
        done = {way: made.run(day, sent, delivered) for way, made in councils.items()}
        was_part.append(counts_of(done[True], "index")["is_part"])
        assert not counts_of(done[False], "index")["is_part"]
        whole = councils[False].published()
        for name, frame in councils[True].published().items():
            pd.testing.assert_frame_equal(frame, whole[name], obj=f"{name} after {day}")
    assert sum(was_part) >= 2
