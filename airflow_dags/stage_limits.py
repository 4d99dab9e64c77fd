"""The stages of the night in their order, and how long each may take."""

MINUTES = {
    "gate_sources": 60,
    "build_features": 180,
    "score": 60,
    "build_candidates": 120,
    "optimize": 120,
    "decide": 60,
    "report": 30,
    "publish": 120,
}
"""Stage -> the longest that it may take."""
