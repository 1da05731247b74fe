"""The engine's parts work in the stock Python Record Linkage Toolkit."""

import pickle
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import recordlinkage
from recordlinkage import ECMClassifier
from recordlinkage.compare import Exact
from recordlinkage.index import Block, Full, Random

from benchmarks.people import simulate_people
from linkage.engine.linking import link_records
from linkage.engine.program import unpack
from linkage.engine.spec import parse_spec
from linkage.engine.toolkit import HouseholdClassifier, LevelFeature, RuleIndex, level_features
from linkage.engine.toolkit.frames import Frames
from linkage.errors import ModelError, SchemaError

PAGE = Path(__file__).parents[3] / "docs/how-to/use-with-recordlinkage.md"
COLUMNS = ("forename", "surname", "birth_date", "sex", "address", "postcode", "phone", "email")
SPEC = parse_spec({"record_id": "record_id", "columns": {name: name for name in COLUMNS}}, "test")
PEOPLE = simulate_people(1_500, setting="easy", seed=2)
FRAME = PEOPLE.table.to_pandas().set_index("record_id")
PERSON = pd.Series(PEOPLE.person_id, index=FRAME.index)
PAIR_COUNT = len(FRAME) * (len(FRAME) - 1) // 2


@pytest.fixture(scope="module")
def pairs():
    return recordlinkage.Index([RuleIndex(SPEC, threads=2)]).index(FRAME)


@pytest.fixture(scope="module")
def compare():
    return recordlinkage.Compare(level_features(SPEC, FRAME, threads=2))


@pytest.fixture(scope="module")
def levels(pairs, compare):
    return compare.compute(pairs, FRAME)


@pytest.fixture(scope="module")
def at_random(compare):
    return compare.compute(recordlinkage.Index([Random(50_000, random_state=1)]).index(FRAME), FRAME)


@pytest.fixture(scope="module")
def classifier(levels, at_random):
    made = HouseholdClassifier(SPEC, at_random=at_random, pair_count=PAIR_COUNT)
    made.fit(levels)
    return made


def is_one_person(pairs):
    one, other = (PERSON.loc[pairs.get_level_values(side)].to_numpy() for side in (0, 1))
    return one == other


def test_the_index_finds_the_pairs_of_the_engine(pairs):
    linked = link_records(PEOPLE.table, SPEC, threads=2)
    ids = FRAME.index.to_numpy()[linked.prepared.encoded.order]
    expected = {
        frozenset(p) for p in zip(ids[linked.candidates.left], ids[linked.candidates.right], strict=True)
    }
    assert {frozenset(pair) for pair in pairs} == expected
    assert len(pairs) == len(expected)


def test_pairs_of_one_frame_are_of_the_lower_triangle(pairs):
    place = pd.Series(range(len(FRAME)), index=FRAME.index)
    one, other = (place.loc[pairs.get_level_values(side)].to_numpy() for side in (0, 1))
    assert (one > other).all()
    assert pairs.names == ["record_id_1", "record_id_2"]


def test_the_index_joins_those_of_the_toolkit(pairs):
    block = Block("phone")
    both = recordlinkage.Index([RuleIndex(SPEC, threads=2), block]).index(FRAME)
    assert set(both) == set(pairs) | set(block.index(FRAME))


def test_pairs_of_two_frames_are_those_between_them():
    halves = FRAME.iloc[:700], FRAME.iloc[700:]
    rules = {"blocking_rules": [["surname"], ["prefix(forename, 1)", "postcode"]], "own_rules": False}
    spec = parse_spec(SPEC.model_dump() | rules, "test")
    whole = recordlinkage.Index([RuleIndex(spec)]).index(FRAME)
    between = recordlinkage.Index([RuleIndex(spec)]).index(*halves)
    assert len(between) > 500
    assert set(between.get_level_values(0)) <= set(halves[0].index)
    assert set(between.get_level_values(1)) <= set(halves[1].index)
    expected = {p for p in map(frozenset, whole) if len(p & set(halves[0].index)) == 1}
    assert {frozenset(pair) for pair in between} == expected


