"""Candidates and limits -> the plan of a night."""
