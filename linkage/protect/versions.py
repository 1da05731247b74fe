"""The index, now and before, as it would be if it had never known what is secret."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from linkage.protect.secret import Secret
from linkage.protect.spans import cut, ends, joined, overlapping, seen_with
from linkage.schema import LOCATING_ATTRIBUTES, PUBLISHED
from linkage.schema.ddl import FROM, TO

Frames = dict[str, pd.DataFrame]
KEYS = {table.name: list(table.key) for table in PUBLISHED}
LOCATING_GOLDEN = ("uprn", "phone")
ADDRESS_ATTRIBUTES = ["uprn", "household_id"]
LINK_ENDS = {
    "household_link": ("resident_id_l", "resident_id_r"),
    "stated_relation": ("resident_id", "related_resident_id"),
}
SINGLE, COMMUNAL = "single", "communal"


def hide_versions(given: Mapping[str, pd.DataFrame], secret: Secret, members: pd.DataFrame) -> Frames:
    """Take a secret out of versions of the published tables.

    Args:
        given: Versions by table, with the table's columns, `FROM` and `TO`: all rows of `SEALED_TABLES` about the
            residents that hold, or held, a record of the secret, of the households they are or were in, and of the
            records themselves.
        secret: What is to be hidden.
        members: Versions of `resident`, `household_id` and the two ends are enough, of every resident who is or was in
            one of those households.

    Returns:
        The same tables. Readers of any publication see people without their address, records without theirs, residents
        without records that must not be held, and households of the others alone. What no longer changes between two
        publications is one version.
    """
    tables = {name: rows.reset_index(drop=True) for name, rows in given.items()}
    before = tables["crosswalk"]
    tables["crosswalk"] = _without_gone(_without_joined(before, secret.forbidden), secret)
    taken = _removed(before, tables["crosswalk"])
    protected = before[before["record_id"].isin(secret.people)]
    tables = _hide_evidence(tables, secret, taken, protected)
    tables["golden_value"] = _hide_golden(tables, secret, taken, protected)
    tables["resident"] = _hide_residents(tables, given["golden_value"].reset_index(drop=True), protected)
    tables["household"] = _count_members(tables, given["resident"], members)
    tables["household_link"] = _part_links(tables, given["resident"]["resident_id"])
    tables["source_record"] = _hide_records(tables["source_record"], secret)
    tables["record_alias"] = _hide_aliases(tables["record_alias"], secret)
    return {name: joined(rows, KEYS[name]) for name, rows in tables.items()}


def _without_joined(crosswalk: pd.DataFrame, forbidden: pd.DataFrame) -> pd.DataFrame:
    """A resident who held both of two records apart keeps the one of the former identity."""
    if forbidden.empty:
        return crosswalk
    now = forbidden["record_id"]
    other = forbidden["record_id_l"].where(forbidden["record_id_l"] != now, forbidden["record_id_r"])
    both = pd.DataFrame({"record_id": now.to_numpy(dtype=object), "other": other.to_numpy(dtype=object)})
    asked = crosswalk.reset_index().merge(both, on="record_id").set_index("index")
    if asked.empty:
        return crosswalk
    former = crosswalk[["resident_id", "record_id", FROM, TO]].rename(columns={"record_id": "other"})
    is_joined = seen_with(asked, former, ["resident_id", "other"])
    return crosswalk.drop(index=asked.index[is_joined.to_numpy()].unique()).reset_index(drop=True)


def _without_gone(crosswalk: pd.DataFrame, secret: Secret) -> pd.DataFrame:
    return crosswalk[~crosswalk["record_id"].isin(secret.gone)].reset_index(drop=True)


def _removed(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Versions of the crosswalk that are there no more."""
    names = ["record_id", "resident_id", FROM]
    left = pd.MultiIndex.from_frame(after[names].astype(object))
    return before[~pd.MultiIndex.from_frame(before[names].astype(object)).isin(left)]


