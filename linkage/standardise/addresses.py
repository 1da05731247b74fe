"""Where a record is: address text, postcode and UPRN."""

import pandas as pd

from linkage.contracts.model import AddressMapping
from linkage.standardise.address_match import match
from linkage.standardise.address_text import ADDRESS_TEXT, join_lines
from linkage.standardise.gazetteer import Gazetteer
from linkage.standardise.identifiers import UPRN_STEPS
from linkage.standardise.postcodes import POSTCODE, POSTCODE_IN_ADDRESS
from linkage.standardise.steps import TEXT, Distinct, apply_steps, missing_text, run_steps, text_array

ADDRESS_COLUMNS = ("uprn", "uprn_match_grade", "parent_uprn", "address_text", "postcode")


def locate(rows: pd.DataFrame, mapping: AddressMapping | None, gazetteer: Gazetteer) -> pd.DataFrame:
    """The address of each row.

    A given UPRN is kept when the gazetteer has it; a withdrawn one is followed to the property that took its place, and
    an unknown one counts as missing. One exception: where the given UPRN is a building's and the text names a unit, the
    unit's UPRN is taken if that very building has it, and otherwise none: the people of several flats must not become
    one household. A row without a UPRN is looked for by its text.

    Args:
        rows: Raw rows.
        mapping: Columns of the address; None when the source has none for this person.
        gazetteer: The gazetteer.

    Returns:
        Same index: `uprn`, `uprn_match_grade`, `parent_uprn`, `address_text`, `postcode`, all text.
    """
    if mapping is None:
        return pd.DataFrame({name: missing_text(rows.index) for name in ADDRESS_COLUMNS})
    frame = address_cells(rows, mapping)
    given = _given(rows, mapping, gazetteer)
    return frame.join(_resolve(given, frame, gazetteer))[list(ADDRESS_COLUMNS)]


def address_cells(rows: pd.DataFrame, mapping: AddressMapping) -> pd.DataFrame:
    """What the cells themselves say: `address_text` and `postcode`, same index."""
    lines = join_lines(rows, mapping.lines)
    return pd.DataFrame(
        {"address_text": run_steps(lines, ADDRESS_TEXT), "postcode": _postcode(rows, mapping, lines)}
    )


def stated_uprns(cells: "pd.Series[str]") -> "pd.Series[str]":
    """UPRNs as the source states them, whether the gazetteer has them or not."""
    return run_steps(cells, UPRN_STEPS)


def _postcode(rows: pd.DataFrame, mapping: AddressMapping, lines: "pd.Series[str]") -> "pd.Series[str]":
    in_text = run_steps(lines, POSTCODE_IN_ADDRESS)
    if mapping.postcode is None:
        return in_text
    return run_steps(rows[mapping.postcode], POSTCODE).fillna(in_text)


def _given(rows: pd.DataFrame, mapping: AddressMapping, gazetteer: Gazetteer) -> "pd.Series[str]":
    """The source's own UPRN, as it stands in the gazetteer today."""
    if mapping.uprn is None:
        return missing_text(rows.index)
    distinct = Distinct.of(rows[mapping.uprn])
    stated = pd.Series(pd.array(apply_steps(distinct.values, UPRN_STEPS), dtype=TEXT)).replace("", pd.NA)
    return distinct.gather(text_array(gazetteer.current(stated).array))


def _resolve(given: "pd.Series[str]", frame: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    in_building = gazetteer.is_shared(given)
    result = pd.DataFrame(
        {
            "uprn": given,
            "uprn_match_grade": pd.Series("given", index=given.index, dtype=TEXT).where(given.notna()),
            "parent_uprn": gazetteer.parents_of(given).fillna(given),
        }
    )
    wanted = (given.isna() | in_building) & frame["address_text"].notna()
    found = _look_up(frame[wanted], gazetteer)
    is_unit_of_given = in_building[wanted] & found["has_unit"]
    found = _only_in_building(found, given[wanted], is_unit_of_given)
    use = found.index[given[wanted].isna() | is_unit_of_given]
    result.loc[use] = found.loc[use, result.columns]
    return result


def _only_in_building(found: pd.DataFrame, given: "pd.Series[str]", named: "pd.Series[bool]") -> pd.DataFrame:
    """Units found in another building than the given one do not count; the given building does."""
    elsewhere = named & ~((found["parent_uprn"] == given) & found["uprn"].notna()).fillna(value=False)
    found.loc[elsewhere, "uprn"] = pd.NA
    found.loc[elsewhere, "parent_uprn"] = given[elsewhere]
    found.loc[elsewhere, "uprn_match_grade"] = "building"
    return found


def _look_up(frame: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    """Match each distinct address once."""
    both = frame["address_text"] + "|" + frame["postcode"].fillna("")
    codes, _ = pd.factorize(both)
    distinct = frame[~both.duplicated().to_numpy()].reset_index(drop=True)
    found = match(distinct["address_text"], distinct["postcode"], gazetteer)
    return found.iloc[codes].set_axis(frame.index)
