"""Classes: what two records can be to each other, and which probabilities the classes share."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from linkage.engine.program import Attribute

FloatArray = npt.NDArray[np.float64]
MATCH, HOUSEHOLD, STRANGER = "same person", "household", "stranger"


@dataclass(frozen=True, slots=True)
class PairClass:
    """One class of pairs.

    Attributes:
        name: Name in the model.
        kind: What it means for the pair: same person, another of the household or family, or a stranger.
        relation: `self`, `kin` or `other`: decides what is known of person and family.
        at: `same` or `apart`: whether both records give the place where they live now; `anywhere` where the records
            do not tell.
    """

    name: str
    kind: str
    relation: str
    at: str


CLASSES: tuple[PairClass, ...] = (
    PairClass("same person, one address", MATCH, "self", "same"),
    PairClass("same person, moved", MATCH, "self", "apart"),
    PairClass("family, one address", HOUSEHOLD, "kin", "same"),
    PairClass("family, moved", HOUSEHOLD, "kin", "apart"),
    PairClass("housemates", HOUSEHOLD, "other", "same"),
    PairClass("strangers", STRANGER, "other", "apart"),
)
STRANGERS = "strangers"
ANYWHERE = "anywhere"


def classes_for(attributes: tuple[Attribute, ...]) -> tuple[PairClass, ...]:
    """Classes that the attributes can tell apart.

    Without a place nobody moves, and housemates (or colleagues) are told by what they share of contact, or not at all;
    without a family name nobody is kin.
    """
    roles = {attribute.role for attribute in attributes}
    kept = CLASSES
    if "place" not in roles:
        kept = tuple(
            c
            for c in kept
            if c.name == STRANGERS or (c.at == "same" and (c.relation != "other" or "contact" in roles))
        )
        kept = tuple(replace(c, at=ANYWHERE) if c.relation == "kin" else c for c in kept)
    if "family" not in roles:
        kept = tuple(c for c in kept if c.relation != "kin")
    return kept


def group_of(attribute: Attribute, pair_class: PairClass) -> str:
    """Classes with one answer share the probabilities of an attribute."""
    if pair_class.name == STRANGERS:
        return STRANGERS
    if attribute.role == "place":
        return pair_class.at
    if attribute.role == "contact":
        return f"{pair_class.relation} {pair_class.at}"
    return pair_class.relation


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is believed of a group before data: probabilities of the levels, and the pairs that belief is worth."""

    probabilities: FloatArray
    strength: float


def expectation(attribute: Attribute, pair_class: PairClass, strangers: FloatArray) -> Expectation:
    """Belief before data on the levels of an attribute in a class.

    A belief gives a class its meaning and is worth few pairs, so that data decide; only where two people are not one
    (kin, housemates) is it strong that what belongs to a person agrees no more than by chance.

    Args:
        attribute: The attribute.
        pair_class: The class, not the strangers.
        strangers: Probabilities of the levels among strangers.
    """
    exact, differs = _AGREEMENT[attribute.role][_situation(attribute, pair_class)]
    if len(strangers) == TWO_LEVELS:
        differs = max(differs, NO_LEVEL_FOR_SLIPS)
    agreeing = _agreeing(len(strangers), exact, differs)
    coincidence, strength = _COINCIDENCE[attribute.role][_situation(attribute, pair_class)]
    if attribute.role == "family" and pair_class.at == ANYWHERE:
        strength = UNPLACED
    return Expectation((1 - coincidence) * agreeing + coincidence * strangers, strength)


def _situation(attribute: Attribute, pair_class: PairClass) -> str:
    if attribute.role == "place":
        return pair_class.at
    if attribute.role == "contact":
        return f"{pair_class.relation} {pair_class.at}"
    return pair_class.relation


def _agreeing(levels: int, exact: float, differs: float) -> FloatArray:
    """Probabilities with most on the strongest level, the rest spread between."""
    between = (1 - exact - differs) / max(levels - 2, 1)
    probabilities = np.full(levels, between)
    probabilities[0], probabilities[-1] = differs, exact
    return probabilities / probabilities.sum()


TWO_LEVELS, NO_LEVEL_FOR_SLIPS = 2, 0.04
"""Share of one person's pairs that differ where an attribute agrees or does not, with no level for slips between."""
UNPLACED = 5_000.0
"""Pairs that it is worth that kin share a surname where no place tells them from strangers of one age."""
_AGREEMENT: dict[str, dict[str, tuple[float, float]]] = {
    "person": {"self": (0.9, 0.003), "kin": (0.5, 0.1), "other": (0.5, 0.1)},
    "family": {"self": (0.9, 0.04), "kin": (0.9, 0.05), "other": (0.5, 0.1)},
    "place": {"same": (0.85, 0.01), "apart": (0.001, 0.7)},
    "contact": {
        "self same": (0.8, 0.18), "self apart": (0.6, 0.38), "kin same": (0.5, 0.48), "kin apart": (0.5, 0.48),
        "other same": (0.5, 0.48), "kin anywhere": (0.5, 0.48),
    },
    "source": {"self": (0.01, 0.9), "kin": (0.1, 0.5), "other": (0.1, 0.5)},
}  # fmt: skip
"""Share of the strongest level and of `differs` where there is a reason to agree."""
_COINCIDENCE: dict[str, dict[str, tuple[float, float]]] = {
    "person": {"self": (0.0, 300.0), "kin": (0.97, 2_000.0), "other": (0.999, 2_000.0)},
    "family": {"self": (0.0, 20.0), "kin": (0.1, 50.0), "other": (0.97, 200.0)},
    "place": {"same": (0.0, 50.0), "apart": (0.9, 50.0)},
    "contact": {
        "self same": (0.0, 20.0), "self apart": (0.0, 20.0), "kin same": (0.6, 20.0), "kin apart": (0.8, 20.0),
        "other same": (0.95, 100.0), "kin anywhere": (0.6, 20.0),
    },
    "source": {"self": (0.0, 20.0), "kin": (1.0, 50.0), "other": (1.0, 50.0)},
}  # fmt: skip
"""Share of pairs without such a reason, who agree as strangers do; and the pairs that the belief is worth."""
