"""Pages and dialogs of Hyper-V Replica."""
