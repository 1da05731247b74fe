"""Who shares a place: the rows of a source that those who live together share."""

import pandas as pd

from linkage.contracts.keys import record_keys
from linkage.contracts.model import Contract
from linkage.contracts.protection import place_parts


def places_of_rows(rows: pd.DataFrame, contract: Contract) -> pd.Series:
    """The place of each raw row, as far as the source's key tells: a tenancy, a claim, or the row itself.

    Args:
        rows: Raw rows of one source.
        contract: The source's contract.

    Returns:
        Text with the rows' index; missing where a part is.
    """
    columns = [contract.key[part] for part in place_parts(contract)]
    if not set(columns) <= set(rows.columns):
        return rows["_record_key"]
    return record_keys(rows, columns)


def places_of_keys(keys: pd.Series, contract: Contract) -> pd.Series:
    """The place of each record key.

    Args:
        keys: Record keys of one source, text.
        contract: The source's contract.

    Returns:
        Text with the keys' index. A key whose parts cannot be told apart, because a part holds the slash that joins
        them, is its own place.
    """
    parts = place_parts(contract)
    if len(parts) == len(contract.key) or keys.empty:
        return keys
    split = keys.str.split("/", expand=True).reindex(columns=range(len(contract.key)))
    first = split[parts[0]]
    joined = first.str.cat(split[parts[1:]], sep="/") if len(parts) > 1 else first
    is_plain = keys.str.count("/") == len(contract.key) - 1
    place: pd.Series = joined.where(is_plain, keys)
    return place
