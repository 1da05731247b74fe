"""Records of a generated council with their truth: what the pipeline's linkage reads, as simulated people are given."""

import tempfile
from pathlib import Path

import pandas as pd
import pyarrow as pa

from benchmarks.people import SimulatedPeople
from linkage.engine.residents import engine_table
from linkage.evaluate import read_truth
from linkage.settings import Settings
from pipeline.flow import make_records
from pipeline.memory import all_records
from pipeline.run import plan_run
from sample_data.generator import generate

RESIDENTS_A_RECORD = 0.343
"""Residents at the start of the simulation behind each record of its one snapshot."""


def load_council(records: int, *, seed: int) -> SimulatedPeople:
    """Records of one snapshot of a simulated council, ingested, validated and standardised as a run does it.

    Args:
        records: About how many.
        seed: The same seed gives the same records.

    Returns:
        The table of `engine_table`, with `forename_root` and `raw_row`, the source and row that name one raw row, all
        text, of the records whose person the truth tells; and the person of each.
    """
    with tempfile.TemporaryDirectory(prefix="ri-council-") as place:
        council, data = Path(place) / "council", Path(place) / "data"
        residents = max(int(records * RESIDENTS_A_RECORD), 200)
        generate(residents=residents, months=1, seed=seed, profile="camden", out=council)
        settings = Settings.load(
            data_dir=data, extracts_dir=council / "extracts", truth_dir=council / "truth"
        )
        run = plan_run(settings)
        make_records(run)
        made = all_records(run)
        truth = read_truth(council / "truth", run.snapshot_date).set_index("record_id")["person_id"]
    return with_truth(made, truth)


def with_truth(records: pd.DataFrame, truth: "pd.Series[str]") -> SimulatedPeople:
    """The records whose person is known, as the engine reads them, and the number of each one's person.

    Args:
        records: Frame conforming to `RECORD`.
        truth: Person by record id.
    """
    known = records[records["record_id"].isin(truth.index)]
    raw_row = known["source"].astype(str) + " " + known["row_number"].astype(str)
    table = (
        engine_table(known)
        .append_column("forename_root", pa.array(known["forename_root"], pa.string()))
        .append_column("raw_row", pa.array(raw_row, pa.string()))
    )
    person = pd.factorize(truth.loc[known["record_id"]])[0].astype("int64")
    return SimulatedPeople(table, person)
