"""The window: everything VM Ferry shows; what it knows and does comes from core."""
