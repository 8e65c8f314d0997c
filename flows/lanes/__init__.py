"""Lanes: the workers of a Dask cluster that paint one run together, one chunk a lane at a time.

Only the painting is spread; everything else stays in the process of the flow. Workers share the
workspace, at the same path, and need the run's Prefect API.
"""

from flows.lanes.cluster import Cluster, ClusterError, address_of, check
from flows.lanes.dispatch import painted

__all__ = ["Cluster", "ClusterError", "address_of", "check", "painted"]
