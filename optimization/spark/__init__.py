"""Candidates in pieces: the same arrays and the same code as in one process, cut so that a task holds one of them."""
