"""docs/reliability.json, written by `make reliability`, as the table of the README."""

import json
from pathlib import Path

FIGURES = Path(__file__).parents[1] / "docs" / "reliability.json"


def table(figures: dict[str, dict[str, int]]) -> str:
    """One row for each figure, by name, with the counts as the test took them."""
    rows = [f"| {name} | {_facts(facts)} |" for name, facts in sorted(figures.items())]
    return "\n".join(["| what was tried | what came of it |", "|---|---|", *rows])


def _facts(facts: dict[str, int]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {count:,}" for name, count in facts.items())


if __name__ == "__main__":
    print(table(json.loads(FIGURES.read_text(encoding="utf-8"))))
