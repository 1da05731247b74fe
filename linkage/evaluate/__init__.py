"""Evaluate: how right the links are where the truth is known, and for whom less so."""

from linkage.evaluate.accuracy import Accuracy, accuracy_by_group, measure_accuracy
from linkage.evaluate.blocking import BLOCKED, measure_blocking
from linkage.evaluate.truth import read_truth

__all__ = ["BLOCKED", "Accuracy", "accuracy_by_group", "measure_accuracy", "measure_blocking", "read_truth"]
