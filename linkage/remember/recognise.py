"""Records that their source sends under another id: recognised by what they say, not by what they are called."""

import numpy as np
import numpy.typing as npt
import pandas as pd

CONTENT = (
    "source", "person_role", "person_position", "title", "forename", "middle_names", "surname", "surname_alias",
    "name_suffix", "birth_date", "birth_date_precision", "sex", "uprn", "address_text", "postcode", "phone", "email",
    "nhs_number", "nino", "upn", "start_date",
)  # fmt: skip
"""What must be the same for two ids to be one record: all that the source says of the person, and since when."""
LOCATING = ("birth_date", "uprn", "address_text", "nhs_number", "nino", "upn")
"""One of these must be known besides the name: a bare name stands for too many people."""


def recognise(gone: pd.DataFrame, new: pd.DataFrame, *, apart: pd.DataFrame | None = None) -> pd.DataFrame:
    """Ids of records gone whose very content has come back under a new id of the same source.

    Content that two records gone or two new ones share tells nothing, and is left alone.

    Args:
        gone: Records that their source sends no more, with the columns of `CONTENT` and `record_id`.
        new: Records that were not known before, with the same columns.
        apart: Records that are never one, whatever they say: `record_id_l` and `record_id_r`.

    Returns:
        One row a record recognised: `alias_record_id` (the id gone) and `record_id` (the new one).
    """
    left, right = (_telling(frame) for frame in (gone, new))
    both = pd.concat([left, right], ignore_index=True)
    if left.empty or right.empty:
        return pd.DataFrame(
            {"alias_record_id": left["record_id"].head(0), "record_id": right["record_id"].head(0)}
        )
    groups = both.groupby(list(CONTENT), dropna=False, sort=False)
    content: npt.NDArray[np.int64] = groups.ngroup().to_numpy().astype(np.int64)
    of_left, of_right = content[: len(left)], content[len(left) :]
    once = np.intersect1d(_met_once(of_left), _met_once(of_right))
    place_left = _places(of_left, once)
    place_right = _places(of_right, once)
    found = pd.DataFrame(
        {
            "alias_record_id": left["record_id"].to_numpy()[place_left],
            "record_id": right["record_id"].to_numpy()[place_right],
        }
    )
    return found if apart is None else found[~_is_apart(found, apart)].reset_index(drop=True)


def _is_apart(found: pd.DataFrame, apart: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which of two records are never one."""
    ends = apart[["record_id_l", "record_id_r"]].astype(object)
    both_ways = pd.concat([ends, ends.set_axis(["record_id_r", "record_id_l"], axis=1)])
    pairs: npt.NDArray[np.bool_] = pd.MultiIndex.from_frame(found.astype(object)).isin(
        pd.MultiIndex.from_frame(both_ways[["record_id_l", "record_id_r"]])
    )
    return pairs


def _telling(frame: pd.DataFrame) -> pd.DataFrame:
    """The records that say enough to be recognised."""
    is_telling = (
        frame["surname"].notna() & frame["forename"].notna() & frame[list(LOCATING)].notna().any(axis=1)
    )
    kept: pd.DataFrame = frame.loc[is_telling, ["record_id", *CONTENT]]
    return kept


def _met_once(content: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    values, counts = np.unique(content, return_counts=True)
    once: npt.NDArray[np.int64] = values[counts == 1]
    return once


def _places(content: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where each wanted content stands; each stands once."""
    order = np.argsort(content, kind="stable")
    places: npt.NDArray[np.int64] = order[np.searchsorted(content[order], wanted)]
    return places