def test_two_frames_may_have_the_same_labels():
    halves = FRAME.iloc[:700].reset_index(drop=True), FRAME.iloc[700:1400].reset_index(drop=True)
    labels = FRAME.index[:700], FRAME.index[700:1400]
    between = recordlinkage.Index([RuleIndex(SPEC)]).index(*halves)
    levels = recordlinkage.Compare(level_features(SPEC, *halves)).compute(between, *halves)
    one, other = (labels[side][between.get_level_values(side)] for side in (0, 1))
    matches = levels[is_one_person(pd.MultiIndex.from_arrays([one, other]))]
    assert len(matches) > 100
    assert (matches["birth_date"].dropna() == levels["birth_date"].max()).mean() > 0.8


def test_between_sources_compares_no_two_records_of_one_source():
    spec = parse_spec(SPEC.model_dump() | {"source": "source", "compare": "between_sources"}, "test")
    pairs = recordlinkage.Index([RuleIndex(spec)]).index(FRAME)
    one, other = (FRAME.loc[pairs.get_level_values(side), "source"].to_numpy() for side in (0, 1))
    assert len(pairs) > 100
    assert (one != other).all()


def test_features_give_the_levels_of_the_engine(levels):
    frames = Frames.of(SPEC, (FRAME,), 2)
    left, right = frames.positions(levels.index)
    expected = unpack(frames.prepared.compare(left, right), frames.prepared.attributes)
    assert levels.columns.tolist() == [attribute.name for attribute in frames.prepared.attributes]
    assert (levels.fillna(-1).to_numpy() == expected).all()
    assert levels.isna().to_numpy().any()


def test_features_stand_beside_those_of_the_toolkit(pairs):
    features = [
        LevelFeature("surname", Frames.of(SPEC, (FRAME,))),
        Exact("surname", "surname", label="equal"),
    ]
    found = recordlinkage.Compare(features).compute(pairs, FRAME)
    assert (found.loc[found["equal"] == 1, "surname"] == found["surname"].max()).all()


def test_features_may_be_sent_to_another_process(pairs, levels):
    """`Compare(n_jobs=...)` pickles them."""
    sent = pickle.loads(pickle.dumps(level_features(SPEC, FRAME, threads=1)))  # noqa: S301
    pd.testing.assert_frame_equal(recordlinkage.Compare(sent).compute(pairs, FRAME), levels)


def test_the_classifier_tells_people_from_their_households(classifier, levels):
    predicted = classifier.predict(levels)
    right = is_one_person(predicted)
    truth = is_one_person(levels.index)
    assert right.mean() > 0.97
    assert right.sum() / truth.sum() > 0.97


def test_of_all_pairs_no_sample_of_strangers_is_needed():
    few = FRAME.iloc[:400]
    levels = recordlinkage.Compare(level_features(SPEC, few)).compute(Full().index(few), few)
    classifier = HouseholdClassifier(SPEC)
    classifier.fit(levels)
    predicted, truth = classifier.predict(levels), is_one_person(levels.index)
    assert is_one_person(predicted).mean() > 0.95
    assert is_one_person(predicted).sum() / truth.sum() > 0.95


def test_probabilities_are_of_one_person_and_of_one_household(classifier, levels):
    match, household = classifier.prob(levels), classifier.prob_household(levels)
    assert match.index.equals(levels.index)
    assert ((match >= 0) & (household >= 0) & (match + household <= 1 + 1e-12)).all()
    chosen = levels.index.isin(classifier.predict(levels))
    assert (chosen == (match >= 0.5)).all()
    assert household[~is_one_person(levels.index)].sum() > 50


def test_neither_the_order_of_pairs_nor_of_columns_matters(classifier, levels, at_random):
    again = HouseholdClassifier(SPEC, at_random=at_random[::-1], pair_count=PAIR_COUNT)
    again.fit(levels.iloc[::-1, ::-1])
    assert np.array_equal(again.prob(levels), classifier.prob(levels))


