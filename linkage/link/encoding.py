"""Records as whole numbers: every text is touched once per distinct value, all later work is on codes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray = npt.NDArray[np.int64]
Vocabulary = npt.NDArray[np.object_]

MISSING = -1
"""Code of a missing value; it agrees with nothing and differs from nothing."""

NAMES = ("forename", "forename_root", "middle_first", "middle_second", "surname", "surname_alias")
SINGLE = (
    "age_group",
    "sex",
    "uprn",
    "parent_uprn",
    "postcode",
    "phone",
    "email",
    "nhs_number",
    "nino",
    "upn",
)
PRECISION = {"year": 0, "month": 1, "day": 2}
SHARED_GRADES = ("building", "street")
"""Match grades whose UPRN is that of a building or street, not of a dwelling."""


@dataclass(frozen=True, slots=True)
class EncodedRecords:
    """Records in order of `record_id` as codes.

    Attributes:
        record_ids: Text, ascending; a record's position in it is its number everywhere in this stage.
        codes: One row a record, index 0..n-1, whole numbers; `MISSING` where the value is missing.
        vocabularies: Distinct texts that the codes of a column point into; all name columns share "names".
    """

    record_ids: Vocabulary
    codes: pd.DataFrame
    vocabularies: dict[str, Vocabulary]


def encode(records: pd.DataFrame) -> EncodedRecords:
    """Encode records.

    Args:
        records: Frame conforming to `RECORD`, any order.

    Returns:
        The same records in order of `record_id`, so that nothing later depends on the order they came in.
    """
    ordered = records.sort_values("record_id", kind="stable", ignore_index=True)
    codes: dict[str, IntArray] = {}
    vocabularies: dict[str, Vocabulary] = {}
    _encode_names(ordered, codes, vocabularies)
    for column in SINGLE:
        codes[column], vocabularies[column] = factorise(ordered[column])
    _encode_birth_dates(ordered, codes)
    _encode_traits(ordered, codes, vocabularies)
    source_key = ordered["source"].astype(object) + ":" + ordered["record_key"].astype(object)
    codes["source_key"], _ = factorise(source_key)
    record_ids = ordered["record_id"].to_numpy(dtype=object)
    return EncodedRecords(record_ids, pd.DataFrame(codes, index=pd.RangeIndex(len(ordered))), vocabularies)


def factorise(values: pd.Series) -> tuple[IntArray, Vocabulary]:
    """Codes of the values and the sorted distinct values; missing is `MISSING`."""
    codes, distinct = pd.factorize(values, sort=True)
    return codes.astype(np.int64), np.asarray(distinct, dtype=object)


def combine(*codes: IntArray) -> IntArray:
    """One code for several: equal exactly where all are equal, `MISSING` where any is missing."""
    combined = np.asarray(codes[0], dtype=np.int64)
    for further in codes[1:]:
        span = int(further.max(initial=0)) + 1
        lacking = (combined == MISSING) | (further == MISSING)
        packed = np.where(lacking, MISSING, combined * span + further)
        dense = pd.factorize(packed, sort=True)[0]
        combined = np.where(lacking, MISSING, dense).astype(np.int64)
    return combined


def _encode_names(
    ordered: pd.DataFrame, codes: dict[str, IntArray], vocabularies: dict[str, Vocabulary]
) -> None:
    """All name columns over one vocabulary, so that a forename can be compared with a surname."""
    middle = ordered["middle_names"].str.split(" ", n=2, expand=True).reindex(columns=[0, 1])
    columns = ordered.assign(middle_first=middle[0], middle_second=middle[1])
    surname_codes, surnames = factorise(ordered["surname"])
    words = pd.Series(surnames, dtype="string").str.split(" ")
    parts = {"surname_first": words.str[0], "surname_last": words.str[-1]}
    texts = [columns[name].astype("string[pyarrow]") for name in NAMES]
    texts += [part.astype("string[pyarrow]") for part in parts.values()]
    together, vocabularies["names"] = factorise(pd.concat(texts, ignore_index=True))
    ends = np.cumsum([len(text) for text in texts])
    pieces = np.split(together, ends[:-1])
    codes.update(zip(NAMES, pieces, strict=False))
    for name, piece in zip(parts, pieces[len(NAMES) :], strict=True):
        codes[name] = gather(piece, surname_codes)


def gather(values: IntArray, codes: IntArray) -> IntArray:
    """The value each code points at, `MISSING` for a missing code."""
    if len(values) == 0:
        return np.full(len(codes), MISSING, dtype=np.int64)
    return np.where(codes == MISSING, MISSING, values[codes])


def _encode_birth_dates(ordered: pd.DataFrame, codes: dict[str, IntArray]) -> None:
    """Birth dates as the number YYYYMMDD, their year, and how much of them can be trusted."""
    dates = ordered["birth_date"].dt
    number = dates.year * 10_000 + dates.month * 100 + dates.day
    codes["birth_date"] = number.fillna(MISSING).to_numpy(dtype=np.int64)
    known = codes["birth_date"] != MISSING
    codes["birth_year"] = np.where(known, codes["birth_date"] // 10_000, MISSING)
    stated = ordered["birth_date_precision"].map(PRECISION).fillna(PRECISION["day"])
    weak = ordered["is_birth_date_weak"].to_numpy(dtype=bool)
    precision = np.where(weak, PRECISION["year"], stated.to_numpy(dtype=np.int64))
    codes["birth_precision"] = precision.astype(np.int64)
    full = known & (codes["birth_precision"] == PRECISION["day"])
    codes["full_birth_date"] = np.where(full, codes["birth_date"], MISSING)


def _encode_traits(
    ordered: pd.DataFrame, codes: dict[str, IntArray], vocabularies: dict[str, Vocabulary]
) -> None:
    """Keys and traits that are derived from one distinct value."""
    names = pd.Series(vocabularies["names"], dtype="string")
    initials, _ = factorise(names.str[0])
    for name in ("forename", "middle_first", "middle_second"):
        codes[f"{name}_initial"] = gather(initials, codes[name])
        codes[f"{name}_is_initial"] = _flag(names.str.len() == 1, codes[name])
    outward, _ = factorise(pd.Series(vocabularies["postcode"], dtype="string").str.split(" ").str[0])
    codes["outward"] = gather(outward, codes["postcode"])
    mobile = pd.Series(vocabularies["phone"], dtype="string").str.startswith("+447")
    codes["phone_is_mobile"] = _flag(mobile, codes["phone"])
    shared = ordered["uprn_match_grade"].isin(SHARED_GRADES).to_numpy(dtype=bool)
    codes["uprn_is_shared"] = shared.astype(np.int64)
    first, second = codes["forename"], codes["surname"]
    codes["name_pair"] = combine(np.minimum(first, second), np.maximum(first, second))


def _flag(flags: pd.Series, codes: IntArray) -> IntArray:
    """The flag of each code's value as 1 or 0; 0 for a missing code."""
    return np.maximum(gather(flags.to_numpy(dtype=np.dtype(np.int64)), codes), 0)
