"""Hyper-V Replica: what hosts know of machines that are replicated, and what happens to them in simulated time."""