def test_the_return_type_of_the_toolkit_counts(classifier, levels):
    with recordlinkage.option_context("classification.return_type", "array"):
        assert classifier.predict(levels).tolist() == (classifier.prob(levels) >= 0.5).astype(int).tolist()


def test_what_does_not_fit_is_refused(classifier, levels, pairs, compare):
    with pytest.raises(ModelError, match="call fit before"):
        HouseholdClassifier(SPEC).prob(levels)
    with pytest.raises(ModelError, match="no pairs"):
        HouseholdClassifier(SPEC).fit(levels.iloc[:0])
    with pytest.raises(ModelError, match="no column of levels for surname"):
        classifier.prob(levels.drop(columns="surname"))
    with pytest.raises(ModelError, match="level of surname is not a whole number"):
        classifier.prob(levels.assign(surname=0.5))
    with pytest.raises(ModelError, match="no attribute shoe_size"):
        LevelFeature("shoe_size", Frames.of(SPEC, (FRAME,)))
    with pytest.raises(SchemaError, match="no column phone"):
        level_features(SPEC, FRAME.drop(columns="phone"))
    with pytest.raises(SchemaError, match="labels of a frame repeat"):
        level_features(SPEC, pd.concat([FRAME, FRAME]))
    other = FRAME.rename(index=lambda label: f"other {label}")
    unknown = pd.MultiIndex.from_tuples([(other.index[0], other.index[1])])
    with pytest.raises(SchemaError, match="1 pairs name a record"):
        compare.compute(unknown, other)


def test_the_example_of_the_page_runs(capsys):
    example = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(example) == 1
    exec(compile(example[0], str(PAGE), "exec"), {})  # noqa: S102
    told = re.fullmatch(r"(\d+) pairs, ([\d.]+)% of them one person\n", capsys.readouterr().out)
    assert int(told[1]) > 1_000
    assert float(told[2]) > 95


def found_by(classifier, levels, person):
    """Recall among the pairs given and precision, in percent."""

    def is_right(pairs):
        return np.equal(*(person.loc[pairs.get_level_values(side)].to_numpy() for side in (0, 1)))

    right = is_right(classifier.fit_predict(levels))
    return 100 * right.sum() / is_right(levels.index).sum(), 100 * right.mean()


@pytest.fixture(scope="module")
def measured():
    """What the page measures, by setting: the three steps, without pairs at random, and the toolkit's own."""
    found = {}
    for setting in ("easy", "hard"):
        people = simulate_people(5_000, setting=setting, seed=3)
        frame = people.table.to_pandas().set_index("record_id")
        person = pd.Series(people.person_id, index=frame.index)
        compare = recordlinkage.Compare(level_features(SPEC, frame))
        levels = compare.compute(recordlinkage.Index([RuleIndex(SPEC)]).index(frame), frame)
        strangers = compare.compute(
            recordlinkage.Index([Random(100_000, random_state=1)]).index(frame), frame
        )
        pair_count = len(frame) * (len(frame) - 1) // 2
        found[setting] = (
            found_by(HouseholdClassifier(SPEC, at_random=strangers, pair_count=pair_count), levels, person),
            found_by(HouseholdClassifier(SPEC), levels, person),
            found_by(ECMClassifier(binarize=0.5), (levels / levels.max()).fillna(0), person),
        )
    return found


def test_the_figures_of_the_page_are_those_measured(measured):
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    told = re.search(
        r"find ([\d.]+) % of the true pairs .* precision of ([\d.]+) % \(setting `easy`\), "
        r"and ([\d.]+) % with ([\d.]+) % \(`hard`\)\..* finds ([\d.]+) % and ([\d.]+) %\.",
        page,
    )
    without = re.search(r"costs recall \(([\d.]+) % instead of ([\d.]+) % in `easy`\)", page)
    easy, hard = measured["easy"], measured["hard"]
    expected = [*easy[0], *hard[0], easy[2][0], hard[2][0], easy[1][0], easy[0][0]]
    assert [float(text) for text in (*told.groups(), *without.groups())] == pytest.approx(expected, abs=0.7)
