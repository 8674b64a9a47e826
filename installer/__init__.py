"""The Windows installer: built and tried on Debian. ``python3 dev.py installer`` runs it."""
