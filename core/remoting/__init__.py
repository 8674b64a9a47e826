"""Sessions to hosts over WinRM: the only place that knows pypsrp, and the only place with threads."""
