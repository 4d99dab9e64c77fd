"""Features, one declaration each; a new one is found by standing in any file of this folder."""
