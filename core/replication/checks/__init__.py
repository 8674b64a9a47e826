"""What is looked at before a replication is enabled: one module for each thing that can keep it."""
