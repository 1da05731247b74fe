"""valid -> records: every attribute of every person mention in one form, by named steps on distinct values."""

from linkage.standardise.gazetteer import Gazetteer, read_gazetteer
from linkage.standardise.records import standardise
from linkage.standardise.registry import PIPELINES, describe
from linkage.standardise.steps import Step, run_steps

__all__ = ["PIPELINES", "Gazetteer", "Step", "describe", "read_gazetteer", "run_steps", "standardise"]
