"""Figures of reliability, each from a test that carries a planted fault it must catch."""

import json
import os
from pathlib import Path

import pytest


class Figures:
    """What the tests counted, by name."""

    def __init__(self):
        self.found = {}

    def record(self, name, **facts):
        """Keep the facts of one figure; those recorded before under the name are replaced."""
        self.found[name] = facts

    def write(self, path):
        """Merge into the file: figures of other runs stay."""
        known = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(known | self.found, indent=2, sort_keys=True) + "\n")


@pytest.fixture(scope="session")
def figures():
    """Written at the end to the file that ONEOFFER_RELIABILITY_JSON names, if it does."""
    collected = Figures()
    yield collected
    if collected.found and "ONEOFFER_RELIABILITY_JSON" in os.environ:
        collected.write(Path(os.environ["ONEOFFER_RELIABILITY_JSON"]))
