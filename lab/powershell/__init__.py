"""PowerShell as far as a simulated host needs it: values, parameter binding, pipelines, constant scripts."""
