"""One run: its stages in order, and the record of them."""
