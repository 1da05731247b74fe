"""The measures of the quality report, read from `measures.yaml`."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from linkage.products.wording import count, number, share

Dimension = Literal[
    "completeness", "uniqueness", "consistency", "timeliness", "validity", "accuracy", "volume"
]
Unit = Literal["count", "share", "mean", "days"]

MEASURES_FILE = Path(__file__).parent / "measures.yaml"


class Measure(BaseModel):
    """One measure, or one family of measures when `per` says what it is repeated for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    dimension: Dimension
    unit: Unit
    better: Literal["higher", "lower", "neither"]
    sentence: str
    meaning: str
    per: Literal["rule", "attribute", "number", "measure"] | None = None
    repeats_by_design: dict[str, str] = {}

    def text_of(self, value: float) -> str:
        """A value of this measure as a reader sees it: `93.4%`, `1,204`, `2.31` or `3 days`."""
        if self.unit == "share":
            return share(value)
        if self.unit == "days":
            return "1 day" if value == 1 else f"{count(value)} days"
        return count(value) if self.unit == "count" else number(value)

    def describe(self, *, scope: str, part: str, value: float, numerator: float, denominator: float) -> str:
        """The measure's sentence with one figure in it; missing numerator or denominator stay unsaid."""
        sentence = self.sentence.format(
            scope=scope,
            part=part,
            value=self.text_of(value),
            numerator=count(numerator),
            denominator=count(denominator),
            remainder=count(denominator - numerator),
        )
        return sentence[0].upper() + sentence[1:]


@cache
def load_measures() -> dict[str, Measure]:
    """Every measure by name, in the order of the report."""
    document = yaml.safe_load(MEASURES_FILE.read_text(encoding="utf-8"))
    return {name: Measure.model_validate(body) for name, body in document.items()}


def measure_of(figure: str) -> Measure:
    """The measure of a figure's name, which may be one of a family such as `conflicting_birth_date`."""
    measures = load_measures()
    families = [family for family in measures if measures[family].per and figure.startswith(f"{family}_")]
    return measures[figure] if figure in measures else measures[max(families, key=len)]


def repeats_by_design() -> frozenset[str]:
    """Sources in which one person has several current records without anything being wrong."""
    return frozenset(load_measures()["duplicates_within_source"].repeats_by_design)
