"""A set of decisions as files."""
