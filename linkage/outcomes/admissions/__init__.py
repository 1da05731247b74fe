"""School admissions checks: whether services have the family at the address applied from."""

from linkage.outcomes.admissions.check import check_admissions
from linkage.outcomes.admissions.figures import admission_figures

__all__ = ["admission_figures", "check_admissions"]
