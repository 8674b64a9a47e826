"""What a host says and what it may be asked: typed records, enumerations, queries."""
