"""PowerShell as data: a cmdlet call that can be printed as a script or run."""
