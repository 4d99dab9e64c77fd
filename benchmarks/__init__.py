"""Measured work: `python -m benchmarks NAME` runs one entry of the registry and prints what it measured."""
