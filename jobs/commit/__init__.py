"""How a set comes to exist: lock, run folder, commit."""
