"""Electoral register validation: who is borne out at the address registered, who has gone, who is missing."""

from linkage.outcomes.electors.figures import elector_figures
from linkage.outcomes.electors.validation import check_electors

__all__ = ["check_electors", "elector_figures"]
