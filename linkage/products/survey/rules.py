"""The rules of the survey, read from `survey.yaml`."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from linkage.errors import SettingsError

RULES_FILE = Path(__file__).parent / "survey.yaml"
INTEGRATED = "integrated_customer_data"
"""The characteristic that nobody is asked about, for it is measured."""
GROUPS = ("officers", "members")
LEVELS = (1, 2, 3)
CHOICES = {
    ("middle", "lowest"): "lowest_middle",
    ("mean", "lowest"): "lowest_mean",
    ("mean", "mean"): "mean",
    ("lower_quarter", "lowest"): "lower_quarter",
    ("middle", "officers"): "officers",
}
"""Rules that may be chosen, by the rule of a group and the rule of the council: all of them heed what is enough."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GroupRule(_Frozen):
    """How the answers of one group become one, and why so."""

    rule: Literal["middle", "mean", "lower_quarter"]
    reason: str = Field(min_length=1)


class CouncilRule(_Frozen):
    """How the groups of a council become one level, and why so."""

    rule: Literal["lowest", "mean", "officers"]
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

    group_rule: GroupRule
    council_rule: CouncilRule
    enough: Enough
    characteristics: dict[str, Characteristic]

    @model_validator(mode="after")
    def _all_asked_can_be_lifted(self) -> Self:
        if INTEGRATED not in self.characteristics:
            raise ValueError(f"expected {INTEGRATED} among the characteristics")
        if any(len(self.characteristics[name].lift) != len(LEVELS) - 1 for name in self.asked):
            raise ValueError("expected two lifts of each characteristic that is asked about")
        return self

    @model_validator(mode="after")
    def _rules_go_together(self) -> Self:
        if (self.group_rule.rule, self.council_rule.rule) not in CHOICES:
            known = ", ".join(f"{group} with {council}" for group, council in CHOICES)
            raise ValueError(f"expected a group_rule and a council_rule that go together: {known}")
        return self

    @property
    def chosen(self) -> str:
        """Name of the rule that gives the levels."""
        return CHOICES[self.group_rule.rule, self.council_rule.rule]

    @property
    def asked(self) -> list[str]:
        """Characteristics that people are asked about."""
        return [name for name in self.characteristics if name != INTEGRATED]


def read_survey_rules(path: Path) -> SurveyRules:
    """The rules that a file states.

    Raises:
        SettingsError: The file is at fault; the message says in which place and what was expected.
    """
    try:
        return SurveyRules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError:
        raise SettingsError(f"{path.name} is not YAML.") from None
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(part) for part in fault['loc']) or 'rules'}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise SettingsError(f"{path.name} is at fault: {'; '.join(faults)}.") from None


@cache
def load_survey_rules() -> SurveyRules:
    """The rules that are shipped."""
    return read_survey_rules(RULES_FILE)
