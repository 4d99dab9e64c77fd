"""The stages of the night, in their order."""

STAGES = (
    "gate_sources",
    "build_features",
    "score",
    "build_candidates",
    "optimize",
    "decide",
    "report",
    "publish",
)
"""Each is a module of jobs.stages with a `run(context)`, a command of its own, and a task of the nightly DAG."""
