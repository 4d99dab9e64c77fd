"""Publication: a decision set as files."""
