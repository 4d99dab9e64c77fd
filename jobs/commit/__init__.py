"""How a decision set is published: lock, run folder, commit."""
