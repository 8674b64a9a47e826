"""Qt models fed by pictures of hosts."""
