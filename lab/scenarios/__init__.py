"""Estates to start from, in readable files."""
