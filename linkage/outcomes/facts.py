"""Facts of rows that outcomes need beside the people: who holds a tenancy, which case is open."""

import pandas as pd

from linkage.contracts import Contract
from linkage.schema import ROW_FACT, conform, empty


def row_facts(valid: pd.DataFrame, records: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """The facts that a contract names, of every record of one extract.

    Args:
        valid: Valid rows of the source, with `_row_number`.
        records: `record_id` and `row_number` of the records made of them.
        contract: The source's contract.

    Returns:
        Frame conforming to `ROW_FACT`; a cell that is missing is no fact.
    """
    if not contract.facts or records.empty:
        return empty(ROW_FACT)
    named = {fact.column: fact.fact for fact in contract.facts}
    cells = valid[["_row_number", *named]].rename(columns={**named, "_row_number": "row_number"})
    joined = records.merge(cells, on="row_number").drop(columns="row_number")
    long = joined.melt("record_id", var_name="fact", value_name="value").dropna(subset="value")
    ordered = long.assign(source=contract.source).sort_values(["record_id", "fact"], ignore_index=True)
    return conform(ordered[ROW_FACT.names], ROW_FACT)
