"""Hyper-V Replica: the server that receives replicas, and what protects a machine with one."""
