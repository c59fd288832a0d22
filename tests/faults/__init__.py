"""Faults of the system: a process that is killed, a disk that is full, memory that has come to its end."""
