"""Why a tenancy is told of, in plain words, without a value of a person."""

import pandas as pd

from linkage.outcomes.tenancies.findings import SUBLET

SET_ASIDE = {
    "tenant_deceased": "Set aside: the tenant has died; who lives there now may ask to succeed.",
    "late_record": "Set aside: the landlord has a newer tenancy of this home, so this one has ended and is not closed.",
    "care_or_hospital_stay": "Set aside: a service has the tenant in a communal establishment, as in care.",
    "relationship_breakdown": (
        "Set aside: the tenant is no longer evidenced here, and somebody of the tenant's household still is."
    ),
    "others_undated": (
        "Set aside: the tenant is not evidenced here and others are, but no service says that they came later."
    ),
    "carer": "Set aside: an old tenant is evidenced here, and one adult who may be a carer.",
    "lodger": "Set aside: the tenant is evidenced here, and so is somebody who is not of the household.",
}
"""Reason of each finding but the ranked one."""


def reasons(found: pd.DataFrame) -> "pd.Series[str]":
    """The reason of each case; of one that may be sublet, with how many say so and since when."""
    aside = found["finding"].map(SET_ASIDE)
    return aside.where(found["finding"].ne(SUBLET), _sublet(found))


def _sublet(found: pd.DataFrame) -> "pd.Series[str]":
    count = found["away_count"].astype("int64").astype(str)
    noun = found["away_count"].gt(1).map({True: " independent services say", False: " service says"})
    known = found["elsewhere_uprn"].notna()
    where = known.map({True: " that the tenant lives elsewhere", False: " that the tenant has left"})
    replaced = "An account of the home is in the name of others and not of the tenant"
    first = (count + noun + where).where(found["away_count"].gt(0), replaced)
    others = found["others_count"].astype("int64").astype(str)
    people = found["others_count"].gt(1).map({True: " people who are", False: " person who is"})
    since = found["others_since"].dt.strftime("%Y-%m-%d")
    told: pd.Series[str] = (
        first + "; " + others + people + " not of the household evidenced here since " + since + "."
    )
    return told
