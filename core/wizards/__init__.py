"""The wizards without widgets: choices, steps, problems, plan."""
