"""From people and options to candidates: pure functions over Spark frames, one file for each question asked."""
