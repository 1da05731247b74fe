"""What the check of the register goes by, from `elections.yaml`."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd
import yaml


@dataclass(frozen=True, slots=True)
class Rules:
    """Numbers with their reasons in the file.

    Attributes:
        voting_age: Years from which a vote may be cast in local elections, by nation.
        sure_from: How sure services must be together that somebody lives at an address: 0 to 1.
        services_in_communal: Independent services needed where many strangers share a UPRN.
        crowded_from: Residents from which a UPRN counts as such.
        canvass_days: Days in which another household counts as having followed an elector of whom nobody else knows.
        notice_days: Days after which services have mostly heard that somebody has left.
    """

    voting_age: dict[str, int]
    sure_from: float
    services_in_communal: int
    crowded_from: int
    canvass_days: int
    notice_days: int


@cache
def rules() -> Rules:
    """The rules that hold."""
    return Rules(**yaml.safe_load(files("linkage.outcomes").joinpath("elections.yaml").read_text("utf-8")))


def votes_by(birth_dates: pd.Series, day: pd.Timestamp, nation: str) -> "pd.Series[bool]":
    """Who is of voting age on a day; nobody whose birth date is not known."""
    return birth_dates <= day - pd.DateOffset(years=rules().voting_age[nation])


def attainers_until(today: pd.Timestamp) -> pd.Timestamp:
    """Last day on which an attainer of today comes of age.

    Source: Representation of the People Act 1983, section 4(5).
    """
    december = pd.Timestamp(today.year, 12, 1)
    following = december if today < december else december + pd.DateOffset(years=1)
    return (following + pd.DateOffset(years=1) - pd.Timedelta(days=1)).as_unit("s")
