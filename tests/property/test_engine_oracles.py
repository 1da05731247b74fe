"""The engine against oracles: the toolkit's index, rapidfuzz, and plain Python that looks at one pair at a time."""

import math
import re
from collections import Counter
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import recordlinkage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from benchmarks.people import simulate_people
from linkage.engine.classes import classes_for
from linkage.engine.defaults import with_defaults
from linkage.engine.kernels.comparison import SCRATCH, edits, jaro_winkler, jaro_winkler_bound
from linkage.engine.kernels.identity import letters_of
from linkage.engine.keys import Key, parse_key
from linkage.engine.linking import Linked, link_records
from linkage.engine.prepared import Prepared, find_pairs, prepare
from linkage.engine.program import attributes_of, radix_of, unpack
from linkage.engine.sets import training_sets
from linkage.engine.spec import AttributeSpec, Spec, parse_spec
from linkage.engine.tests_of_levels import Test as LevelTest
from linkage.engine.training import PairSet, train
from linkage.reference import reference_map

FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
COLUMNS = {
    name: name
    for name in ("forename", "surname", "birth_date", "sex", "address", "postcode", "phone", "email")
}


def spec_of(**more: Any) -> Spec:
    return parse_spec({"record_id": "record_id", "columns": COLUMNS, **more}, "test")


# Candidate pairs, against the toolkit's index.

RULES = (
    (("surname",), ("surname",)),
    (("forename", "year(birth_date)"), ("forename", "birth_year")),
    (("prefix(forename, 1)", "postcode"), ("initial", "postcode")),
    (("birth_date", "outward(postcode)"), ("birth_date", "outward")),
)
FRAME = st.lists(
    st.fixed_dictionaries(
        {
            "forename": st.sampled_from(("ANN", "ANNA", "BO", None)),
            "surname": st.sampled_from(("OKAFOR", "LEE", "ANN", None)),
            "birth_date": st.sampled_from(("1980-05-04", "1980-04-05", "1991-01-01", None)),
            "postcode": st.sampled_from(("NW11AA", "NW11AB", "E14AA", None)),
        }
    ),
    min_size=2,
    max_size=25,
)


@given(rows=FRAME, chosen=st.sets(st.integers(0, len(RULES) - 1), min_size=1))
@FEW
def test_candidate_pairs_are_those_of_the_toolkits_blocks(
    rows: list[dict[str, Any]], chosen: set[int]
) -> None:
    frame = pd.DataFrame(rows, index=[f"r{n}" for n in range(len(rows))])
    frame["birth_year"] = frame["birth_date"].str[:4]
    frame["initial"] = frame["forename"].str[:1]
    frame["outward"] = frame["postcode"].str[:-3]
    indexer = recordlinkage.Index()
    for number in chosen:
        indexer.block(list(RULES[number][1]))
    expected = {frozenset(pair) for pair in indexer.index(frame)}

    names = ("forename", "surname", "birth_date", "postcode")
    spec = parse_spec(
        {
            "record_id": "record_id",
            "columns": {name: name for name in names},
            "blocking_rules": [list(RULES[number][0]) for number in chosen],
            "own_rules": False,
        },
        "test",
    )
    table = pa.table(
        {"record_id": frame.index.tolist()} | {n: pa.array(frame[n].tolist(), pa.string()) for n in names}
    )
    prepared = prepare(table, spec, threads=1)
    _, found = find_pairs(prepared, lambda share: None)
    ids = frame.index.to_numpy()[prepared.encoded.order]
    pairs = [frozenset(pair) for pair in zip(ids[found.left], ids[found.right], strict=True)]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == expected


# Levels, against plain Python.


def derived(key: Key, value: str | None) -> str | None:
    """What a key makes of a normal form."""
    if value is None:
        return None
    words = value.split(" ")
    numbers = [word for word in words if re.search(r"\d", word)]
    made = {
        "value": lambda: value,
        "prefix": lambda: value[: key.length],
        "year": lambda: value[:4],
        "month": lambda: value[:6],
        "day": lambda: value[4:8],
        "root": lambda: reference_map("nicknames", "name", "root").get(value, value),
        "first_word": lambda: words[0],
        "last_word": lambda: words[-1],
        "numbers": lambda: " ".join(numbers),
        "last_number": lambda: numbers[-1] if numbers else "",
        "outward": lambda: value[:-3] if re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}", value) else "",
        "local_part": lambda: value.split("@")[0],
        "is_initial": lambda: "1" if len(value) == 1 else "",
        "is_new_year": lambda: "1" if value[4:6] in ("00", "01") and value[6:8] in ("00", "01") else "",
    }[key.function]()
    return made or None


