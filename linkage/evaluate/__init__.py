"""Evaluate: how right links, addresses and the change feed are where the truth is known, and for whom less so."""

from linkage.evaluate.accuracy import Accuracy, accuracy_by_group, measure_accuracy
from linkage.evaluate.blocking import BLOCKED, measure_blocking
from linkage.evaluate.feed import judge, measure_feed
from linkage.evaluate.frauds import (
    RankedAccuracy,
    current_frauds,
    measure_ranked,
    movers_flagged,
    traps_flagged,
)
from linkage.evaluate.happenings import happenings
from linkage.evaluate.register import Measured, measure_register
from linkage.evaluate.residence import ResidenceAccuracy, measure_residence
from linkage.evaluate.town import Town, person_of_resident, read_town
from linkage.evaluate.truth import read_truth

__all__ = [
    "BLOCKED",
    "Accuracy",
    "Measured",
    "RankedAccuracy",
    "ResidenceAccuracy",
    "Town",
    "accuracy_by_group",
    "current_frauds",
    "happenings",
    "judge",
    "measure_accuracy",
    "measure_blocking",
    "measure_feed",
    "measure_ranked",
    "measure_register",
    "measure_residence",
    "movers_flagged",
    "person_of_resident",
    "read_town",
    "read_truth",
    "traps_flagged",
]
