"""Customers × options -> candidates and exclusions: pure functions over Spark frames."""
