"""Residents who ought to be on the register and are not, and attainers who are due."""

import numpy as np
import pandas as pd

from linkage.outcomes.cases import anchors, case_ids
from linkage.outcomes.electors.newcomers import crowded_uprns
from linkage.outcomes.electors.register import PURPOSE, adults_by_role
from linkage.outcomes.electors.rules import attainers_until, rules, votes_by
from linkage.outcomes.view import View
from linkage.texts import is_one_of

MISSING, DUE = "missing_from_register", "attainer_due"
NOT_KNOWN = ("record_id", "evidenced_uprn")
WHY = {
    MISSING: "Of voting age and living here as services say, without an entry; nationality is not known to the index.",
    DUE: "Comes of voting age in time to be registered as an attainer, and has no entry.",
}


def unregistered(held: pd.DataFrame, sure: pd.DataFrame, residents: pd.DataFrame, view: View) -> pd.DataFrame:
    """Residents of age, or nearly, who have no entry.

    Anonymous electors are never loaded, so some may be among them: the registration officer looks before writing.

    Args:
        held: Entries of the register.
        sure: As `borne_out` gives it.
        residents: As `people` gives them.
        view: The index.

    Returns:
        Columns of `ELECTOR_CHECK` but evidence and run, one row a resident.
    """
    alive = residents[residents["death_date"].isna() & residents["uprn"].notna()]
    without = alive[~is_one_of(alive["resident_id"], held["resident_id"])]
    found = without.merge(sure, on=["resident_id", "uprn"])
    needed = np.where(is_one_of(found["uprn"], crowded_uprns(view)), rules().services_in_communal, 1)
    found = found[(found["probability"] >= rules().sure_from) & (found["service_count"] >= needed)]
    votes = votes_by(found["birth_date"], view.today, view.nation)
    by_role = found["birth_date"].isna() & is_one_of(found["resident_id"], adults_by_role(view))
    due = ~votes & votes_by(found["birth_date"], attainers_until(view.today), view.nation)
    found = found.assign(
        finding=np.where(due, DUE, MISSING), is_attainer=due, benefits_agree=False,
        **{name: pd.Series(pd.NA, index=found.index, dtype="string[pyarrow]") for name in NOT_KNOWN},
    )[votes | by_role | due]  # fmt: skip
    anchored = found["resident_id"].map(anchors(view, found["resident_id"], view.may_use(PURPOSE)))
    found["case_id"] = case_ids("electors", anchored, found["finding"])
    return found.assign(reason=found["finding"].map(WHY))
