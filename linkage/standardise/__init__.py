"""valid -> records: every attribute of every person mention in one form, by named steps on distinct values."""

from linkage.standardise.beside import EarlierRecords, standardise_beside
from linkage.standardise.gazetteer import Gazetteer, gazetteer_of, read_gazetteer
from linkage.standardise.records import standardise
from linkage.standardise.registry import PIPELINES, describe
from linkage.standardise.steps import Step, run_steps
from linkage.standardise.touched import Touched, touched, touched_rows

__all__ = [
    "PIPELINES", "EarlierRecords", "Gazetteer", "Step", "Touched", "describe", "gazetteer_of", "read_gazetteer",
    "run_steps", "standardise", "standardise_beside", "touched", "touched_rows",
]  # fmt: skip
