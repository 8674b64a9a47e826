"""What an administrator does with machines every day: when it is offered, what it sends, what it asks."""
