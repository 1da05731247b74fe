"""Builders of small councils to count, and somebody who knows all that is published and wants to know more."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint, linprog, milp

from linkage.outcomes.open_data.cells import Cells, count_cells
from linkage.outcomes.open_data.rules import open_data_rules

RULES = open_data_rules()
THRESHOLD = RULES.threshold.value
AGES, SERVICES = RULES.categories("age_band"), RULES.categories("services")
SIZES, KINDS = RULES.categories("size_band"), RULES.categories("kind")
LEAST = dict(RULES.size_bands.bands)


@dataclass(frozen=True)
class Council:
    """Residents and households to count."""

    residents: pd.DataFrame
    households: pd.DataFrame

    def cells(self) -> Cells:
        return count_cells(self.residents, self.households, RULES)


def a_council(seed: int, *, wards: int = 3, outwards: int = 2, homes: int = 60, skew: float = 2.0) -> Council:
    """A council whose wards, ages and kinds differ much in how common they are, so that some counts are small."""
    random = np.random.default_rng(seed)
    ward = _drawn(random, [f"W{n}" for n in range(wards)], homes, skew)
    outward = _drawn(random, [f"P{n}" for n in range(outwards)], homes, skew)
    size = 1 + random.binomial(6, random.uniform(0.1, 0.5), homes)
    kind = np.where(size == 1, KINDS[0], _drawn(random, KINDS[1:], homes, skew))
    homes_frame = pd.DataFrame({"ward": ward, "outward_postcode": outward, "size": size, "kind": kind})
    people = homes_frame.loc[homes_frame.index.repeat(homes_frame["size"]), ["ward", "outward_postcode"]]
    residents = people.reset_index(drop=True).assign(
        age_band=_drawn(random, AGES, len(people), skew), services=_drawn(random, SERVICES, len(people), skew)
    )
    households = homes_frame.assign(size_band=RULES.size_bands.of(homes_frame["size"])).drop(columns="size")
    return Council(residents, households)


def _drawn(random: np.random.Generator, names: Sequence[str], count: int, skew: float) -> np.ndarray:
    odds = random.permutation(1.0 / np.arange(1, len(names) + 1) ** skew)
    return random.choice(np.array(names), size=count, p=odds / odds.sum())


class Attacker:
    """Knows every shown count exactly, and which wards and outward postcodes meet; nothing of how they were chosen.

    The unknowns are how many residents there are of each ward, postcode, age band and number of services, and how many
    households of each ward, postcode, size band and kind: whatever is published is a sum of them.
    """

    def __init__(self, cells: Cells, hidden: np.ndarray) -> None:
        parts = cells.frame.loc[cells.frame["area_type"].eq("part") & cells.frame["count"].gt(0), "area"]
        pairs = [area.split("\x1f") for area in sorted(set(parts))]
        self.unknowns = pd.DataFrame(
            [("residents", w, p, a, s) for w, p in pairs for a in AGES for s in SERVICES]
            + [
                ("households", w, p, z, k)
                for w, p in pairs
                for z in SIZES
                for k in KINDS
                if (z == SIZES[0]) == (k == KINDS[0])
            ],
            columns=["population", "ward", "outward_postcode", "first", "second"],
        )
        shown = cells.frame[~hidden]
        self.equal = np.array([self.members(row) for row in shown.to_dict("records")], dtype=float)
        self.equal = self.equal.reshape(len(shown), len(self.unknowns))
        self.known = shown["count"].to_numpy(dtype=float)
        people = self.unknowns["population"].eq("residents").to_numpy()
        least = self.unknowns["first"].map(LEAST).fillna(0).to_numpy(dtype=float)
        where = (self.unknowns["ward"] + self.unknowns["outward_postcode"]).to_numpy()
        self.within = np.array([(least - people) * (where == w + p) for w, p in pairs], dtype=float)

    def members(self, row: dict) -> np.ndarray:
        """Which unknowns a cell counts."""
        unknowns = self.unknowns
        chosen = unknowns["population"].eq(row["population"])
        if row["area_type"] == "part":
            ward, outward = row["area"].split("\x1f")
            chosen &= unknowns["ward"].eq(ward) & unknowns["outward_postcode"].eq(outward)
        elif row["area_type"] != "council":
            chosen &= unknowns[row["area_type"]].eq(row["area"])
        if row["category_kind"] != "total":
            place = "first" if row["category_kind"] in ("age_band", "size_band") else "second"
            chosen &= unknowns[place].eq(row["category"])
        return chosen.to_numpy()

    def limit(self, row: dict, *, most: bool) -> float:
        """The least or most that a cell may be."""
        aim = self.members(row).astype(float) * (-1 if most else 1)
        equal = (self.equal, self.known) if len(self.known) else (None, None)
        within = (self.within, np.zeros(len(self.within))) if len(self.within) else (None, None)
        found = linprog(aim, A_ub=within[0], b_ub=within[1], A_eq=equal[0], b_eq=equal[1], method="highs")
        if found.status == 3:
            return np.inf
        assert found.status == 0, found.message
        return (-1 if most else 1) * found.fun


def most_whole_people(cells: Cells, hidden: np.ndarray, cell: int) -> float:
    """The most that a hidden cell may be when people come whole, by how the cells add up."""
    places, shown = np.flatnonzero(hidden), np.where(hidden, 0.0, cells.frame["count"])
    equal, within = -(cells.equal @ shown), -(cells.within @ shown)
    rules = [
        LinearConstraint(cells.equal[:, places], equal, equal),
        LinearConstraint(cells.within[:, places], -np.inf, within),
    ]
    found = milp(-(places == cell).astype(float), constraints=rules, integrality=np.ones(len(places)))
    if found.status == 3:
        return np.inf
    assert found.status == 0, found.message
    return -found.fun
