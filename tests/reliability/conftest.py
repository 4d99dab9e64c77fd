"""The figures that reliability tests measure, gathered into one JSON file where ONEOFFER_RELIABILITY_JSON names it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

VARIABLE = "ONEOFFER_RELIABILITY_JSON"


class Figures:
    """What was measured, by name."""

    def __init__(self) -> None:
        self.measured: dict[str, dict[str, object]] = {}

    def record(self, name: str, **facts: object) -> None:
        """Keep the facts of one figure."""
        self.measured[name] = facts

    def write(self, path: Path) -> None:
        """Put them beside those of earlier runs; a figure of the same name is replaced."""
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        path.write_text(json.dumps(known | self.measured, indent=2, sort_keys=True) + "\n", "utf-8")


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    found = Figures()
    yield found
    if os.environ.get(VARIABLE) and found.measured:
        found.write(Path(os.environ[VARIABLE]))
