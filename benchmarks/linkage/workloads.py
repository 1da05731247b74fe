"""Records to link, with their truth, written once a run: `python -m benchmarks.linkage.workloads FOLDER ...`.

They are made in a process of their own: what making them takes is free again before anything is measured.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import typer

from benchmarks.council import load_council
from benchmarks.febrl import load_febrl
from benchmarks.people import Setting, simulate_people

ROOT = Path(__file__).parents[2]
SEED = 2027
"""Not the seed of the examples that the engine and the expert's settings of the peers were worked out on."""
FEBRL: dict[str, Literal[3, 4]] = {"febrl3": 3, "febrl4": 4}
COUNCIL = "council"
PEOPLE: dict[str, Setting] = {"easy": "easy", "hard": "hard", "alone": "alone"}
RECORDS, TRUTH = "records.parquet", "person.npy"

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Workload:
    """What is linked.

    Attributes:
        setting: `easy`, `hard` or `alone` of simulated people, `council`, or `febrl3`, `febrl4`.
        records: How many; of Febrl there are as many as there are, and this is not looked at.
    """

    setting: str
    records: int = 0

    @property
    def data(self) -> str:
        """Which columns there are: `people`, `council` or `febrl`."""
        if self.setting == COUNCIL:
            return COUNCIL
        return "febrl" if self.setting in FEBRL else "people"

    def made_in(self, place: Path) -> Path:
        """The folder with records and truth, made unless it is there."""
        folder = place / f"{self.setting}-{self.records}"
        if not (folder / TRUTH).exists():
            asked = [sys.executable, "-m", __name__, str(folder), self.setting, str(self.records)]
            subprocess.run(asked, cwd=ROOT, check=True)
        return folder


def shuffled(folder: Path) -> Path:
    """A folder beside with the same records in another order."""
    other = folder.with_name(f"{folder.name}-shuffled")
    other.mkdir(exist_ok=True)
    records = pq.read_table(folder / RECORDS)
    order = np.random.default_rng(SEED).permutation(records.num_rows)
    pq.write_table(records.take(pa.array(order)), other / RECORDS)
    return other


def truth_of(folder: Path) -> tuple[pa.ChunkedArray, Ints]:
    """Record ids as text and the number of the person of each, in one order, shape (records,)."""
    ids = pq.read_table(folder / RECORDS, columns=["record_id"])["record_id"]
    return ids, np.load(folder / TRUTH)


def main(
    folder: Annotated[Path, typer.Argument(help="Where records and truth go.")],
    setting: Annotated[str, typer.Argument(help="easy, hard, alone, council, febrl3 or febrl4.")],
    records: Annotated[int, typer.Argument(help="How many people's records.")],
) -> None:
    """Write the records and the person of each."""
    if setting in FEBRL:
        made = load_febrl(FEBRL[setting])
    elif setting == COUNCIL:
        made = load_council(records, seed=SEED)
    else:
        made = simulate_people(records, setting=PEOPLE[setting], seed=SEED)
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(made.table, folder / RECORDS)
    np.save(folder / TRUTH, made.person_id)


if __name__ == "__main__":
    typer.run(main)
