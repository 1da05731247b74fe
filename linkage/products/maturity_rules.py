"""The rules of the maturity matrix, read from `maturity.yaml`."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

OverallRule = Literal["lowest", "mean", "median"]

RULES_FILE = Path(__file__).parent / "maturity.yaml"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StatedRule(_Frozen):
    """How several levels become one, and why so."""

    rule: OverallRule
    reason: str = Field(min_length=1)


class MeasuredPart(_Frozen):
    """A figure of the index against two thresholds, each with its reason."""

    measure: str
    title: str
    at_least: bool
    level_2: float
    level_2_reason: str = Field(min_length=1)
    level_3: float
    level_3_reason: str = Field(min_length=1)
    evidence: str = Field(min_length=1)
    lift: str = Field(min_length=1)

    @model_validator(mode="after")
    def _level_3_is_harder(self) -> Self:
        if (self.level_3 > self.level_2) != self.at_least:
            raise ValueError(f"{self.measure}: level 3 must be harder to reach than level 2")
        return self

    def level_of(self, value: float) -> int:
        """Level 1, 2 or 3 of a value of the measure."""
        reached = [value >= t if self.at_least else value <= t for t in (self.level_2, self.level_3)]
        return 1 + sum(reached)


class DeclaredPart(_Frozen):
    """A question that only people can answer."""

    question: str
    lift: str = Field(min_length=1)


class Question(_Frozen):
    """A question, the answers to choose from, and the level of each."""

    question: str
    answers: dict[str, Literal[1, 2, 3]]


class Theme(_Frozen):
    """One theme of the matrix: its three levels in words, and the parts that decide between them."""

    title: str
    levels: tuple[str, str, str]
    measured: tuple[MeasuredPart, ...]
    declared: tuple[DeclaredPart, ...]

    @property
    def basis(self) -> str:
        """measured, self-declared or mixed."""
        if self.measured and self.declared:
            return "mixed"
        return "measured" if self.measured else "self-declared"


class MaturityRules(_Frozen):
    """Everything that decides a level."""

    theme_rule: StatedRule
    overall: StatedRule
    themes: dict[str, Theme]
    questions: dict[str, Question]

    @model_validator(mode="after")
    def _every_part_can_be_decided(self) -> Self:
        asked = {part.question for theme in self.themes.values() for part in theme.declared}
        if asked != set(self.questions):
            raise ValueError("the questions asked by themes and the questions listed differ")
        if any(not theme.measured and not theme.declared for theme in self.themes.values()):
            raise ValueError("a theme has no part")
        return self


@cache
def load_rules() -> MaturityRules:
    """The rules that are shipped."""
    return MaturityRules.model_validate(yaml.safe_load(RULES_FILE.read_text(encoding="utf-8")))
