"""What the window does with replicas: their menu, health, failovers, the way back, and the view over all hosts."""
