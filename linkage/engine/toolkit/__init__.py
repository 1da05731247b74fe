"""Toolkit: the engine's blocking, comparison and training as parts of the Python Record Linkage Toolkit."""

from linkage.engine.toolkit.classifying import HouseholdClassifier
from linkage.engine.toolkit.comparing import LevelFeature, level_features
from linkage.engine.toolkit.indexing import RuleIndex

__all__ = ["HouseholdClassifier", "LevelFeature", "RuleIndex", "level_features"]
