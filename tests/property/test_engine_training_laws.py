"""Training and weighing: what chose a pair says nothing, strangers agree as chance has it, matches are counted."""

import math
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.people import SimulatedPeople, simulate_people
from linkage.engine.classes import classes_for
from linkage.engine.defaults import with_defaults
from linkage.engine.kernels.weights import Terms, weigh
from linkage.engine.linking import train_model
from linkage.engine.model import Model
from linkage.engine.prepared import Prepared, find_pairs, prepare
from linkage.engine.program import attributes_of, radix_of, unpack
from linkage.engine.sets import training_sets
from linkage.engine.spec import parse_spec
from linkage.engine.training import PairSet, leave_out, train

FEW = settings(max_examples=30, deadline=None)
MORE = settings(max_examples=200, deadline=None)
COLUMNS = ("forename", "surname", "birth_date", "sex", "address", "postcode", "phone", "email")


def prepared_of(table: pa.Table, columns: tuple[str, ...] = COLUMNS, **more: Any) -> Prepared:
    kinds = {name: name for name in columns}
    return prepare(table, parse_spec({"record_id": "record_id", "columns": kinds, **more}, "test"), threads=2)


def sets_of(prepared: Prepared) -> list[PairSet]:
    _, candidates = find_pairs(prepared, lambda share: None)
    return training_sets(prepared, candidates)


def model_of(prepared: Prepared) -> Model:
    _, candidates = find_pairs(prepared, lambda share: None)
    return train_model(prepared, candidates)


# Sets of pairs.

RULES = {
    "surname + birth_date": {"surname", "birth_date"},
    "sorted(forename, surname) + year(birth_date)": {"forename", "surname", "birth_date"},
    "root(forename) + postcode": {"forename", "address"},
    "prefix(forename, 1) + numbers(address)": {"forename", "address"},
    "soundex(surname) + sex": {"surname", "sex"},
    "phone": {"phone"},
    "local_part(email) + outward(postcode)": {"email", "address"},
}
"""Rules, with the attributes whose columns they look at: a line and a postcode are one attribute, the address."""


@cache
def people(records: int) -> SimulatedPeople:
    return simulate_people(records, setting="easy", seed=11)


@given(st.lists(st.sampled_from(sorted(RULES)), min_size=1, unique=True))
@FEW
def test_a_set_leaves_out_exactly_the_attributes_whose_columns_chose_its_pairs(chosen: list[str]) -> None:
    prepared = prepared_of(
        people(800).table,
        blocking_rules=[title.split(" + ") for title in chosen],
        own_rules=False,
        source="source",
    )
    names = [attribute.name for attribute in prepared.attributes]
    assert names == ["forename", "surname", "birth_date", "sex", "phone", "email", "address", "source"]
    told = {pairs.name: {names[number] for number in pairs.left_out} for pairs in sets_of(prepared)}
    assert told.pop("at random") == set()
    single = {name: told.pop(f"agree on {name}") for name in names if f"agree on {name}" in told}
    assert single == {name: {name} for name in single}
    assert set(single) >= {"forename", "surname", "birth_date", "address"}
    full_name = told.pop("agree on forename and surname", None)
    assert full_name in (None, {"forename", "surname"})
    assert set(told) <= set(chosen)
    assert all(told[title] == RULES[title] for title in told)
    assert len(told) == len(chosen)


SPEC = with_defaults(
    parse_spec({"record_id": "record_id", "columns": {name: name for name in COLUMNS}}, "test")
)
ATTRIBUTES = attributes_of(SPEC, ())
SIZES = [len(attribute.levels) + 1 for attribute in ATTRIBUTES]
ROW = st.tuples(*(st.integers(-1, size - 2) for size in SIZES))
OUT = st.sets(st.integers(0, len(SIZES) - 1)).map(lambda numbers: tuple(sorted(numbers)))


def packed(rows: list[tuple[int, ...]]) -> Any:
    return (np.asarray(rows, dtype=np.int64) + 1) @ radix_of(ATTRIBUTES)


@given(rows=st.lists(ROW, min_size=1, max_size=20, unique=True), out=OUT, data=st.data())
@MORE
def test_leaving_out_makes_only_what_is_left_out_missing_and_loses_no_pair(
    rows: list[tuple[int, ...]], out: tuple[int, ...], data: st.DataObject
) -> None:
    counts = data.draw(st.lists(st.integers(1, 50), min_size=len(rows), max_size=len(rows)))
    pairs = PairSet("a rule", packed(rows), np.asarray(counts), out, float(sum(counts)))
    expected: Counter[tuple[int, ...]] = Counter()
    for row, count in zip(rows, counts, strict=True):
        expected[tuple(-1 if number in out else level for number, level in enumerate(row))] += count
    patterns, left = leave_out(pairs, ATTRIBUTES)
    levels = [tuple(row) for row in unpack(patterns, ATTRIBUTES).tolist()]
    assert len(levels) == len(set(levels))
    assert dict(zip(levels, left.tolist(), strict=True)) == expected