class Plain:
    """Records as dictionaries of normal forms, compared one pair at a time."""

    def __init__(self, prepared: Prepared) -> None:
        self.spec = prepared.spec
        encoded = prepared.encoded
        self.values = {}
        for name in self.spec.columns:
            key = Key("value", (name,))
            texts = [*encoded.texts[key].to_pylist(), None]
            self.values[name] = [texts[code] for code in encoded.codes[:, encoded.column(key)]]
        self.counts = {name: Counter(values) for name, values in self.values.items()}

    def key(self, key: Key, record: int) -> str | None:
        return derived(key, self.values[key.columns[0]][record])

    def holds(self, test: LevelTest, one: int, other: int) -> bool:
        a, b = self.key(test.keys[0], one), self.key(test.keys[0], other)
        c, d = self.key(test.keys[-1], one), self.key(test.keys[-1], other)
        if test.name == "either":
            return a is not None or b is not None
        if test.name == "crossed":
            return (a is not None and a == d) or (b is not None and b == c)
        if a is None or b is None:
            return False
        if test.name == "commoner":
            counts = sorted(self.counts[test.keys[0].columns[0]][value] for value in (a, b))
            return counts[1] >= test.limit * counts[0]
        return {
            "both": lambda: True,
            "same": lambda: a == b,
            "swapped": lambda: a == d and b == c and a != b,
            "jaro_winkler": lambda: JaroWinkler.similarity(a, b) >= test.limit,
            "edits": lambda: OSA.distance(a, b) <= test.limit,
        }[test.name]()

    def level(self, attribute: AttributeSpec, one: int, other: int) -> int:
        known = [parse_key(text) for text in attribute.known]
        if not any(self.key(k, one) is not None and self.key(k, other) is not None for k in known):
            return -1
        for level in attribute.levels:
            if all(self.holds(test, one, other) != test.negated for test in level.tests):
                return -1 if level.silent else attribute.level_names.index(level.name)
        return 0


def levels_of(prepared: Prepared, left: Any, right: Any) -> Any:
    patterns = prepared.compare(np.asarray(left, dtype=np.int32), np.asarray(right, dtype=np.int32))
    return unpack(patterns, prepared.attributes)


@pytest.mark.parametrize("setting", ["easy", "hard"])
def test_levels_of_simulated_people_are_those_of_plain_python(setting: Any) -> None:
    prepared = prepare(simulate_people(1_500, setting=setting, seed=5).table, spec_of(), threads=2)
    _, candidates = find_pairs(prepared, lambda share: None)
    chance = np.random.default_rng(1)
    left = np.concatenate([candidates.left[::3], chance.integers(0, 1_500, 1_000)])
    right = np.concatenate([candidates.right[::3], chance.integers(0, 1_500, 1_000)])
    plain = Plain(prepared)
    expected = [
        [plain.level(attribute, int(one), int(other)) for attribute in prepared.spec.attributes]
        for one, other in zip(left, right, strict=True)
    ]
    found = levels_of(prepared, left, right)
    assert found.tolist() == expected
    assert all(len(np.unique(column)) > 2 for column in found.T)


NAME = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.text(alphabet="ABÉЖ李' -", max_size=10),
    st.sampled_from(("LIZ", "ELIZABETH", "J", "JOHN", "JOHN PAUL", "PAUL JOHN", "SMITH", "SMYTH")),
)


@given(names=st.lists(st.tuples(NAME, NAME), min_size=2, max_size=8))
@FEW
def test_levels_of_any_text_are_those_of_plain_python(names: list[tuple[str | None, str | None]]) -> None:
    table = pa.table(
        {
            "record_id": [f"r{n}" for n in range(len(names))],
            "forename": pa.array([name[0] for name in names], pa.string()),
            "surname": pa.array([name[1] for name in names], pa.string()),
        }
    )
    columns = {"forename": "forename", "surname": "surname"}
    prepared = prepare(table, parse_spec({"record_id": "record_id", "columns": columns}, "test"), threads=1)
    plain = Plain(prepared)
    pairs = list(combinations(range(len(names)), 2))
    expected = [[plain.level(attribute, *pair) for attribute in prepared.spec.attributes] for pair in pairs]
    assert levels_of(prepared, *zip(*pairs, strict=True)).tolist() == expected


