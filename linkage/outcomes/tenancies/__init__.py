"""Tenancy checks: council homes that may be sublet, and what only looks like it."""

from linkage.outcomes.tenancies.check import check_tenancies
from linkage.outcomes.tenancies.figures import tenancy_figures

__all__ = ["check_tenancies", "tenancy_figures"]
