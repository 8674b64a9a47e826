"""Recovery plans in the window: a plan that is put together, its readiness, and its runs."""
