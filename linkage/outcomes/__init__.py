"""Outcomes: what a council builds a residents index for, each made of the published index and of nothing else."""

from linkage.outcomes.admissions import admission_figures, check_admissions
from linkage.outcomes.applying import application_figures, check_applications
from linkage.outcomes.children import child_figures, watch_children
from linkage.outcomes.data_register import data_register, data_register_figures, data_register_pages
from linkage.outcomes.electors import check_electors, elector_figures
from linkage.outcomes.open_data import open_data, open_data_figures, open_data_files
from linkage.outcomes.outcome import Figure, Outcome, count, figure_rows, share
from linkage.outcomes.tenancies import check_tenancies, tenancy_figures
from linkage.outcomes.view import View
from linkage.schema import (
    ADMISSION_CHECK,
    APPLICATION_CHECK,
    CHILD_CHANGE,
    DATA_HOLDING,
    ELECTOR_CHECK,
    OPEN_DATA_CELL,
    TENANCY_CHECK,
)

OUTCOMES = (
    Outcome("electors", "Electoral register validation", ELECTOR_CHECK, check_electors, elector_figures),
    Outcome("tenancies", "Tenancy checks", TENANCY_CHECK, check_tenancies, tenancy_figures),
    Outcome("admissions", "School admissions checks", ADMISSION_CHECK, check_admissions, admission_figures),
    Outcome("children", "Children on a list", CHILD_CHANGE, watch_children, child_figures),
    Outcome("applications", "Apply once", APPLICATION_CHECK, check_applications, application_figures),
    Outcome("open_data", "Open data", OPEN_DATA_CELL, open_data, open_data_figures, open_data_files),
    Outcome(
        "data_register",
        "Data audit register",
        DATA_HOLDING,
        data_register,
        data_register_figures,
        data_register_pages,
    ),
)
"""Every outcome, in the order of the summary."""

__all__ = ["OUTCOMES", "Figure", "Outcome", "View", "count", "figure_rows", "share"]
