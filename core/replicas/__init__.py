"""The replication of machines over all hosts: what each host says of its side, paired, judged and remembered."""
