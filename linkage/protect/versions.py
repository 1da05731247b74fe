"""The index, now and before, as it would be if it had never known what is secret."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkage.protect.sayings import sayings, supported
from linkage.protect.secret import Secret
from linkage.protect.spans import cut, ends, joined, overlapping, seen_with
from linkage.protect.stays import left_members, left_stays
from linkage.schema import LOCATING_ATTRIBUTES, PUBLISHED
from linkage.schema.ddl import FROM, TO
from linkage.texts import is_one_of

Frames = dict[str, pd.DataFrame]
KEYS = {table.name: list(table.key) for table in PUBLISHED}
LOCATING_GOLDEN = ("uprn", "phone")
LINK_ENDS = {
    "household_link": ("resident_id_l", "resident_id_r"),
    "stated_relation": ("resident_id", "related_resident_id"),
}
SINGLE, COMMUNAL = "single", "communal"


@dataclass(frozen=True)
class _Known:
    """What is there before hiding: versions by table.

    Attributes:
        crosswalk: With `is_hidden`: the record is to be the resident's no more.
        protected: The part of it that puts records of protected people to their residents.
        said: What records said of residents, as `sayings` gives it.
    """

    crosswalk: pd.DataFrame
    protected: pd.DataFrame
    said: pd.DataFrame

    @property
    def taken(self) -> pd.DataFrame:
        """Versions of the crosswalk that go."""
        return self.crosswalk[self.crosswalk["is_hidden"]]


def hide_versions(
    given: Mapping[str, pd.DataFrame],
    secret: Secret,
    members: pd.DataFrame,
    *,
    comparison_sources: frozenset[str] = frozenset(),
) -> Frames:
    """Take a secret out of versions of the published tables.

    Args:
        given: Versions by table, with the table's columns, `FROM` and `TO`: all rows about the residents that hold, or
            held, a record of the secret, of the households they are or were in, and of all records of either.
        secret: What is to be hidden.
        members: Versions of `resident` of every resident who is or was in one of those households.
        comparison_sources: Sources that give no shown value.

    Returns:
        The same tables. Readers of any publication see people without their address, records without theirs, residents
        without records that must not be held, and households of the others alone. A value that rested on a hidden
        record rests on another that says the same, or goes. What no longer changes between two publications is one
        version.
    """
    tables = {name: rows.reset_index(drop=True) for name, rows in given.items()}
    known = _known(tables, secret, comparison_sources)
    is_taken = known.crosswalk["is_hidden"].to_numpy(dtype=bool)
    tables["crosswalk"] = tables["crosswalk"][~is_taken].reset_index(drop=True)
    golden_before, residents_before = tables["golden_value"], tables["resident"]
    tables |= _hide_stays(tables, secret, known)
    tables |= _hide_links(tables, known)
    tables["golden_value"] = _hide_golden(tables["golden_value"], secret, known)
    tables["resident"] = _hide_residents(tables, golden_before, known.protected)
    tables["household"] = _count_members(tables, residents_before, members)
    tables["household_link"] = _part_links(tables, residents_before["resident_id"])
    tables["source_record"] = _hide_records(tables["source_record"], secret)
    tables["record_alias"] = _hide_aliases(tables["record_alias"], secret)
    return {name: joined(rows, KEYS[name]) for name, rows in tables.items()}


def _known(tables: Frames, secret: Secret, comparison_sources: frozenset[str]) -> _Known:
    crosswalk, golden = tables["crosswalk"], tables["golden_value"]
    is_gone = is_one_of(crosswalk["record_id"], secret.gone).to_numpy(dtype=bool)
    crosswalk = crosswalk.assign(is_hidden=is_gone | _is_joined(crosswalk, secret.forbidden))
    attributes = sorted({"uprn", "phone", *golden["attribute"]} & set(tables["source_record"].columns))
    said = sayings(crosswalk, tables["source_record"], attributes, secret.masked)
    said = said[~said["source"].isin(comparison_sources) | said["attribute"].eq("uprn")]
    protected = crosswalk[is_one_of(crosswalk["record_id"], secret.people)]
    return _Known(crosswalk, protected, said.reset_index(drop=True))


def _is_joined(crosswalk: pd.DataFrame, forbidden: pd.DataFrame) -> "np.typing.NDArray[np.bool_]":
    """Of a resident who held both of two records that are apart, the record of the present identity."""
    now = forbidden["record_id"].to_numpy(dtype=object)
    left, right = (forbidden[name].to_numpy(dtype=object) for name in ("record_id_l", "record_id_r"))
    both = pd.DataFrame({"record_id": now, "other": np.where(left == now, right, left)})
    asked = crosswalk.assign(row=crosswalk.index).merge(both, on="record_id")
    former = crosswalk[["resident_id", "record_id", FROM, TO]].rename(columns={"record_id": "other"})
    rows = asked.loc[seen_with(asked, former, ["resident_id", "other"]), "row"]
    return np.asarray(crosswalk.index.isin(rows), dtype=np.bool_)


def _hide_stays(tables: Frames, secret: Secret, known: _Known) -> Frames:
    """Stays, what bears them out, and memberships that are left."""
    evidence = tables["residence_evidence"]
    is_hidden = is_one_of(evidence["record_id"], secret.masked) | seen_with(
        evidence, known.taken, ["resident_id", "record_id"]
    )
    said = known.said[known.said["attribute"].eq("uprn")].rename(columns={"value": "uprn"})
    residence = left_stays(tables["residence"], evidence.assign(is_hidden=is_hidden), said, known.protected)
    is_shown = ~is_hidden & ~seen_with(evidence, known.protected, ["resident_id"])
    return {
        "residence_evidence": evidence[is_shown].reset_index(drop=True),
        "residence": residence,
        "household_member": left_members(tables["household_member"], residence),
    }


def _hide_links(tables: Frames, known: _Known) -> Frames:
    """Links and relations with nobody whose address is withheld, and none from a row that must not be held."""
    found = {name: _without_ends(tables[name], name, known.protected) for name in LINK_ENDS}
    stated, taken = found["stated_relation"], known.taken["record_id"]
    is_told = is_one_of(stated["record_id"], taken) | is_one_of(stated["related_record_id"], taken)
    return {**found, "stated_relation": stated[~is_told].reset_index(drop=True)}


def _without_ends(links: pd.DataFrame, name: str, protected: pd.DataFrame) -> pd.DataFrame:
    is_hidden = pd.Series(data=False, index=links.index)
    for end in LINK_ENDS[name]:
        is_hidden |= seen_with(links, protected.rename(columns={"resident_id": end}), [end])
    return links[~is_hidden].reset_index(drop=True)


def _hide_golden(golden: pd.DataFrame, secret: Secret, known: _Known) -> pd.DataFrame:
    """Golden values that somebody may still be shown, each named after a record that may be."""
    pieces = supported(golden, known.said, ["resident_id", "attribute", "value"])
    locates = pieces["attribute"].isin(LOCATING_GOLDEN)
    is_named = seen_with(pieces, known.taken, ["resident_id", "record_id"]) | (
        locates & is_one_of(pieces["record_id"], secret.masked)
    )
    is_protected = locates & seen_with(pieces, known.protected, ["resident_id"])
    is_left = ~is_protected & (~is_named | pieces["heir"].notna())
    shown = pieces.assign(
        record_id=pieces["record_id"].mask(is_named, pieces["heir"]),
        agreeing_source_count=pieces["agreeing_source_count"] - pieces["lost_source_count"],
    )[is_left]
    return shown[golden.columns].reset_index(drop=True)


def _hide_residents(tables: Frames, golden_before: pd.DataFrame, protected: pd.DataFrame) -> pd.DataFrame:
    """Residents with the values and the records that they still have; none without a record."""
    crosswalk, golden = tables["crosswalk"], tables["golden_value"]
    current = tables["residence"][tables["residence"]["is_current"].astype(bool)]
    bounding = (crosswalk, golden, golden_before, protected, current)
    pieces = cut(tables["resident"], [moment for rows in bounding for moment in (*rows[FROM], *ends(rows))])
    held = overlapping(pieces, crosswalk[["resident_id", "record_id", "source", FROM, TO]], ["resident_id"])
    counts = held.groupby("row").agg(
        record_count=("record_id", "nunique"), source_count=("source", "nunique")
    )
    pieces = pieces.assign(**{name: counts[name].reindex(pieces.index) for name in counts.columns})
    for attribute in sorted(set(golden_before["attribute"]) & set(pieces.columns)):
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
    others = members.loc[~is_one_of(members["resident_id"], before["resident_id"]), columns]
    living = pd.concat([resident[columns], others], ignore_index=True).dropna(subset="household_id")
    living = living[is_one_of(living["household_id"], household["household_id"])]
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
        is_ours = is_one_of(pieces[end], before)
        is_homeless |= is_ours & seen_with(pieces, named[named["household_id"].isna()], [end])
        exists &= ~is_ours | seen_with(pieces, named, [end])
    is_one = pieces["is_one_address"].astype(bool) & ~is_homeless
    return pieces.assign(is_one_address=is_one)[exists].reset_index(drop=True)


def _hide_records(records: pd.DataFrame, secret: Secret) -> pd.DataFrame:
    held = records[~is_one_of(records["record_id"], secret.gone)].reset_index(drop=True)
    is_masked = is_one_of(held["record_id"], secret.masked)
    return held.assign(**{name: held[name].mask(is_masked) for name in LOCATING_ATTRIBUTES})


def _hide_aliases(aliases: pd.DataFrame, secret: Secret) -> pd.DataFrame:
    """Aliases of records that are held, and are one."""
    ids = aliases[["alias_record_id", "record_id"]].astype(object)
    is_gone = ids.isin(list(secret.gone)).any(axis=1)
    ends_of = secret.forbidden[["record_id_l", "record_id_r"]].astype(object)
    both_ways = pd.concat([ends_of, ends_of.set_axis(["record_id_r", "record_id_l"], axis=1)])
    apart = pd.MultiIndex.from_frame(both_ways)
    return aliases[~is_gone & ~pd.MultiIndex.from_frame(ids).isin(apart)].reset_index(drop=True)
