"""What records said of residents, and when: what a shown value may rest on once some of them are hidden."""

import numpy as np
import pandas as pd

from linkage.protect.spans import ONGOING, as_end, cut, ends, overlapping
from linkage.schema import LOCATING_ATTRIBUTES
from linkage.schema.ddl import FROM, TO
from linkage.texts import is_one_of

SAID = ["resident_id", "attribute", "value"]
COLUMNS = [*SAID, "record_id", "source", "is_hidden", FROM, TO]


def sayings(
    crosswalk: pd.DataFrame, records: pd.DataFrame, attributes: list[str], masked: pd.Index
) -> pd.DataFrame:
    """Every value that a record gave its resident, for as long as both were so.

    Args:
        crosswalk: Versions of the crosswalk, with `is_hidden` where the record is to be the resident's no more.
        records: Versions of `source_record`.
        attributes: Columns of it that are looked at.
        masked: Records whose address is withheld.

    Returns:
        Versions: `resident_id`, `attribute`, `value` (as text), `record_id`, `source`, `is_hidden`.
    """
    who = crosswalk[["resident_id", "record_id", "source", "is_hidden", FROM, TO]]
    held = records[["record_id", *attributes, FROM, TO]]
    both = who.merge(held, on="record_id", suffixes=("", "_held"))
    since = both[[FROM, f"{FROM}_held"]].max(axis=1)
    held_until = both[f"{TO}_held"].astype("Int64").fillna(ONGOING).astype(np.int64)
    until = np.minimum(ends(both).to_numpy(), held_until.to_numpy())
    both[FROM], both[TO] = since, as_end(until)
    both = both[since < until]
    parts = [
        both.assign(attribute=name, value=as_text(both[name]))[COLUMNS].dropna(subset="value")
        for name in attributes
    ]
    said = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    locates = is_one_of(said["attribute"], LOCATING_ATTRIBUTES) & is_one_of(said["record_id"], masked)
    return said.assign(is_hidden=said["is_hidden"].astype(bool) | locates)


def as_text(values: pd.Series) -> pd.Series:
    """Values as `golden_value` writes them."""
    is_date = pd.api.types.is_datetime64_any_dtype(values.dtype)
    return (values.dt.strftime("%Y-%m-%d") if is_date else values).astype("string[pyarrow]")


def supported(shown: pd.DataFrame, said: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    """Versions of shown values in pieces, with what they rested on and still rest on.

    Args:
        shown: Versions with the columns of `on`.
        said: What records said, as `sayings` gives it, with the same columns.
        on: Columns that make a record speak for a value.

    Returns:
        The pieces, with `lost_record_count` and `lost_source_count`: records hidden, and sources that now say it no
        more; `heir`, the first record in order that says it still, missing where none does; and `has_lost`.
    """
    bounds = [moment for moment in (*said[FROM], *ends(said)) if moment != ONGOING]
    pieces = cut(shown, bounds)
    met = overlapping(pieces, said[[*on, "record_id", "source", "is_hidden", FROM, TO]], on)
    hidden, left = met[met["is_hidden"]], met[~met["is_hidden"]]
    heir = left.groupby("row")["record_id"].min()
    gone = _lacking(hidden, left, "source").groupby("row")["source"].nunique()
    count = _lacking(hidden, left, "record_id").groupby("row")["record_id"].nunique()
    index = pieces.index
    return pieces.assign(
        heir=heir.reindex(index).astype("string[pyarrow]"),
        lost_source_count=gone.reindex(index).fillna(0).astype(np.int64),
        lost_record_count=count.reindex(index).fillna(0).astype(np.int64),
        has_lost=index.isin(hidden["row"]),
    )


def _lacking(hidden: pd.DataFrame, left: pd.DataFrame, name: str) -> pd.DataFrame:
    """Hidden sayings whose source, or record, does not say it openly as well."""
    openly = pd.MultiIndex.from_frame(left[["row", name]].astype(object))
    return hidden[~pd.MultiIndex.from_frame(hidden[["row", name]].astype(object)).isin(openly)]
