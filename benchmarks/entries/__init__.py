"""The registry: one file per benchmark, each with a `run` that returns rows of figures."""
