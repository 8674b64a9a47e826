"""What is done with replicas: plans that fail over, come back, resynchronise, pause and remove."""
