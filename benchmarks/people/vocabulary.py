"""Names and streets: what there is to draw from, and how common each is among whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from benchmarks.people.arrays import Floats, Generator, Ints, positions
from sample_data.generator import reference

FIRST_DECADE, DECADES = 1920, 11
LONGEST_TAIL = 3000
COHORT_PEAK = {"older": 1952.0, "younger": 2000.0}
COHORT_SPREAD = 14.0
"""Years about its peak in which a forename is in fashion."""
OTHER_LOCALES = {
    "british": ["en_GB", "en_NZ", "en_US"],
    "welsh": ["en_GB"],
    "european": ["it_IT", "fr_FR", "de_DE", "nl_NL", "hu_HU", "ro_RO", "pl_PL"],
    "caribbean": ["en_GB", "en_US"],
    "west_african": ["yo_NG", "tw_GH", "en_NG", "ha_NG", "ig_NG"],
}
SHORT_STREET_TYPES = {
    "Street": "St",
    "Road": "Rd",
    "Lane": "Ln",
    "Avenue": "Ave",
    "Terrace": "Terr",
    "Place": "Pl",
    "Gardens": "Gdns",
    "Square": "Sq",
    "Crescent": "Cres",
    "Grove": "Gr",
    "Close": "Cl",
}


class Words:
    """Distinct texts by code, in the order in which they were first met."""

    def __init__(self) -> None:
        self._code: dict[str, int] = {}

    def codes(self, texts: Iterable[str]) -> Ints:
        """Codes of texts, those not yet known being added."""
        return np.array([self._code.setdefault(text, len(self._code)) for text in texts], dtype=np.int64)

    def texts(self) -> pa.Array:
        """All texts in the order of their codes."""
        return pa.array(list(self._code), pa.string())


@dataclass(frozen=True, slots=True)
class Pool:
    """Codes of names and their cumulative shares, last one 1."""

    codes: Ints
    edges: Floats

    def draw(self, u: Floats) -> Ints:
        """Codes for numbers in [0, 1)."""
        return self.codes[positions(self.edges, u)]


@dataclass(frozen=True, slots=True)
class Names:
    """All names and who bears them.

    Attributes:
        shares: How common each origin is, shape (origins,).
        forenames: Texts by forename code, short forms included.
        surnames: Texts by surname code.
        forename_pools: By origin, sex (0 male, 1 female) and decade of birth: (origin * 2 + sex) * DECADES + decade.
        surname_pools: By origin.
        short_forms: Codes of a forename's short forms, -1 where there are no more, shape (forenames, 3).
    """

    shares: Floats
    forenames: pa.Array
    surnames: pa.Array
    forename_pools: list[Pool]
    surname_pools: list[Pool]
    short_forms: Ints

    def draw_forenames(self, rng: Generator, origin: Ints, sex: Ints, birth_year: Ints) -> Ints:
        """A forename code for each person, as it was fashionable when and where they were born."""
        decade = np.clip((birth_year - FIRST_DECADE) // 10, 0, DECADES - 1)
        return _draw_each(rng, self.forename_pools, (origin * 2 + sex) * DECADES + decade)

    def draw_surnames(self, rng: Generator, origin: Ints) -> Ints:
        """A surname code for each person."""
        return _draw_each(rng, self.surname_pools, origin)


@cache
def names() -> Names:
    """All names. Always the same: only who bears them depends on a simulation's seed."""
    rng = np.random.default_rng(1)
    communities = reference.table("communities")
    origins = communities["community"].tolist()
    shares = (communities["camden_pct"].astype(float) + communities["vale_pct"].astype(float)).to_numpy()
    forenames, surnames = Words(), Words()
    forename_pools = [
        pool
        for origin, sex in product(origins, "MF")
        for pool in _forename_pools(rng, forenames, origin, sex)
    ]
    surname_pools = [_surname_pool(rng, surnames, origin) for origin in origins]
    short_forms = _short_forms(forenames)
    return Names(
        shares / shares.sum(),
        forenames.texts(),
        surnames.texts(),
        forename_pools,
        surname_pools,
        short_forms,
    )


def street_names(rng: Generator, count: int) -> tuple[pa.Array, pa.Array]:
    """Names of streets, written out and shortened, shape (count,); they repeat after some 75,000, as between towns."""
    parts = _surname_parts("british")
    stems = [*reference.words("stem"), *(first + last for first, last in product(*parts))]
    kinds = reference.words("type")
    order = rng.permutation(len(stems) * len(kinds))
    stem, kind = np.divmod(order[np.arange(count) % len(order)], len(kinds))
    short = [SHORT_STREET_TYPES.get(name, name) for name in kinds]
    stem_texts = pa.array(stems).take(pa.array(stem))
    return (
        _joined(stem_texts, pa.array(kinds).take(pa.array(kind))),
        _joined(stem_texts, pa.array(short).take(pa.array(kind))),
    )