def _hide_evidence(tables: Frames, secret: Secret, taken: pd.DataFrame, protected: pd.DataFrame) -> Frames:
    """Stays, what bears them out, memberships and relations that are left."""
    evidence = tables["residence_evidence"]
    is_hidden = (
        evidence["record_id"].isin(secret.masked)
        | seen_with(evidence, protected, ["resident_id"])
        | seen_with(evidence, taken, ["resident_id", "record_id"])
    )
    left, lost = evidence[~is_hidden].reset_index(drop=True), evidence[is_hidden]
    stay = ["resident_id", "uprn", "stay"]
    residence = tables["residence"]
    is_unfounded = seen_with(residence, lost, stay) & ~seen_with(residence, left, stay)
    is_chosen = _chosen_from(residence, tables["golden_value"], secret, taken)
    residence = residence[~(is_unfounded | is_chosen | seen_with(residence, protected, ["resident_id"]))]
    members = tables["household_member"]
    found = {
        "residence_evidence": left,
        "residence": residence.reset_index(drop=True),
        "household_member": members[seen_with(members, residence, stay)].reset_index(drop=True),
    }
    links = {name: _without_ends(tables[name], name, protected) for name in LINK_ENDS}
    stated = links["stated_relation"]
    is_told = stated["record_id"].isin(taken["record_id"]) | stated["related_record_id"].isin(
        taken["record_id"]
    )
    return {**tables, **found, **links, "stated_relation": stated[~is_told].reset_index(drop=True)}


def _chosen_from(
    residence: pd.DataFrame, golden: pd.DataFrame, secret: Secret, taken: pd.DataFrame
) -> "pd.Series[bool]":
    """Current stays whose address was chosen from a record that is hidden: the record would be named with it."""
    is_from = golden["record_id"].isin(secret.masked) | seen_with(golden, taken, ["resident_id", "record_id"])
    chosen = golden[is_from & golden["attribute"].eq("uprn")].rename(columns={"value": "uprn"})
    return seen_with(residence, chosen, ["resident_id", "uprn"]) & residence["is_current"].astype(bool)


def _without_ends(links: pd.DataFrame, name: str, protected: pd.DataFrame) -> pd.DataFrame:
    is_hidden = pd.Series(data=False, index=links.index)
    for end in LINK_ENDS[name]:
        is_hidden |= seen_with(links, protected.rename(columns={"resident_id": end}), [end])
    return links[~is_hidden].reset_index(drop=True)


def _hide_golden(
    tables: Frames, secret: Secret, taken: pd.DataFrame, protected: pd.DataFrame
) -> pd.DataFrame:
    golden = tables["golden_value"]
    locates = golden["attribute"].isin(LOCATING_GOLDEN)
    is_hidden = seen_with(golden, taken, ["resident_id", "record_id"]) | (
        locates & (golden["record_id"].isin(secret.masked) | seen_with(golden, protected, ["resident_id"]))
    )
    current = tables["residence"][tables["residence"]["is_current"].astype(bool)]
    homeless = golden["attribute"].eq("uprn") & ~seen_with(
        golden, current.rename(columns={"uprn": "value"}), ["resident_id", "value"]
    )
    return golden[~(is_hidden | homeless)].reset_index(drop=True)


