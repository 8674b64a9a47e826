"""Plans, and plans being carried out."""
