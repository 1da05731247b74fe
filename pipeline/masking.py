"""Records of a run whose address turns out to be withheld, masked in every table of the run that holds them."""

from functools import partial

import pandas as pd

from linkage.ingest import row_hashes
from linkage.protect.mask import mask_quarantined, mask_records, mask_rows, without_records
from linkage.schema import LOCATING_ATTRIBUTES, QUARANTINE, REMEMBERED, STATEMENT
from pipeline import stages
from pipeline.increment import ROW_HASHES
from pipeline.linking import drop_links
from pipeline.memory import STEP as REMEMBER
from pipeline.run import Run


def mask_run(run: Run, records: pd.DataFrame, protected_record_ids: pd.Index) -> bool:
    """Take out of a run where protected people live; what was made of it since is undone.

    Killed half-way and done again, it goes on: the remembered records, by which it sees what is left to do, come last.

    Args:
        run: A run that has remembered its records.
        records: Those records.
        protected_record_ids: Records whose address is withheld.

    Returns:
        Whether there was anything to take out.
    """
    named = records[records["record_id"].isin(protected_record_ids)]
    located = named[named[list(LOCATING_ATTRIBUTES)].notna().any(axis=1)]
    if located.empty:
        return False
    drop_links(run)
    for source in sorted(set(located["source"]) & set(run.sources)):
        _mask_source(run, source, pd.Index(located.loc[located["source"].eq(source), "record_key"]))
    run.folder.drop_step(stages.VALIDATION_REPORT)
    stages.validation_report(run)
    ids = pd.Index(located["record_id"])
    run.folder.redact(REMEMBER, "statements", partial(without_records, record_ids=ids), STATEMENT)
    run.folder.redact(REMEMBER, "records", partial(mask_records, protected_record_ids=ids), REMEMBERED)
    return True


def _mask_source(run: Run, source: str, keys: pd.Index) -> None:
    """The rows masked, and checked and standardised anew: what a check said of a cell tells of the cell."""
    contract, folder = run.contracts[source], run.folder
    rows = partial(mask_rows, keys=keys, contract=contract)
    if folder.redact(f"ingest/{source}", "raw", rows):
        hashed = row_hashes(folder.read(f"ingest/{source}", "raw"), contract.column_names)
        folder.redact(f"ingest/{source}", ROW_HASHES, lambda _: hashed)
    folder.drop_step(f"validate/{source}")
    stages.validate_source(run, source)
    # A correction may have put back what was taken out of the row.
    folder.redact(f"validate/{source}", "valid", rows)
    quarantined = partial(mask_quarantined, keys=keys, contract=contract)
    folder.redact(f"validate/{source}", "quarantined", quarantined, QUARANTINE)
    folder.drop_step(f"standardise/{source}")
    stages.standardise_source(run, source)
