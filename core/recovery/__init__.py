"""Recovery plans: which machines fail over in which order, tried out beforehand and carried out in earnest."""
