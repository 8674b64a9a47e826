"""Simulated Hyper-V hosts that speak the real wire protocol; run as a process of its own with ``python -m lab``."""
