"""Each entry of the register held against what independent services say, and who is not on the register."""

import pandas as pd

from linkage.outcomes.cases import as_cases, case_ids
from linkage.outcomes.electors.register import entries
from linkage.outcomes.view import View
from linkage.schema import ELECTOR_CHECK


def check_electors(view: View) -> pd.DataFrame:
    """Frame conforming to `ELECTOR_CHECK`."""
    held = entries(view)
    found = held.assign(
        case_id=case_ids("electors", held["record_id"], held["uprn"]),
        finding="not_validated",
        evidenced_uprn=None,
        service_count=0,
        latest_date=pd.NaT,
        probability=0.0,
        is_attainer=False,
        benefits_agree=False,
        reason="No service says so.",
        evidence="[]",
    )
    return as_cases(found, ELECTOR_CHECK, view)
