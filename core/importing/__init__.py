"""Importing machines: what lies in a folder, what a host has against it, and the calls that carry it out."""
