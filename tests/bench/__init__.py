"""Measurements of speed, each as a ratio taken in one run or as a count; run by ``python3 dev.py bench``."""