# Strings, against rapidfuzz.

TEXT = st.one_of(
    st.text(min_size=1, max_size=60),
    st.text(alphabet="ABC", min_size=1, max_size=12),
    st.text(alphabet="aéЖ李", min_size=1, max_size=9),
)


def code_points(one: str, other: str) -> tuple[Any, int, int, int, int]:
    text = np.frombuffer((one + other).encode("utf-32-le"), dtype=np.uint32)
    return text, 0, len(one), len(one), len(other)


@given(one=TEXT, other=TEXT)
@settings(max_examples=300, deadline=None)
def test_strings_are_as_like_as_rapidfuzz_says(one: str, other: str) -> None:
    scratch = np.zeros((3, SCRATCH), dtype=np.int32)
    found = jaro_winkler(*code_points(one, other), scratch)
    assert found == JaroWinkler.similarity(one, other)
    for most in range(4):
        assert edits(*code_points(one, other), most, scratch) == min(OSA.distance(one, other), most + 1)


@given(one=TEXT, other=TEXT)
@settings(max_examples=300, deadline=None)
def test_no_two_strings_are_more_alike_than_their_letters_let_them(one: str, other: str) -> None:
    points = code_points(one, other)
    letters = [np.uint64(letters_of(code_points(text, "")[0])) for text in (one, other)]
    assert jaro_winkler_bound(*points, *letters) >= JaroWinkler.similarity(one, other) - 1e-12


# Training: the penalised likelihood.


def falls(likelihoods: list[list[float]]) -> list[float]:
    """How far the likelihood falls in a step, relative to itself."""
    return [
        (before - after) / abs(before)
        for history in likelihoods
        for before, after in pairwise(history)
        if after < before
    ]


@pytest.mark.parametrize("setting", ["easy", "hard", "alone"])
def test_the_likelihood_of_people_never_falls_within_a_round(setting: Any) -> None:
    prepared = prepare(
        simulate_people(1_200, setting=setting, seed=4).table, spec_of(source="source"), threads=2
    )
    _, candidates = find_pairs(prepared, lambda share: None)
    sets = training_sets(prepared, candidates)
    fit = train(sets, prepared.attributes, classes_for(prepared.attributes))
    assert len(fit.likelihoods) > 1
    assert sum(map(len, fit.likelihoods)) > 10
    assert max(falls(fit.likelihoods), default=0.0) < 1e-9


@given(seed=st.integers(0, 10_000), rows=st.integers(5, 200))
@FEW
def test_the_likelihood_of_any_levels_never_falls_within_a_round(seed: int, rows: int) -> None:
    attributes = attributes_of(with_defaults(spec_of(source="source")), ("s1", "s2"))
    chance = np.random.default_rng(seed)
    radix = radix_of(attributes)
    sizes = np.asarray([len(attribute.levels) + 1 for attribute in attributes])

    def pair_set(name: str, left_out: tuple[int, ...], *, is_random: bool) -> PairSet:
        patterns = np.unique(chance.integers(0, sizes, (rows, len(sizes))) @ radix)
        counts = chance.integers(1, 1_000, len(patterns))
        return PairSet(name, patterns, counts, left_out, float(counts.sum()), is_random=is_random)

    sets = [pair_set("at random", (), is_random=True), pair_set("rule", (0, 2), is_random=False)]
    fit = train(sets, attributes, classes_for(attributes))
    assert max(falls(fit.likelihoods), default=0.0) < 1e-9


# Match weights, against plain Python.


