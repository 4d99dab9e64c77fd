"""The Spark session: where it runs, how it starts, what goes with it."""
