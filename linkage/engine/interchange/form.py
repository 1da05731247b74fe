"""The form of Splink's settings: what an import relies on, checked before it is read."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from linkage.errors import ModelError

FEW = 3
"""Faulty places that a message names; the others are most often faulty in the same way."""


class _Part(BaseModel):
    """Splink writes much more than is read here, so what is not named is let pass."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _Level(_Part):
    """Whether m and u are probabilities is looked at where they are read: an untrained level has words there."""

    sql_condition: str
    label_for_charts: str | None = None
    is_null_level: bool = False
    tf_adjustment_column: str | None = None
    tf_adjustment_weight: float = 1.0


class _Comparison(_Part):
    output_column_name: str | None = None
    comparison_levels: list[_Level]


class _Rule(_Part):
    blocking_rule: str


class _Settings(_Part):
    probability_two_random_records_match: Annotated[float, Field(gt=0, lt=1)] = 0.0001
    comparisons: list[_Comparison] = []
    blocking_rules_to_generate_predictions: list[_Rule | str] = []


def check_form(settings: Any) -> None:
    """Refuse settings that are not of Splink's form.

    Args:
        settings: What was read of a file.

    Raises:
        ModelError: They are not; the message names the places.
    """
    try:
        _Settings.model_validate(settings)
    except ValidationError as error:
        places = [(".".join(map(str, fault["loc"])) or "settings", fault["msg"]) for fault in error.errors()]
        told = "; ".join(f"{place}: {message}" for place, message in places[:FEW])
        more = f"; and {len(places) - FEW} more" if len(places) > FEW else ""
        raise ModelError(
            f"The Splink settings are not of the form that save_model_to_json writes: {told}{more}."
        ) from None
