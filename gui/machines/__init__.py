"""What the window does with machines: their actions, what is asked before, and their settings."""
