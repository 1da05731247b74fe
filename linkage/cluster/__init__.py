"""Cluster: scored pairs and human judgements in, one cluster for every record out."""

from linkage.cluster.clustering import DEFAULT_APART, DEFAULT_THRESHOLD, cluster
from linkage.cluster.households import cluster_households
from linkage.cluster.increment import ClusterBase, ClusterIncrement, cluster_increment
from linkage.cluster.judgements import find_conflicts

__all__ = [
    "DEFAULT_APART",
    "DEFAULT_THRESHOLD",
    "ClusterBase",
    "ClusterIncrement",
    "cluster",
    "cluster_households",
    "cluster_increment",
    "find_conflicts",
]
