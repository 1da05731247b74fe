"""Cells of the open data, and what everybody knows of how they add up."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from linkage.outcomes.open_data.rules import Rules

COUNCIL = "council"
WARD = "ward"
OUTWARD = "outward_postcode"
PART = "part"
"""Part of an outward postcode that lies in one ward: never shown, but two shown totals may tell it."""
TOTAL = "total"
KEY = ["population", "area_type", "area", "category_kind", "category"]
KINDS = {"residents": ("age_band", "services"), "households": ("size_band", "kind")}
EVERYWHERE = "all"


@dataclass(frozen=True)
class Cells:
    """Counts, and how they add up.

    Attributes:
        frame: One row a cell: the columns of `KEY`, `count`, `is_shown` (False for a part, which no dataset shows) and
            `rank` (0 for a count of one ward and category, 1 for a total of either, 2 for the whole). Index 0..n-1.
        equal: One row a sum: 1 for a member, -1 for the total; times the counts it is 0.
        within: One row a bound: times the counts it is at most 0.
    """

    frame: pd.DataFrame
    equal: csr_matrix
    within: csr_matrix


def count_cells(residents: pd.DataFrame, households: pd.DataFrame, rules: Rules) -> Cells:
    """Cells of all datasets together, since who reads one reads the others beside it.

    Args:
        residents: One row a resident: ward, outward_postcode, age_band, services.
        households: One row a household: ward, outward_postcode, size_band, kind.
        rules: Rules of the open data.
    """
    populations = {"residents": residents, "households": households}
    frame = pd.concat(
        [_counts(people, name, rules) for name, people in populations.items()], ignore_index=True
    )
    frame = frame.assign(is_shown=frame["area_type"].ne(PART), rank=_rank(frame))
    numbers = pd.Series(np.arange(len(frame)), index=pd.MultiIndex.from_frame(frame[KEY]))
    sums = pd.concat([_sums(frame), _same_people(frame, rules)], ignore_index=True)
    return Cells(frame, _matrix(sums, numbers), _matrix(_bounds(frame, rules), numbers))


def _counts(people: pd.DataFrame, population: str, rules: Rules) -> pd.DataFrame:
    wards, outwards = sorted(people["ward"].unique()), sorted(people[OUTWARD].unique())
    pieces = [_block(people[WARD].value_counts().reindex(wards), WARD), _block(_all(people), COUNCIL)]
    pieces.append(_block(people[OUTWARD].value_counts().reindex(outwards), OUTWARD))
    pieces.append(_block((people[WARD] + "\x1f" + people[OUTWARD]).value_counts().sort_index(), PART))
    for kind in KINDS[population]:
        grid = pd.crosstab(people[WARD], people[kind])
        grid = grid.reindex(index=wards, columns=rules.categories(kind), fill_value=0)
        pieces += [_block(grid[name], WARD, kind, str(name)) for name in grid]
        pieces += [
            _block(pd.Series({EVERYWHERE: grid[name].sum()}), COUNCIL, kind, str(name)) for name in grid
        ]
    return pd.concat(pieces, ignore_index=True).assign(population=population)


def _all(people: pd.DataFrame) -> "pd.Series[int]":
    return pd.Series({EVERYWHERE: len(people)})


def _block(counts: pd.Series, area_type: str, kind: str = TOTAL, category: str = TOTAL) -> pd.DataFrame:
    told = {"area_type": area_type, "category_kind": kind, "category": category}
    areas = counts.index.astype(str).to_numpy(dtype=object)
    return pd.DataFrame({"area": areas, "count": counts.to_numpy(dtype="int64")}).assign(**told)


def _rank(frame: pd.DataFrame) -> "pd.Series[int]":
    """The order in which counts are given up: those of one ward and category first, the whole last."""
    is_council, is_total = frame["area_type"].eq(COUNCIL), frame["category_kind"].eq(TOTAL)
    return is_council.astype(int) + (is_total & frame["area_type"].ne(OUTWARD)).astype(int)


def _sums(frame: pd.DataFrame) -> pd.DataFrame:
    """Members and totals of every sum: name of the sum, the key of the cell, the factor."""
    totals, inner = frame[frame["category_kind"].eq(TOTAL)], frame[frame["category_kind"].ne(TOTAL)]
    pieces = []
    for kind, members in inner.groupby("category_kind"):
        across = members.assign(sum=members["area_type"] + members["area"] + str(kind), factor=1.0)
        own = totals[
            totals["area_type"].isin([WARD, COUNCIL]) & totals["population"].isin(members["population"])
        ]
        pieces += [across, own.assign(sum=own["area_type"] + own["area"] + str(kind), factor=-1.0)]
    wards = frame[frame["area_type"].isin([WARD, COUNCIL])]
    down = wards["population"] + "down" + wards["category_kind"] + wards["category"]
    pieces.append(wards.assign(sum=down, factor=np.where(wards["area_type"].eq(COUNCIL), -1.0, 1.0)))
    return pd.concat([*pieces, *_parts(totals)], ignore_index=True)


def _parts(totals: pd.DataFrame) -> list[pd.DataFrame]:
    """Parts add up to wards one way and to outward postcodes the other, and so both add up to the whole."""
    parts = totals[totals["area_type"].eq(PART)]
    halves = parts["area"].astype("string").str.split("\x1f", expand=True).reindex(columns=range(2))
    pieces = []
    for place, area_type in enumerate((WARD, OUTWARD)):
        wholes = totals[totals["area_type"].eq(area_type)]
        named = parts["population"] + area_type + halves[place].fillna("")
        pieces.append(parts.assign(sum=named, factor=1.0))
        pieces.append(wholes.assign(sum=wholes["population"] + area_type + wholes["area"], factor=-1.0))
    return pieces


def _same_people(frame: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Households of one person are counted by size and by kind: the two counts are one."""
    size, kind = next(iter(rules.size_bands.bands)), rules.kinds.labels["single"]
    one = frame[frame["category_kind"].eq("size_band") & frame["category"].eq(size)]
    same = frame[frame["category_kind"].eq("kind") & frame["category"].eq(kind)]
    return pd.concat(
        [
            rows.assign(sum="single" + rows["area_type"] + rows["area"], factor=factor)
            for rows, factor in ((one, 1.0), (same, -1.0))
        ]
    )


def _bounds(frame: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Nobody lives in two homes: households of an area, by the least that live in each, are no more than residents."""
    least = frame["category"].map(rules.size_bands.bands).where(frame["category_kind"].eq("size_band"))
    areas = frame["area_type"] + frame["area"]
    sized = frame.assign(sum="sized" + areas, factor=least)[least.notna()]
    homes = frame[frame["population"].eq("households") & frame["category_kind"].eq(TOTAL)]
    people = frame[frame["population"].eq("residents") & frame["category_kind"].eq(TOTAL)]
    pieces = [
        sized,
        people.assign(sum="sized" + areas.loc[people.index], factor=-1.0),
        homes.assign(sum="homes" + areas.loc[homes.index], factor=1.0),
        people.assign(sum="homes" + areas.loc[people.index], factor=-1.0),
    ]
    return pd.concat(pieces, ignore_index=True)


def _matrix(sums: pd.DataFrame, numbers: "pd.Series[int]") -> csr_matrix:
    rows, names = pd.factorize(sums["sum"])
    columns = numbers.loc[pd.MultiIndex.from_frame(sums[KEY])].to_numpy()
    shape = (len(names), len(numbers))
    return csr_matrix((sums["factor"].to_numpy(dtype=float), (rows, columns)), shape=shape)
