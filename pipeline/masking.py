"""Records of a run whose address turns out to be withheld, masked in every table of the run that holds them."""

from functools import partial

import pandas as pd

from linkage.protect.mask import mask_quarantined, mask_records, mask_rows, without_records
from linkage.schema import LOCATING_ATTRIBUTES, QUARANTINE, RECORD, REMEMBERED, STATEMENT
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
        _mask_source(run, source, located[located["source"].eq(source)])
    ids = pd.Index(located["record_id"])
    run.folder.redact(REMEMBER, "statements", partial(without_records, record_ids=ids), STATEMENT)
    run.folder.redact(REMEMBER, "records", partial(mask_records, protected_record_ids=ids), REMEMBERED)
    return True


def _mask_source(run: Run, source: str, records: pd.DataFrame) -> None:
    contract, folder = run.contracts[source], run.folder
    keys, ids = pd.Index(records["record_key"]), pd.Index(records["record_id"])
    rows = partial(mask_rows, keys=keys, contract=contract)
    folder.redact(f"ingest/{source}", "raw", rows)
    folder.redact(f"validate/{source}", "valid", rows)
    quarantined = partial(mask_quarantined, keys=keys, contract=contract)
    folder.redact(f"validate/{source}", "quarantined", quarantined, QUARANTINE)
    folder.redact(f"standardise/{source}", "records", partial(mask_records, protected_record_ids=ids), RECORD)
