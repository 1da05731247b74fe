"""Sharing protocols: purpose, parties, legal powers, data and review date of what contracts name.

Source: Wales Accord on the Sharing of Personal Information (WASPI), what an Information Sharing Protocol states.
"""

import datetime
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from linkage.errors import ContractError

REGISTER = Path("sharing_protocols") / "register.yaml"
"""Where a folder of contracts has its register of protocols."""
Standing = Literal["in_force", "past_review", "not_begun", "unknown"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Protocol(_Frozen):
    """One protocol: on what terms data is shared."""

    title: str = Field(min_length=1)
    purpose: str = Field(min_length=1)
    parties: tuple[str, ...] = Field(min_length=1)
    legal_powers: tuple[str, ...] = Field(min_length=1)
    data: str = Field(min_length=1)
    begins_on: datetime.date
    review_on: datetime.date

    @model_validator(mode="after")
    def _is_reviewed_after_it_began(self) -> Self:
        if self.review_on <= self.begins_on:
            raise ValueError("review_on must be after begins_on")
        return self

    def standing(self, day: datetime.date) -> Standing:
        """How the protocol stands on a day; the day of review is the last on which it is in force."""
        if day < self.begins_on:
            return "not_begun"
        return "in_force" if day <= self.review_on else "past_review"


class _Register(_Frozen):
    protocols: dict[str, Protocol]


def load_protocols(contracts_dir: Path) -> dict[str, Protocol]:
    """The protocols of a folder of contracts.

    Args:
        contracts_dir: Folder of contracts.

    Returns:
        Protocols by the name that contracts use; none where the folder has no register. A contract may name a protocol
        that is not among them: data goes on being taken in, and the register of data says that it is not known.

    Raises:
        ContractError: There is a register, and it cannot be read as one. The message names the place.
    """
    path = contracts_dir / REGISTER
    if not path.is_file():
        return {}
    try:
        return _Register.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).protocols
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ContractError(f"The register of protocols {REGISTER} is not YAML in UTF-8.") from None
    except OSError as error:
        raise ContractError(
            f"The register of protocols {REGISTER} cannot be opened: {error.strerror}."
        ) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "top"
        raise ContractError(
            f"The register of protocols {REGISTER} is not understood at {where}: {first['msg']}. "
            "See docs/how-to/tell-people-what-is-held.md."
        ) from None
