"""A manifest.json and a run.json of a night of tests/deployments/no_transactions, and others made from them."""

import json
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"
MANIFEST = json.loads((SAMPLES / "manifest.json").read_text())
RUN = json.loads((SAMPLES / "run.json").read_text())


def manifest_with(**changes):
    """The manifest with other fields; of an object, those that are given take the place of those it has."""
    return MANIFEST | {
        name: MANIFEST[name] | value if isinstance(value, dict) and MANIFEST[name] else value
        for name, value in changes.items()
    }
