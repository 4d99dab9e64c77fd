"""Estimators, one kind a file; a new kind is found by being written in this folder."""
