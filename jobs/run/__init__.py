"""One run: its stages in order, and what is recorded of it."""
