"""Failover clusters: what a node tells of its own, and the steps by which machines move in them, into them and out."""
