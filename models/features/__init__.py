"""Features, one function each; a new one is found by being written in any file of this folder."""
