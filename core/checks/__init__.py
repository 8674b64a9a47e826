"""What checks before a change have in common: what they say, and what they know or could not read."""
