"""Names of each community: who bears which name how often, and how a surname passes to spouse and child."""

from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
from anyascii import anyascii

from sample_data.generator import reference
from sample_data.generator.arrays import Floats, Ints, Texts
from sample_data.generator.draws import choose

COLLISION = 0.0009
"""Chance that two random people share a surname (ONS 2002 list of 50,000 names)."""
TAIL_SIZE = 6000


class Pool:
    """Name codes and their weights."""

    def __init__(self, codes: Ints, weights: npt.NDArray[np.floating[Any]]) -> None:
        self.codes = codes
        self.weights: Floats = np.asarray(weights / weights.sum(), dtype=np.float64)

    def draw(self, u: Floats) -> Ints:
        """Codes for numbers in [0, 1)."""
        return self.codes[choose(u, self.weights)]


class Words:
    """Distinct texts by code; new ones may be added, codes never change."""

    def __init__(self) -> None:
        self._code: dict[str, int] = {}
        self.items: list[str] = []

    def codes(self, items: list[str]) -> Ints:
        """Codes of texts, adding those not yet known."""
        for item in items:
            if item not in self._code:
                self._code[item] = len(self.items)
                self.items.append(item)
        return np.array([self._code[item] for item in items], dtype=np.int64)

    def compounds(self, first: Ints, second: Ints, separator: str) -> Ints:
        """Codes of two parts joined, worked out once for each distinct pair."""
        pairs, place = np.unique(first * 10**7 + second, return_inverse=True)
        made = [f"{self.items[p // 10**7]}{separator}{self.items[p % 10**7]}" for p in pairs.tolist()]
        return self.codes(made)[place]

    def texts(self) -> Texts:
        """All texts in order of code."""
        return np.array(self.items, dtype=object)

    def folded(self) -> Texts:
        """All texts in capitals without accents."""
        return np.array([anyascii(item).upper() for item in self.items], dtype=object)


class Lexicon:
    """All forenames and surnames and who draws them."""

    def __init__(self, profile: str) -> None:
        rows = reference.table("communities")
        self.communities: list[str] = rows["community"].tolist()
        self.shares = rows[f"{profile}_pct"].astype(float).to_numpy() / 100
        self.rules = rows["surname_rule"].to_numpy(dtype=object)
        self.swap_rate = rows["swap_pct"].astype(float).to_numpy() / 100
        self.new_year_rate = rows["new_year_pct"].astype(float).to_numpy() / 100
        self.forenames, self.surnames = Words(), Words()
        self.surname_pools = self._calibrated([self._surnames(name) for name in self.communities])
        self.forename_pools = self._forenames()

    def code(self, community: str) -> int:
        """Number of a community."""
        return self.communities.index(community)

    def draw_surnames(self, community: Ints, u: Floats) -> Ints:
        """A surname code for each person of a community."""
        result = np.zeros(len(u), dtype=np.int64)
        for number, pool in enumerate(self.surname_pools):
            mine = community == number
            result[mine] = pool.draw(u[mine])
        return result

    def draw_forenames(self, community: Ints, sex: Ints, is_older: Ints, u: Floats) -> Ints:
        """A forename code for each person; sex 0 is male, 1 female."""
        result = np.zeros(len(u), dtype=np.int64)
        group = community * 4 + sex * 2 + is_older
        for key in np.unique(group).tolist():
            mine = group == key
            result[mine] = self.forename_pools[key].draw(u[mine])
        return result

    def collision(self) -> float:
        """Chance that two random people of the design share a surname, kinship apart."""
        share = np.zeros(len(self.surnames.items))
        for weight, pool in zip(self.shares, self.surname_pools, strict=True):
            np.add.at(share, pool.codes, weight * pool.weights)
        return float((share**2).sum())

    def _surnames(self, community: str) -> tuple[Pool, Pool]:
        """Head and tail of a community's surnames."""
        rows = reference.table("surnames").set_index("community")["names"]
        names = [name.replace("ap-", "ap ") for name in rows[community].split()]
        codes = self.surnames.codes(names)
        weights = 1.0 / (np.arange(len(codes)) + 6)
        if community == "british":
            extra = _faker_weights("en_GB")
            more = self.surnames.codes(list(extra))
            codes, weights = more, np.array(list(extra.values()))
        return Pool(codes, weights), self._tail(community)

    def _tail(self, community: str) -> Pool:
        parts = reference.table("surname_parts")
        mine = parts[parts["community"] == community].set_index("position")["parts"]
        made = [a + b for a in mine["first"].split() for b in mine["last"].split()]
        order = np.random.Generator(np.random.PCG64(20)).permutation(len(made))[:TAIL_SIZE]
        locales = reference.table("communities").set_index("community")["faker_locales"][community]
        listed = [n for locale in locales.split("|") if locale for n in _faker_surnames(locale)]
        codes = self.surnames.codes(list(dict.fromkeys([*listed, *(made[i] for i in order)])))
        return Pool(codes, 1.0 / (np.arange(len(codes)) + 150) ** 0.5)

    def _calibrated(self, pools: list[tuple[Pool, Pool]]) -> list[Pool]:
        """Heads and tails mixed so that two random people share a surname as often as in the country."""
        low, high = 0.0, 1.0
        for _ in range(40):
            middle = (low + high) / 2
            self.surname_pools = [_mixed(head, tail, middle) for head, tail in pools]
            low, high = (middle, high) if self.collision() < COLLISION else (low, middle)
        return self.surname_pools

    def _forenames(self) -> dict[int, Pool]:
        pools: dict[int, Pool] = {}
        for row in reference.table("forenames").to_dict("records"):
            codes = self.forenames.codes(row["names"].split())
            pool = Pool(codes, 1.0 / (np.arange(len(codes)) + 4))
            base = self.code(row["community"]) * 4 + (2 if row["sex"] == "F" else 0)
            for cohort, offset in (("younger", 0), ("older", 1)):
                if row["cohort"] in (cohort, "any"):
                    pools[base + offset] = pool
        return pools


def _mixed(head: Pool, tail: Pool, head_share: float) -> Pool:
    codes = np.concatenate([head.codes, tail.codes])
    return Pool(codes, np.concatenate([head.weights * head_share, tail.weights * (1 - head_share)]))


@lru_cache
def _faker_weights(locale: str) -> dict[str, float]:
    names = import_module(f"faker.providers.person.{locale}").Provider.last_names
    return {str(name): float(weight) for name, weight in names.items()}


@lru_cache
def _faker_surnames(locale: str) -> list[str]:
    provider = import_module(f"faker.providers.person.{locale}").Provider
    names = getattr(provider, "last_romanized_names", None) or provider.last_names
    return sorted({str(name) for name in names if str(name)[0].isalpha() and " " not in str(name)})
