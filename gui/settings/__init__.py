"""Dialogs with a list of pages: the settings of a host, and of a machine."""
