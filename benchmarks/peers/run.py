"""What every peer's script does alike: its arguments, its clock, the prepared records, and the files it leaves."""

import argparse
import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.peers.rules import CLEANED, DERIVED, THREADS


@dataclass
class Run:
    """One run of a peer: where it reads and writes, its setting, and the seconds of each stage so far.

    Attributes:
        records: The Parquet file of records, one row a record.
        folder: Where the results go.
        setting: How the peer is configured: `plain`, or another that its script knows.
        data: `people`, `council` or `febrl`: which columns the records have.
        seconds: Wall-clock seconds by stage, in the order they ran.
    """

    records: Path
    folder: Path
    setting: str
    data: str
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the seconds of what is done within to this stage."""
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started

    def read(self) -> pa.Table:
        """The records as given, in memory; the clock starts after this."""
        return pq.read_table(self.records)

    def write(
        self, pairs: pa.Table, clusters: pa.Table, packages: tuple[str, ...], counts: dict[str, int]
    ) -> None:
        """Leave `pairs.parquet`, `clusters.parquet` and `result.json` in the folder.

        Args:
            pairs: `record_id_l`, `record_id_r` (string) and `score` (float64), a row a pair of score 0.001 or more.
            clusters: `record_id` (string) and `cluster_id`, a row a record.
            packages: Distributions whose versions are told.
            counts: Further counts to tell, such as the candidate pairs.
        """
        # The peak is read first, so that it does not hold what writing takes.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        self.folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(pairs, self.folder / "pairs.parquet")
        pq.write_table(clusters, self.folder / "clusters.parquet")
        result = {
            "setting": self.setting,
            "data": self.data,
            "seconds": self.seconds | {"total": sum(self.seconds.values())},
            "peak_rss_bytes": peak,
            "versions": {name: version(name) for name in packages},
            "counts": {
                "records": clusters.num_rows,
                "pairs": pairs.num_rows,
                "clusters": len(clusters["cluster_id"].unique()),
                **counts,
            },
        }
        text = json.dumps(result, indent=1) + "\n"
        (self.folder / "result.json").write_text(text, encoding="utf-8")
        print(text, end="")


def from_arguments(settings: tuple[str, ...]) -> Run:
    """The run that the command line asks for: RECORDS OUTDIR [--setting ...] [--data people|council|febrl].

    Args:
        settings: What `--setting` may be; the first is the default.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("records", type=Path, help="Parquet file of records")
    parser.add_argument("folder", type=Path, help="where pairs, clusters and result go")
    parser.add_argument("--setting", choices=settings, default=settings[0])
    parser.add_argument("--data", choices=("people", "council", "febrl"), default="people")
    given = parser.parse_args()
    return Run(given.records, given.folder, given.setting, given.data)


def connect() -> duckdb.DuckDBPyConnection:
    """A DuckDB database in memory, with the threads that every peer is given."""
    connection = duckdb.connect()
    connection.execute(f"SET threads = {THREADS}")
    return connection


def prepare(connection: duckdb.DuckDBPyConnection, records: pa.Table, data: str) -> str:
    """The name of a new table of the records, cleaned, with the columns that the rules and comparisons need.

    Args:
        connection: Where the table is made.
        records: The records as read, one row a record.
        data: `people`, `council` or `febrl`.
    """
    cleaned = ", ".join(f"{sql} AS {name}" for name, sql in CLEANED[data].items())
    derived = "".join(f", {sql} AS {name}" for name, sql in DERIVED[data].items())
    connection.from_arrow(records).project(cleaned).project(f"*{derived}").create("prepared")
    return "prepared"