@given(seed=st.integers(0, 1_000), out=OUT.filter(bool))
@settings(max_examples=10, deadline=None)
def test_what_chose_the_pairs_of_a_set_makes_no_difference_to_the_fit(
    seed: int, out: tuple[int, ...]
) -> None:
    chance = np.random.default_rng(seed)
    rows = chance.integers(-1, np.asarray(SIZES) - 1, (60, len(SIZES)))
    counts = chance.integers(1, 100, len(rows))
    other = rows.copy()
    other[:, out] = chance.integers(-1, np.asarray(SIZES)[list(out)] - 1, (60, len(out)))
    at_random = PairSet("at random", packed(rows.tolist()), counts, (), 1e6, is_random=True)
    chosen = PairSet("a rule", packed(rows.tolist()), counts, out, float(counts.sum()))
    fits = [
        train(
            [at_random, replace(chosen, patterns=packed(what.tolist()))], ATTRIBUTES, classes_for(ATTRIBUTES)
        )
        for what in (rows, other)
    ]
    assert fits[0].table == pytest.approx(fits[1].table, rel=1e-6)
    assert fits[0].mix == pytest.approx(fits[1].mix, rel=1e-6)


# Probabilities.


def levels_of(model: Model) -> dict[str, Any]:
    """Probability of each level in each class, by attribute."""
    ends = np.cumsum([len(attribute.levels) for attribute in model.attributes])[:-1]
    names = [attribute.name for attribute in model.attributes]
    return dict(zip(names, np.split(model.table, ends), strict=True))


@pytest.mark.parametrize("setting", ["easy", "hard", "alone"])
@pytest.mark.parametrize(
    "columns", [COLUMNS, ("forename", "surname", "birth_date"), ("forename", "postcode")]
)
def test_levels_and_mixes_are_shares_of_one(setting: Any, columns: tuple[str, ...]) -> None:
    prepared = prepared_of(simulate_people(1_200, setting=setting, seed=3).table, columns)
    fit = train(sets_of(prepared), prepared.attributes, classes_for(prepared.attributes))
    ends = np.cumsum([len(attribute.levels) for attribute in prepared.attributes])[:-1]
    assert (fit.table > 0).all()
    for levels in np.split(fit.table, ends):
        assert levels.sum(axis=0) == pytest.approx(np.ones(len(fit.classes)), abs=1e-6)
    assert (fit.mix >= 0).all()
    assert fit.mix.sum(axis=1) == pytest.approx(np.ones(len(fit.mix)), abs=1e-6)


def skewed(chance: Any, values: list[str], records: int) -> list[str]:
    """Values of records independent of each other, the first ones the most frequent."""
    frequency = 1 / np.arange(1, len(values) + 1) ** 0.8
    return [values[n] for n in chance.choice(len(values), records, p=frequency / frequency.sum())]


def words(chance: Any, count: int) -> list[str]:
    return ["".join(chance.choice([*"ABCDEFGHIKLMNOPRSTUVW"], chance.integers(6, 10))) for _ in range(count)]


def independent(records: int, seed: int) -> pa.Table:
    """Records each of a person of its own, no attribute having to do with another."""
    chance = np.random.default_rng(seed)
    days = np.datetime64("1940-01-02") + chance.integers(0, 20_000, records)
    codes = [f"N{n % 90 + 10}{n % 9}{'ABDEFGH'[n % 7]}{'JLNPQ'[n % 5]}" for n in range(300)]
    return pa.table(
        {
            "record_id": [f"r{n}" for n in range(records)],
            "forename": skewed(chance, words(chance, 200), records),
            "surname": skewed(chance, words(chance, 400), records),
            "birth_date": [
                str(day) if kept else None
                for day, kept in zip(days, chance.random(records) > 0.3, strict=True)
            ],
            "sex": skewed(chance, ["F", "M"], records),
            "postcode": skewed(chance, codes, records),
        }
    )


