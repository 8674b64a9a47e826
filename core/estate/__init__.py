"""The hosts an administrator manages: connections, snapshots, and what changed between two of them."""
