"""Cluster: scored pairs and human judgements in, one cluster for every record out."""

from linkage.cluster.clustering import DEFAULT_APART, DEFAULT_THRESHOLD, cluster
from linkage.cluster.households import cluster_households
from linkage.cluster.judgements import JudgementConflictError

__all__ = ["DEFAULT_APART", "DEFAULT_THRESHOLD", "JudgementConflictError", "cluster", "cluster_households"]
