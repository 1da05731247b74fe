"""Products of the index: quality figures, the maturity of integrated customer data, and the report page."""

from linkage.products.declared import DECLARED_FILE, Declared, read_declared
from linkage.products.figures import quality_figures
from linkage.products.inputs import CHECK, MEASURED, QUARANTINE_REASON, SOURCE_COUNT, quarantine_reasons
from linkage.products.maturity import PartScore, maturity_parts, maturity_scores
from linkage.products.overall import sensitivity
from linkage.products.report import RunHeader, quality_json, report_page

__all__ = [
    "CHECK", "DECLARED_FILE", "MEASURED", "QUARANTINE_REASON", "SOURCE_COUNT", "Declared", "PartScore", "RunHeader",
    "maturity_parts", "maturity_scores", "quality_figures", "quality_json", "quarantine_reasons",
    "read_declared", "report_page", "sensitivity",
]  # fmt: skip
