"""The classifier: missing says nothing, levels stay in order, classes the right way round."""

import numpy as np
import pandas as pd
import pytest
import recordlinkage

from linkage.errors import ModelError
from linkage.link.classifier import BackgroundECM, LevelECM, LevelECMClassifier, in_order
from linkage.link.comparisons import ATTRIBUTES, LEVEL_COUNTS, LEVELS, Level
from linkage.link.context import GUARDED, Context
from linkage.link.patterns import find_patterns
from linkage.schema import LINK_ATTRIBUTES

TWO = ((Level("differs", 1, 9), Level("same", 9, 1)), (Level("differs", 2, 8), Level("same", 8, 2)))


def simulated(pairs: int, seed: int = 5) -> np.ndarray:
    """Levels of two attributes: a third of the pairs are matches, a fifth of the cells missing."""
    rng = np.random.default_rng(seed)
    match = rng.random(pairs) < 1 / 3
    share = np.where(match[:, None], [0.95, 0.9], [0.05, 0.2])
    levels = (rng.random((pairs, 2)) < share).astype(np.int8)
    levels[rng.random((pairs, 2)) < 0.2] = -1
    return levels


def test_the_attributes_are_those_of_the_pair_table_in_its_order():
    assert (*ATTRIBUTES, "source") == LINK_ATTRIBUTES


def test_a_pair_with_everything_missing_has_the_prior_weight_exactly():
    classifier = LevelECMClassifier(LevelECM(TWO))
    classifier.fit(pd.DataFrame(simulated(2_000), columns=["a", "b"]))
    prior = np.diff(classifier.kernel.class_log_prior_)[0] / np.log(2)
    assert classifier.match_weight(np.array([[-1, -1]], dtype=np.int8))[0] == prior


@pytest.mark.parametrize("level", [0, 1])
def test_a_missing_attribute_takes_exactly_its_bits_out_of_the_weight(level: int):
    classifier = LevelECMClassifier(LevelECM(TWO))
    classifier.fit(pd.DataFrame(simulated(2_000), columns=["a", "b"]))
    known, missing = classifier.match_weight(np.array([[1, level], [1, -1]], dtype=np.int8))
    bits = np.log2(classifier.m_probs["b"][level] / classifier.u_probs["b"][level])
    assert known - missing == pytest.approx(bits, abs=1e-12)


def test_probabilities_are_estimated_from_the_pairs_that_have_the_attribute():
    classifier = LevelECMClassifier(LevelECM((*TWO, TWO[0])))
    levels = np.column_stack([simulated(20_000), simulated(20_000)[:, 0]])
    classifier.fit(pd.DataFrame(levels, columns=["a", "b", "c"]))
    assert classifier.m_probs["a"][1] == pytest.approx(0.95, abs=0.05)
    assert classifier.u_probs["a"][1] == pytest.approx(0.05, abs=0.05)


def test_the_toolkits_own_interface_works():
    frame = pd.DataFrame(
        simulated(500), columns=["a", "b"], index=pd.MultiIndex.from_product([range(50), range(10)])
    )
    classifier = LevelECMClassifier(LevelECM(TWO))
    classifier.fit(frame)
    probability = classifier.prob(frame)
    assert isinstance(classifier, recordlinkage.ECMClassifier)
    assert probability.index.equals(frame.index)
    assert set(classifier.predict(frame)) == set(frame.index[probability > 0.5])
    assert np.allclose(probability, 1 / (1 + np.exp2(-classifier.match_weight(frame.to_numpy()))))


def test_background_pairs_and_not_the_blocked_ones_say_what_strangers_look_like():
    blocked = np.ones((1_000, 2), dtype=np.int8)
    background = np.zeros((10_000, 2), dtype=np.int8)
    background[:100] = 1
    classifier = LevelECMClassifier(BackgroundECM(TWO, background, 100_000))
    classifier.fit(pd.DataFrame(blocked, columns=["a", "b"]))
    assert classifier.u_probs["a"][1] < 0.02
    assert np.exp(classifier.kernel.class_log_prior_[1]) == pytest.approx(1e-2, rel=0.1)


def test_what_is_held_is_not_estimated_and_the_rest_is():
    held = np.array([0.25, 0.75])
    classifier = LevelECMClassifier(LevelECM(TWO, held={1: held}))
    classifier.fit(pd.DataFrame(simulated(20_000), columns=["a", "b"]))
    assert classifier.kernel.same_person(1) == pytest.approx(held)
    assert classifier.m_probs["b"][1] == pytest.approx(0.75)
    assert classifier.m_probs["a"][1] == pytest.approx(0.95, abs=0.1)


def test_namesakes_among_blocked_pairs_do_not_make_a_birth_date_doubtful_that_is_held():
    blocked = np.repeat(np.array([[1, 1], [1, 0]], dtype=np.int8), [300, 700], axis=0)
    background = np.zeros((100_000, 2), dtype=np.int8)
    background[:2, 0] = 1
    free, holding = (
        BackgroundECM(TWO, background, 1_000_000, held=held) for held in (None, {1: np.array([0.01, 0.99])})
    )
    weights = []
    for kernel in (free, holding):
        classifier = LevelECMClassifier(kernel)
        classifier.fit(pd.DataFrame(blocked, columns=["a", "b"]))
        weights.append(classifier.match_weight(np.array([[1, 0]], dtype=np.int8))[0])
    assert weights[0] > 0
    assert weights[1] < weights[0] - 2


def test_levels_out_of_order_share_one_ratio_and_still_add_to_one():
    probability = np.array([[0.5, 0.1, 0.4], [0.1, 0.6, 0.3]])
    ordered = in_order(probability)
    ratio = ordered[1] / ordered[0]
    assert np.all(np.diff(ratio) >= -1e-12)
    assert ratio[1] == pytest.approx(ratio[2])
    assert np.allclose(ordered.sum(axis=1), 1)


def test_patterns_give_the_levels_back():
    rng = np.random.default_rng(1)
    levels = np.column_stack([rng.integers(-1, count, 500) for count in LEVEL_COUNTS]).astype(np.int8)
    patterns = find_patterns(levels, LEVEL_COUNTS)
    assert np.array_equal(patterns.levels[patterns.position], levels)
    assert patterns.counts.sum() == 500


def test_a_model_with_its_classes_the_wrong_way_round_is_refused():
    agree = np.array([count - 1 for count in LEVEL_COUNTS], dtype=np.int8)
    guarded = [ATTRIBUTES.index(name) for name in GUARDED]
    turned = agree.copy()
    turned[guarded] = 0
    other = np.zeros_like(agree)
    other[guarded] = agree[guarded]
    levels = np.concatenate([np.tile(turned, (3_000, 1)), np.tile(other, (3_000, 1))])
    context = Context("test", "in the test", "a stranger", LevelECMClassifier(LevelECM(LEVELS)))
    with pytest.raises(ModelError, match="forename, birth_date"):
        context.fit(levels)
