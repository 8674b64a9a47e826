"""What a move of a machine is, without a wizard: its items, where they go, the calls that carry it out, its plan."""