def _hide_residents(tables: Frames, golden_before: pd.DataFrame, protected: pd.DataFrame) -> pd.DataFrame:
    """Residents with the values and the records that they still have; none without a record."""
    crosswalk, golden = tables["crosswalk"], tables["golden_value"]
    bounding = (crosswalk, golden, golden_before, protected)
    pieces = cut(tables["resident"], [moment for rows in bounding for moment in (*rows[FROM], *ends(rows))])
    held = overlapping(pieces, crosswalk[["resident_id", "record_id", "source", FROM, TO]], ["resident_id"])
    counts = held.groupby("row").agg(
        record_count=("record_id", "nunique"), source_count=("source", "nunique")
    )
    pieces = pieces.assign(**{name: counts[name].reindex(pieces.index) for name in counts.columns})
    attributes = sorted(set(golden_before["attribute"]) & set(pieces.columns))
    for attribute in attributes:
        # Only what a golden value bore out and no longer does goes: earlier versions may know some without one.
        was, still = (
            seen_with(pieces, values[values["attribute"].eq(attribute)], ["resident_id"])
            for values in (golden_before, golden)
        )
        pieces[attribute] = pieces[attribute].mask(was & ~still)
    is_protected = seen_with(pieces, protected, ["resident_id"])
    for attribute in (*LOCATING_GOLDEN, "household_id"):
        pieces[attribute] = pieces[attribute].mask(is_protected)
    pieces["household_id"] = pieces["household_id"].mask(pieces["uprn"].isna())
    return pieces[pieces["record_count"].notna()].reset_index(drop=True)


def _count_members(tables: Frames, before: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Households with the members that are left; none without."""
    household, resident = tables["household"], tables["resident"]
    columns = ["resident_id", "household_id", FROM, TO]
    others = members.loc[~members["resident_id"].isin(before["resident_id"]), columns]
    living = pd.concat([resident[columns], others], ignore_index=True).dropna(subset="household_id")
    living = living[living["household_id"].isin(household["household_id"])]
    pieces = cut(household, [*living[FROM], *ends(living)])
    met = overlapping(pieces, living[["household_id", "resident_id", FROM, TO]], ["household_id"])
    count = met.groupby("row")["resident_id"].nunique().reindex(pieces.index).fillna(0).astype(np.int64)
    is_alone = count.eq(1) & pieces["member_count"].ne(1) & pieces["kind"].ne(COMMUNAL)
    pieces = pieces.assign(member_count=count, kind=pieces["kind"].mask(is_alone, SINGLE))
    return pieces[count > 0].reset_index(drop=True)


def _part_links(tables: Frames, before: pd.Series) -> pd.DataFrame:
    """Links with whether both ends still share a household; none with an end that is nobody any more.

    Args:
        tables: Versions, residents already hidden.
        before: Residents whose versions are given; of the others of a link nothing has changed.
    """
    links, resident = tables["household_link"], tables["resident"]
    homes = resident[["resident_id", "household_id", FROM, TO]]
    pieces = cut(links, [*homes[FROM], *ends(homes)])
    is_homeless = pd.Series(data=False, index=pieces.index)
    exists = pd.Series(data=True, index=pieces.index)
    for end in LINK_ENDS["household_link"]:
        named = homes.rename(columns={"resident_id": end})
        is_ours = pieces[end].isin(before)
        is_homeless |= is_ours & seen_with(pieces, named[named["household_id"].isna()], [end])
        exists &= ~is_ours | seen_with(pieces, named, [end])
    is_one = pieces["is_one_address"].astype(bool) & ~is_homeless
    return pieces.assign(is_one_address=is_one)[exists].reset_index(drop=True)


def _hide_records(records: pd.DataFrame, secret: Secret) -> pd.DataFrame:
    held = records[~records["record_id"].isin(secret.gone)].reset_index(drop=True)
    is_masked = held["record_id"].isin(secret.masked)
    return held.assign(**{name: held[name].mask(is_masked) for name in LOCATING_ATTRIBUTES})


def _hide_aliases(aliases: pd.DataFrame, secret: Secret) -> pd.DataFrame:
    ids = aliases[["alias_record_id", "record_id"]].astype(object)
    is_gone = ids.isin(list(secret.gone)).any(axis=1)
    ends_of = secret.forbidden[["record_id_l", "record_id_r"]].astype(object)
    both_ways = pd.concat([ends_of, ends_of.set_axis(["record_id_r", "record_id_l"], axis=1)])
    apart = pd.MultiIndex.from_frame(both_ways)
    return aliases[~is_gone & ~pd.MultiIndex.from_frame(ids).isin(apart)].reset_index(drop=True)
