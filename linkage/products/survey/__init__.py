"""The maturity survey: answers of officers and members, the levels they give, and what another rule would say."""

from linkage.products.survey.answers import Survey, read_survey
from linkage.products.survey.heard import heard_alone
from linkage.products.survey.levels import characteristic_levels, response_rates, survey_sensitivity
from linkage.products.survey.page import maturity_document, maturity_page
from linkage.products.survey.rules import INTEGRATED, load_survey_rules

__all__ = [
    "INTEGRATED",
    "Survey",
    "characteristic_levels",
    "heard_alone",
    "load_survey_rules",
    "maturity_document",
    "maturity_page",
    "read_survey",
    "response_rates",
    "survey_sensitivity",
]