class Scalar:
    """Weights of one pair at a time, from the model and the frequencies of the values of these records."""

    def __init__(self, linked: Linked) -> None:
        self.model, self.codes = linked.model, linked.prepared.encoded.codes
        self.column = linked.prepared.encoded.column
        self.records = len(self.codes)
        rates = linked.model.per_record
        self.expected = [float(rate) * self.records for rate in rates[:-1]]
        self.expected.append(linked.prepared.pair_count - sum(self.expected))
        self.matches = sum(
            pairs
            for pairs, c in zip(self.expected, self.model.classes, strict=True)
            if c.kind == "same person"
        )
        self.lift_key = next((key for key in self.model.spec.keys if key.function == "sorted"), None)
        self.counts: dict[Key, Counter[int]] = {}

    def count(self, key: Key) -> Counter[int]:
        if key not in self.counts:
            codes = self.codes[:, self.column(key)].tolist()
            self.counts[key] = Counter(code for code in codes if code >= 0)
        return self.counts[key]

    def rarity(self, key: Key, code: int, *, largest: float = math.inf, floor: float | None = None) -> float:
        """Frequency of a value relative to its mean over the pairs that agree."""
        counts = {value: min(count, largest) for value, count in self.count(key).items()}
        mean = max(sum(n * (n - 1) for n in counts.values()) / max(sum(counts.values()), 1), 1e-9)
        if floor is not None:
            return max(counts[code] - 1, floor) / mean
        return max((counts[code] - 1) / mean, 0.02 / max(mean, 1.0))

    def weight(self, left: int, right: int, levels: list[int]) -> float:
        joint = list(self.expected)
        start = 0
        exact = {}
        for attribute, level in zip(self.model.attributes, levels, strict=True):
            strongest = self.model.table[start + len(attribute.levels) - 1].tolist()
            for c in range(len(joint)):
                if level >= 0:
                    joint[c] *= float(self.model.table[start + level, c])
            if level == len(attribute.levels) - 1 and attribute.term is not None:
                exact[attribute.term] = strongest
                code, other = (int(self.codes[r, self.column(attribute.term)]) for r in (left, right))
                if code >= 0 and code == other:
                    for c, factor in enumerate(self.factors(attribute, strongest, code)):
                        joint[c] *= factor
            start += len(attribute.levels)
        self.lift(joint, exact, (left, right))
        same = sum(j for j, c in zip(joint, self.model.classes, strict=True) if c.kind == "same person")
        return math.log2(same) - math.log2(sum(joint) - same)

    def factors(self, attribute: Any, strongest: list[float], code: int) -> list[float]:
        """What the rarity of a value multiplies the probability of each class with."""
        rarity = self.rarity(attribute.term, code)
        if attribute.role != "place":
            chance = [min(p, strongest[-1]) / p for p in strongest]
            return [1 - share + share * rarity for share in chance]
        of_family = self.rarity(attribute.term, code, largest=10, floor=0.1)
        by_relation = {"self": 1.0, "other": rarity, "kin": of_family}
        return [by_relation[c.relation] for c in self.model.classes]

    def lift(self, joint: list[float], exact: dict[Key, list[float]], pair: tuple[int, int]) -> None:
        """Strangers who share a surname share a forename more often than others do."""
        parts = [Key("value", (name,)) for name in self.lift_key.columns] if self.lift_key else []
        if not self.model.spec.full_name_lift or not parts or not all(part in exact for part in parts):
            return
        code, other = (int(self.codes[record, self.column(self.lift_key)]) for record in pair)
        if code < 0 or code != other:
            return
        whole = self.count(self.lift_key)
        overall = min(max(self.model.full_name_lift, 1.0), 50.0)
        expected = (
            math.prod(self.count(p)[int(self.codes[pair[0], self.column(p)])] for p in parts) / self.records
        )
        others = max(whole[code] - 1 - 2 * self.matches / self.records, 0)
        lift = max(overall * (others + 1) / (overall * expected + 1), 1 / 50)
        for c, pair_class in enumerate(self.model.classes):
            joint[c] *= lift if pair_class.relation == "other" else 1.0


def in_both_orders(linked: Linked) -> Any:
    """Records whose names another bears in the other order: which of the two counts for the parts is not laid down."""
    encoded = linked.prepared.encoded
    names = [Key("value", (name,)) for name in ("forename", "surname")]
    codes = [encoded.codes[:, encoded.column(name)].tolist() for name in names]
    borne = set(zip(*codes, strict=True))
    return np.asarray([one != other and (other, one) in borne for one, other in zip(*codes, strict=True)])


@pytest.mark.parametrize("lifted", [False, True])
def test_match_weights_are_those_of_plain_python(lifted: bool) -> None:
    table = simulate_people(1_500, setting="hard", seed=6).table
    linked = link_records(table, spec_of(source="source", full_name_lift=lifted), threads=2)
    scalar, candidates = Scalar(linked), linked.candidates
    levels = unpack(candidates.patterns[candidates.kind], linked.prepared.attributes).tolist()
    expected = [
        scalar.weight(int(one), int(other), level)
        for one, other, level in zip(candidates.left, candidates.right, levels, strict=True)
    ]
    plain = ~in_both_orders(linked)[candidates.left]
    assert plain.sum() > 1_000
    assert linked.match_weight[plain] == pytest.approx(np.asarray(expected)[plain], abs=1e-9)
