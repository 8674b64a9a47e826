"""What the simulated hosts are and do: one state machine on one clock, without a wire."""
