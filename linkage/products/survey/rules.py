"""The rules of the survey, read from `survey.yaml`."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

RULES_FILE = Path(__file__).parent / "survey.yaml"
INTEGRATED = "integrated_customer_data"
"""The characteristic that nobody is asked about, for it is measured."""
GROUPS = ("officers", "members")
LEVELS = (1, 2, 3)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Stated(_Frozen):
    rule: Literal["middle", "lowest"]
    reason: str = Field(min_length=1)


class Enough(_Frozen):
    """From how many answers a group counts, and why."""

    share: float = Field(ge=0, le=1)
    share_reason: str = Field(min_length=1)
    answers: int = Field(ge=1)
    answers_reason: str = Field(min_length=1)


class Characteristic(_Frozen):
    """One characteristic: its three levels in words, and what lifts it from the first and from the second."""

    title: str
    levels: tuple[str, str, str]
    lift: tuple[str, ...]


class SurveyRules(_Frozen):
    """Everything that decides a level of the survey."""

    group_rule: _Stated
    council_rule: _Stated
    enough: Enough
    characteristics: dict[str, Characteristic]

    @model_validator(mode="after")
    def _all_asked_can_be_lifted(self) -> Self:
        if INTEGRATED not in self.characteristics:
            raise ValueError(f"expected {INTEGRATED} among the characteristics")
        if any(len(self.characteristics[name].lift) != len(LEVELS) - 1 for name in self.asked):
            raise ValueError("expected two lifts of each characteristic that is asked about")
        return self

    @property
    def asked(self) -> list[str]:
        """Characteristics that people are asked about."""
        return [name for name in self.characteristics if name != INTEGRATED]


@cache
def load_survey_rules() -> SurveyRules:
    """The rules that are shipped."""
    return SurveyRules.model_validate(yaml.safe_load(RULES_FILE.read_text(encoding="utf-8")))
