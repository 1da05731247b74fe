"""Apply once: who an applicant is, by what a form asks, and what need not be asked again."""

from linkage.outcomes.applying.applications import application_figures, check_applications
from linkage.outcomes.applying.matching import Answer, as_forms, known_people, match_forms

__all__ = ["Answer", "application_figures", "as_forms", "check_applications", "known_people", "match_forms"]
