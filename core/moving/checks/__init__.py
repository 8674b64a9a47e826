"""What is looked at before a machine moves: one module for each thing that can keep it, and the reading they share."""
