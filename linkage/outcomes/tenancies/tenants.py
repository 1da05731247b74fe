"""Council tenancies that are open, who holds them, and where services say that the tenants live."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import yaml

from linkage.outcomes.homes import homes, is_one_place
from linkage.outcomes.people import stated_values
from linkage.outcomes.statements import one_voice, statements
from linkage.outcomes.view import View
from linkage.schema import CROSSWALK, SOURCE_RECORD

HOUSING = "housing_tenancies"
PURPOSE = "crime_prevention"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the check goes by; each with its reason in `tenancies.yaml`.

    Attributes:
        parties: Parts in a tenancy that make somebody its tenant.
        slack_days: Days after the start of a tenancy within which others have come with the tenant.
        away_probability: From which the tenant is held to be away.
        others_probability: From which others are held to live there.
        household_probability: From which one of the tenant's household is held to live there.
        replaced_weight: How sure an account of others, without the tenant, makes it that the tenant has left.
        carer_from_age: Age of a tenant from which one adult who has moved in may be a carer.
    """

    parties: tuple[str, ...]
    slack_days: int
    away_probability: float
    others_probability: float
    household_probability: float
    replaced_weight: float
    carer_from_age: int


@cache
def limits() -> Limits:
    """The limits in force."""
    told = yaml.safe_load(files("linkage.outcomes").joinpath("tenancies.yaml").read_text("utf-8"))
    return Limits(**(told | {"parties": tuple(told["parties"])}))


@dataclass(frozen=True)
class Housing:
    """What the landlord holds, and what services say.

    Attributes:
        members: One row a live record of a tenancy, of tenants and of others: `record_id`, `resident_id`, `uprn`,
            `reference`, `is_tenant`, `start_date`, `birth_date`, `death_date` (as any permitted service states it).
        said: What `statements` gives for the prevention of crime.
        addresses: What `homes` gives.
    """

    members: pd.DataFrame
    said: pd.DataFrame
    addresses: pd.DataFrame


def housing(view: View) -> Housing:
    """What the landlord and the services say of open tenancies."""
    addresses = homes(view)
    held = members(view, addresses)
    # The landlord's own extract has no date of death; whichever permitted service has one is believed.
    deaths = stated_values(view, PURPOSE, "death_date")["death_date"]
    told = held.assign(death_date=held["resident_id"].map(deaths).astype("datetime64[s]"))
    return Housing(told, statements(view, PURPOSE), addresses)


def members(view: View, addresses: pd.DataFrame) -> pd.DataFrame:
    """People of open tenancies of homes that can be told from their neighbours, as whole buildings cannot.

    Args:
        view: The index.
        addresses: What `homes` gives.

    Returns:
        The columns of `Housing.members` but `death_date`.
    """
    names = ("source", "uprn", "is_live", "closed_date", "start_date", "birth_date")
    records = view.rows(SOURCE_RECORD, *names)
    live = records["is_live"] & records["closed_date"].isna() & records["source"].eq(HOUSING)
    held = records[live].merge(view.rows(CROSSWALK, "resident_id"), on="record_id")
    party, reference = view.facts("tenancy_party"), view.facts("tenancy_reference")
    unclear = addresses.index[addresses["is_shared"]]
    held = held.assign(
        reference=held["record_id"].map(reference),
        is_tenant=held["record_id"].map(party).astype("string").str.upper().isin(limits().parties),
    )
    told = held[held["reference"].notna() & held["uprn"].notna() & ~held["uprn"].isin(unclear)]
    return told.reset_index(drop=True)


def tenants(held: Housing) -> pd.DataFrame:
    """Each tenancy with the tenant who is likeliest to be there still: a tenancy is left when all its tenants are.

    Returns:
        One row a tenancy, in order of `reference`: `record_id`, `resident_id`, `reference`, `uprn`, `start_date`,
        `birth_date`, `death_date`, `away_probability`, `away_count` (teams that say so), `is_evidenced_here` (a team
        other than the landlord's has the tenant there), `lasting_odds` (that one of them is right, leaving out accounts
        of the whole household, which others may have taken over), `elsewhere_uprn` (missing where none is known),
        `elsewhere_since`, `is_in_communal`.
    """
    each = held.members[held.members["is_tenant"]]
    here, there = _apart(held, each)
    live = here[here["is_live"] & (here["weight"] > 0) & (here["source"] != HOUSING)]
    odds_here = one_voice(live, ["record_id"])
    lasting = one_voice(live[~live["is_account"]], ["record_id"])[["record_id", "odds"]]
    gone = here[here["says_ended"] & (here["source"] != HOUSING)]
    away = pd.concat(
        [there[there["is_live"] & (there["weight"] > 0)], gone.assign(weight=gone["ended_weight"])]
    )
    odds_away = one_voice(away, ["record_id"])
    placed = each.merge(_named(odds_here, "here"), on="record_id", how="left").merge(
        _named(odds_away, "away"), on="record_id", how="left"
    )
    for part in (_elsewhere(held, there), lasting.rename(columns={"odds": "lasting_odds"})):
        placed = placed.merge(part, on="record_id", how="left")
    none = {"here_odds": 0.0, "away_odds": 0.0, "lasting_odds": 0.0, "here_count": 0, "away_count": 0}
    counted = placed.fillna(none)
    total = 1 + counted["here_odds"] + counted["away_odds"]
    placed = counted.assign(
        away_probability=counted["away_odds"] / total,
        is_evidenced_here=counted["here_odds"] >= counted["away_odds"],
        is_in_communal=counted["is_in_communal"].eq(True),
    )
    placed["is_evidenced_here"] &= placed["here_odds"] > 0
    ordered = placed.sort_values(["reference", "away_probability", "record_id"], kind="stable")
    return ordered.drop_duplicates("reference").reset_index(drop=True)


def _apart(held: Housing, each: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Statements of each tenant's at the tenancy, or of a part or the whole of it, and of other addresses."""
    about = each[["record_id", "resident_id", "uprn"]].rename(
        columns={"record_id": "tenant_record", "uprn": "home"}
    )
    said = about.merge(held.said, on="resident_id")
    at_home = is_one_place(said["uprn"], said["home"], held.addresses["parent_uprn"])
    named = said.drop(columns="record_id").rename(columns={"tenant_record": "record_id"})
    return named[at_home], named[~at_home]


def _named(odds: pd.DataFrame, name: str) -> pd.DataFrame:
    return odds.rename(columns={"odds": f"{name}_odds", "owner_count": f"{name}_count"})


def _elsewhere(held: Housing, there: pd.DataFrame) -> pd.DataFrame:
    """The address elsewhere that most weighs for each tenant, and since when."""
    live = there[there["is_live"] & (there["weight"] > 0)]
    odds = one_voice(live, ["record_id", "uprn"])
    since = live.groupby(["record_id", "uprn"])["since_date"].max().rename("elsewhere_since").reset_index()
    ordered = odds.merge(since, on=["record_id", "uprn"]).sort_values(
        ["record_id", "odds", "uprn"], ascending=[True, False, True], kind="stable"
    )
    best = ordered.drop_duplicates("record_id").rename(columns={"uprn": "elsewhere_uprn"})
    communal = best["elsewhere_uprn"].map(held.addresses["is_communal"])
    told = best.assign(is_in_communal=np.asarray(communal.eq(True), dtype=bool))
    return told[["record_id", "elsewhere_uprn", "elsewhere_since", "is_in_communal"]]
