"""Records of a run whose address turns out to be withheld, masked in every table of the run that holds them."""

from functools import partial

import pandas as pd

from linkage.contracts.conditions import Mask
from linkage.ingest import row_hashes
from linkage.protect.mask import mask_quarantined, mask_records, mask_rows, without_records
from linkage.schema import JUDGEMENT, LOCATING_ATTRIBUTES, QUARANTINE, REMEMBERED, STATEMENT
from linkage.texts import is_one_of
from pipeline import stages
from pipeline.increment import ROW_HASHES, done_of
from pipeline.memory import STEP as REMEMBER
from pipeline.memory import note_masked
from pipeline.run import Run


def still_located(records: pd.DataFrame, protected_record_ids: pd.Index) -> pd.DataFrame:
    """Records whose address is withheld and still leads to where their people live.

    Args:
        records: Frame conforming to `REMEMBERED`.
        protected_record_ids: Records whose address is withheld.
    """
    named = records[is_one_of(records["record_id"], protected_record_ids)]
    return named[named[list(LOCATING_ATTRIBUTES)].notna().any(axis=1)]


def mask_run(run: Run, located: pd.DataFrame, people: pd.Index) -> None:
    """Take out of a run where protected people live.

    Killed half-way and done again, it goes on: the remembered records, by which it is seen what is left to do, come
    last.

    Args:
        run: A run that has remembered its records, and whose links were dropped.
        located: What `still_located` gives of them.
        people: Ids of records of protected people.
    """
    for source in sorted(set(located["source"]) & set(run.sources)):
        _mask_source(run, source, pd.Index(located.loc[located["source"].eq(source), "record_key"]))
    run.folder.drop_step(stages.VALIDATION_REPORT)
    stages.validation_report(run)
    ids = pd.Index(located["record_id"])
    note_masked(run, ids.tolist())
    run.folder.redact(REMEMBER, "judgements", partial(_without_addresses, people=people), JUDGEMENT)
    run.folder.redact(REMEMBER, "statements", partial(without_records, record_ids=ids), STATEMENT)
    run.folder.redact(REMEMBER, "records", partial(mask_records, protected_record_ids=ids), REMEMBERED)


def _mask_source(run: Run, source: str, keys: pd.Index) -> None:
    """The rows masked, and checked and standardised anew: what a check said of a cell tells of the cell."""
    contract, folder, ingest = run.contracts[source], run.folder, f"ingest/{source}"
    raw_keys = folder.read(ingest, "raw", columns=["_record_key"])["_record_key"]
    is_masked = is_one_of(raw_keys, keys).to_numpy()
    if not is_masked.any():
        return
    done = done_of(run, source, is_masked)
    rows = partial(mask_rows, keys=keys, contract=contract)
    masked = rows(folder.read(ingest, "raw")[is_masked].reset_index(drop=True))
    # The hashes first: left alone, one of a row's cells as they were could be guessed at.
    hashed = partial(_hashed_anew, is_masked=is_masked, new=row_hashes(masked, contract.column_names))
    folder.redact(ingest, ROW_HASHES, hashed)
    folder.redact(ingest, "raw", rows)
    folder.drop_step(f"validate/{source}")
    stages.validate_source(run, source, done=done)
    # A correction may have put back what was taken out of the row.
    folder.redact(f"validate/{source}", "valid", rows)
    quarantined = partial(mask_quarantined, keys=keys, contract=contract)
    folder.redact(f"validate/{source}", "quarantined", quarantined, QUARANTINE)
    folder.drop_step(f"standardise/{source}")
    stages.standardise_source(run, source, done=done)


def _without_addresses(judgements: pd.DataFrame, people: pd.Index) -> pd.DataFrame:
    """Judgements without those of an address of protected people, which the database has let go of too."""
    is_theirs = judgements["uprn"].notna() & is_one_of(judgements["record_id_l"], people)
    return judgements[~is_theirs].reset_index(drop=True) if is_theirs.any() else judgements


def _hashed_anew(hashes: pd.DataFrame, is_masked: Mask, new: pd.DataFrame) -> pd.DataFrame:
    """Row hashes, those of the masked rows told anew."""
    columns = {name: hashes[name].to_numpy(copy=True) for name in hashes}
    for name, values in columns.items():
        values[is_masked] = new[name]
    return pd.DataFrame(columns)
