"""What every table must be: one declaration each, which is data dictionary, schema and gate at once."""