def _joined(first: pa.Array, second: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(first, second, " ")


def _draw_each(rng: Generator, pools: list[Pool], group: Ints) -> Ints:
    u = rng.random(len(group))
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(len(pools) + 1))
    result = np.empty(len(group), dtype=np.int64)
    for pool, start, stop in zip(pools, bounds[:-1], bounds[1:], strict=True):
        mine = order[start:stop]
        result[mine] = pool.draw(u[mine])
    return result


def _pool(codes: Ints, weights: npt.NDArray[np.floating[Any]]) -> Pool:
    return Pool(codes, np.asarray(np.cumsum(weights) / weights.sum(), dtype=np.float64))


def _forename_pools(rng: Generator, words: Words, origin: str, sex: str) -> list[Pool]:
    """One pool for each decade of birth."""
    rows = reference.table("forenames")
    rows = rows[(rows["community"] == origin) & (rows["sex"] == sex)]
    listed = zip(rows["names"].tolist(), rows["cohort"].tolist(), strict=True)
    heads = [(_plain(texts.split()), COHORT_PEAK.get(cohort)) for texts, cohort in listed]
    attribute = "first_names_male" if sex == "M" else "first_names_female"
    tail = [name for locale in _locales(origin) for name in _listed(locale, attribute)]
    tail = [tail[place] for place in rng.permutation(len(tail))]
    texts = [name for head, _ in heads for name in head] + tail
    rank = np.concatenate([np.arange(len(head)) for head, _ in heads] + [np.arange(len(tail)) + 40])
    peaks = [np.full(len(head), np.nan if peak is None else peak) for head, peak in heads]
    peak = np.concatenate([*peaks, np.full(len(tail), np.nan)])
    is_any = np.isnan(peak)
    peak[is_any] = rng.uniform(FIRST_DECADE, FIRST_DECADE + 10 * DECADES, is_any.sum())
    spread = np.where(is_any, 2.5, 1.0) * COHORT_SPREAD
    codes = words.codes(texts)
    middles = FIRST_DECADE + 10 * np.arange(DECADES) + 5.0
    fashion = [0.02 + np.exp(-0.5 * ((middle - peak) / spread) ** 2) for middle in middles]
    return [_pool(codes, now / (rank + 4.0)) for now in fashion]


def _surname_pool(rng: Generator, words: Words, origin: str) -> Pool:
    rows = reference.table("surnames").set_index("community")["names"]
    known = _plain(rows[origin].split())
    for locale in _locales(origin):
        known += _listed(locale, "last_names")
    first, last = _surname_parts(origin)
    made = [anyascii(a + b) for a, b in product(first, last)]
    tail = [made[place] for place in rng.permutation(len(made))[:LONGEST_TAIL]]
    codes = words.codes(dict.fromkeys([*known, *tail]))
    return _pool(codes, 1.0 / (np.arange(len(codes)) + 8.0))


def _surname_parts(origin: str) -> tuple[list[str], list[str]]:
    parts = reference.table("surname_parts")
    mine = parts[parts["community"] == origin].set_index("position")["parts"]
    return mine["first"].split(), mine["last"].split()


def _locales(origin: str) -> list[str]:
    listed = reference.table("communities").set_index("community")["faker_locales"][origin].split("|")
    return OTHER_LOCALES.get(origin, [locale for locale in listed if locale])


def _listed(locale: str, attribute: str) -> list[str]:
    """Faker's names of a locale, commonest first where it knows, those in other scripts left out."""
    provider = import_module(f"faker.providers.person.{locale}").Provider
    listed = getattr(provider, attribute, ())
    weights = listed if isinstance(listed, dict) else dict.fromkeys(listed, 1.0)
    return [
        plain
        for name in sorted(weights, key=lambda name: -weights[name])
        if name.upper() != name.lower()
        for plain in _plain([name])
        if plain.isalpha()
    ]


def _plain(texts: list[str]) -> list[str]:
    return [anyascii(text) for text in texts]


def _short_forms(words: Words) -> Ints:
    """Short forms by forename code; every short form is a forename too."""
    rows = reference.table("nicknames")
    listed = zip(rows["forename"].tolist(), rows["short_forms"].tolist(), strict=True)
    short = {forename: words.codes(forms.split()) for forename, forms in listed}
    codes = words.codes(_plain(list(short)))
    table = np.full((len(words.texts()), 3), -1, dtype=np.int64)
    for code, forms in zip(codes.tolist(), short.values(), strict=True):
        table[code, : len(forms[:3])] = forms[:3]
    return table
