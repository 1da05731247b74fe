"""One extract to its raw table: every cell as text, with where it came from."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from linkage.contracts.keys import record_keys
from linkage.contracts.model import Contract
from linkage.ingest.delimited import read_delimited
from linkage.ingest.manifest import check_hash, check_row_count, read_manifest
from linkage.ingest.snapshot import read_snapshot
from linkage.ingest.workbook import read_workbook
from linkage.schema import RAW_META

TEXT = pd.StringDtype("pyarrow")


def read_extract(
    path: Path,
    contract: Contract,
    *,
    snapshot_date: date,
    largest_bytes: int,
    earlier: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The raw table of one extract, or an error and nothing.

    Args:
        path: The file; a `manifest.json` beside it must agree with it.
        contract: The source's contract.
        snapshot_date: Date of the extract.
        largest_bytes: Largest file accepted, and the most that a workbook may unpack to.
        earlier: Raw table of an earlier extract under the same contract: taken again, as of the new date, when it was
            read from the very same bytes.

    Returns:
        One row a row of the file, in the file's order, index 0..n-1. First the columns `RAW_META`, then the
        contract's columns in its order, each `string[pyarrow]` and exactly as it stands in the file, spaces
        too; an empty cell is `pd.NA`. `_row_number` counts from 1 without the header. `_record_key` is
        missing where a part of the key is.

    Raises:
        SourceError: The file cannot be taken in: a subclass from `linkage.ingest.errors`, named after the
            mistake. The message names source, file, columns, row numbers and counts, never a cell.
    """
    label = f"Source {contract.source}, file {path.name}"
    snapshot = read_snapshot(path, label, largest_bytes=largest_bytes)
    manifest = read_manifest(path.parent, label)
    check_hash(manifest, snapshot.sha256, label)
    if earlier is not None and earlier["_file_sha256"].eq(snapshot.sha256).all():
        check_row_count(manifest, len(earlier), label)
        return earlier.assign(_snapshot_date=np.datetime64(snapshot_date, "s"))
    if contract.extract.kind == "xlsx":
        cells = read_workbook(snapshot.content, contract, label, largest_bytes=largest_bytes)
    else:
        cells = read_delimited(snapshot.content, contract, label)
    check_row_count(manifest, cells.num_rows, label)
    return _raw_table(cells, contract, snapshot_date, snapshot.sha256)


def _raw_table(cells: pa.Table, contract: Contract, snapshot_date: date, sha256: str) -> pd.DataFrame:
    count = cells.num_rows
    text: pd.DataFrame = cells.to_pandas(types_mapper={pa.large_string(): TEXT}.get)
    meta = {
        "_source": _repeated(contract.source, count),
        "_snapshot_date": np.full(count, np.datetime64(snapshot_date, "s")),
        "_row_number": np.arange(1, count + 1, dtype=np.int64),
        "_record_key": record_keys(text, contract.key),
        "_file_sha256": _repeated(sha256, count),
    }
    provenance = pd.DataFrame(meta).astype({column.name: column.dtype for column in RAW_META})
    return pd.concat([provenance, text], axis="columns")


def _repeated(text: str, count: int) -> pd.Series:
    array = pa.repeat(pa.scalar(text, pa.large_string()), count)
    repeated: pd.Series = pa.chunked_array([array]).to_pandas(types_mapper={pa.large_string(): TEXT}.get)
    return repeated