@pytest.mark.parametrize(
    "columns",
    [("forename", "surname", "birth_date"), ("forename", "surname", "birth_date", "sex", "postcode")],
    ids=["without a place", "with a place"],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_strangers_agree_as_often_as_chance_has_it_and_nobody_is_matched(
    columns: tuple[str, ...], seed: int
) -> None:
    records = 3_000
    table = independent(records, seed)
    model = model_of(prepared_of(table, columns))
    for name, levels in levels_of(model).items():
        values = table.column("postcode" if name == "address" else name).drop_null().to_pylist()
        counts = Counter(values).values()
        by_chance = sum(count * (count - 1) for count in counts) / (len(values) * (len(values) - 1))
        assert by_chance / 1.25 < levels[-1, -1] < by_chance * 1.25
    mixture = model.mixture(records)
    assert mixture.expected[: mixture.matches].sum() < 2
    assert mixture.expected.sum() == pytest.approx(records * (records - 1) / 2)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_as_many_matches_are_expected_as_there_are(seed: int) -> None:
    made = simulate_people(20_000, setting="easy", seed=seed)
    mixture = model_of(prepared_of(made.table, source="source")).mixture(20_000)
    true = sum(math.comb(records, 2) for records in Counter(made.person_id.tolist()).values())
    kinds = [c.kind for c in mixture.classes]
    expected = sum(
        pairs for pairs, kind in zip(mixture.expected, kinds, strict=True) if kind == "same person"
    )
    assert expected == pytest.approx(true, rel=0.1)


# Weights.


@st.composite
def weighings(draw: st.DrawFn) -> dict[str, Any]:
    """Pairs, their kinds and terms as arrays, and how many classes are matches and households."""
    matches, households, strangers = draw(st.integers(1, 2)), draw(st.integers(0, 3)), draw(st.integers(1, 2))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    classes, terms, kinds, records, values = (
        matches + households + strangers,
        draw(st.integers(0, 3)),
        3,
        6,
        4,
    )
    joint = 10.0 ** chance.uniform(-12, 6, (kinds, classes))
    if draw(st.booleans()):
        joint[:, chance.integers(0, classes)] = 0.0
    chosen = chance.integers(0, records, (2, 12)).astype(np.int32)
    return {
        "codes": chance.integers(-1, values, (records, 3)).astype(np.int32),
        "left": chosen.min(axis=0),
        "right": chosen.max(axis=0),
        "kind": chance.integers(0, kinds, 12).astype(np.int32),
        "agrees": chance.random((kinds, terms)) < 0.7,
        "joint": joint,
        "terms": Terms(
            attributes=np.arange(terms, dtype=np.int64),
            also=np.full(terms, -1, dtype=np.int64),
            columns=chance.integers(0, 3, terms).astype(np.int64),
            implied=chance.random(terms) < 0.3,
            start=np.arange(terms, dtype=np.int64) * values,
            rarity=chance.uniform(0.02, 9.0, terms * values),
            fixed=chance.random((terms, classes)),
            by_chance=chance.random((terms, classes)),
        ),
        "matches": matches,
        "households": households,
    }


def odds(one: float, rivals: float) -> float:
    return math.log2(max(one, 1e-150)) - math.log2(max(rivals, 1e-150))


@given(weighings())
@MORE
def test_each_weight_is_the_odds_against_both_its_rivals(drawn: dict[str, Any]) -> None:
    terms, codes, joint = drawn["terms"], drawn["codes"].tolist(), drawn["joint"].tolist()
    of_person, of_household = weigh(**drawn)
    pairs = zip(drawn["left"].tolist(), drawn["right"].tolist(), drawn["kind"].tolist(), strict=True)
    for place, (left, right, kind) in enumerate(pairs):
        share = {"person": 0.0, "household": 0.0, "stranger": 0.0}
        for c, value in enumerate(joint[kind]):
            factor = 1.0
            for term in range(len(terms.start)):
                code, other = (codes[record][int(terms.columns[term])] for record in (left, right))
                if drawn["agrees"][kind, term] and code >= 0 and (terms.implied[term] or code == other):
                    rarity = float(terms.rarity[terms.start[term] + code])
                    factor *= float(terms.fixed[term, c]) + float(terms.by_chance[term, c]) * rarity
            is_household = c < drawn["matches"] + drawn["households"]
            kin = "household" if is_household else "stranger"
            share["person" if c < drawn["matches"] else kin] += value * factor
        person = odds(share["person"], share["household"] + share["stranger"])
        household = odds(share["household"], share["person"] + share["stranger"])
        assert of_person[place] == pytest.approx(person, abs=1e-9)
        assert of_household[place] == pytest.approx(household, abs=1e-9)


@given(common=st.integers(1, 20), rare=st.integers(1, 4), limit=st.integers(1, 8))
@MORE
def test_a_value_is_commoner_from_exactly_so_many_times_as_frequent(
    common: int, rare: int, limit: int
) -> None:
    names = ["SMITH"] * common + ["SNOW"] * rare
    table = pa.table({"record_id": [f"r{n}" for n in range(len(names))], "surname": names})
    level = {"name": "one is rare", "when": [f"commoner(surname) >= {limit}"]}
    prepared = prepared_of(
        table, ("surname",), attributes=[{"name": "surname", "known": ["surname"], "levels": [level]}]
    )
    place = np.argsort(prepared.encoded.order).astype(np.int32)
    pattern = prepared.compare(place[[0]], place[[-1]])
    more, less = max(common, rare), min(common, rare)
    assert unpack(pattern, prepared.attributes).tolist() == [[int(more >= limit * less)]]
