"""Contexts: who else a pair could be depends on whether the two records are at one address.

A two-class model has one kind of "different people". At one address these are father and son, or twins, who
share surname, address and landline; elsewhere they are strangers with one name. One model for both would call every
household one person, so each context has its own, and a pair's context is read off its address level.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.errors import ModelError
from linkage.link.classifier import LevelECMClassifier
from linkage.link.comparisons import ATTRIBUTES, LEVELS
from linkage.link.patterns import LevelMatrix
from linkage.link.term_frequency import Term, TermModel, fit_term

SAME_PROPERTY = 4
"""Address level at which two records are at one address; neighbours of one building are strangers."""
GUARDED = ("forename", "birth_date")
"""Attributes whose exact agreement must speak for one person, or the classes are the wrong way round."""
GUARD_BITS = -0.5
"""A value that all records share says nothing either way, and comes out a little below 0: that is not yet an error."""


@dataclass(frozen=True, slots=True)
class Context:
    """A two-class model and the pairs it is for.

    Attributes:
        name: Name of the context.
        applies_when: Which pairs it is for, in words that follow "pairs".
        rival: Who else a pair could be.
        classifier: The model of the levels.
        terms: Attributes whose frequency counts here.
        term_models: What it changes, by attribute, once fitted.
    """

    name: str
    applies_when: str
    rival: str
    classifier: LevelECMClassifier
    terms: tuple[Term, ...] = ()
    term_models: dict[str, TermModel] = field(default_factory=dict)

    def fit(self, levels: LevelMatrix) -> None:
        """Estimate the model from the levels of pairs in this context.

        Raises:
            ModelError: Exact agreement on forename or birth date came out as evidence against one person.
        """
        self.classifier.fit(pd.DataFrame(levels, columns=list(ATTRIBUTES)))
        kernel = self.classifier.kernel
        turned = [name for name in GUARDED if kernel.exact_bits(ATTRIBUTES.index(name)) < GUARD_BITS]
        if turned:
            raise ModelError(
                f"The linkage model for pairs {self.applies_when} came out the wrong way round: exact agreement on "
                f"{', '.join(turned)} speaks against one person. Expected that it speaks for one. Check that "
                "standardise filled these columns."
            )

    def fit_terms(self, codes: pd.DataFrame) -> None:
        """Estimate what the frequency of a value changes, from the values of the encoded records."""
        for term in self.terms:
            u = self.classifier.u_probs[term.attribute]
            different = np.asarray([u[level] for level in sorted(u)])
            self.term_models[term.attribute] = fit_term(term, codes[term.column].to_numpy(), different)

    def level_table(self, attribute: str) -> list[dict[str, Any]]:
        """Levels of an attribute in rising order: level, label, m, u and bits."""
        m, u = self.classifier.m_probs[attribute], self.classifier.u_probs[attribute]
        return [
            {
                "level": number,
                "label": level.label,
                "m": float(m[number]),
                "u": float(u[number]),
                "bits": float(np.log2(m[number]) - np.log2(u[number])),
            }
            for number, level in enumerate(LEVELS[ATTRIBUTES.index(attribute)])
        ]


def at_one_address(levels: LevelMatrix) -> npt.NDArray[np.bool_]:
    """Whether the two records of each pair are at one property."""
    together: npt.NDArray[np.bool_] = levels[:, ATTRIBUTES.index("address")] >= SAME_PROPERTY
    return together
