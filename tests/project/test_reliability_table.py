"""The README tells the figures of docs/reliability.json, as they stand there."""

import json

from benchmarks.reliability_table import FIGURES, table

README = FIGURES.parents[1] / "README.md"


def test_the_readme_tells_the_figures_that_were_written():
    assert table(json.loads(FIGURES.read_text())) in README.read_text()


def test_a_row_has_a_name_and_its_counts():
    assert table({"b": {"kills": 1200, "half": 0}, "a": {"rounds": 5}}).splitlines()[2:] == [
        "| a | rounds: 5 |",
        "| b | kills: 1,200; half: 0 |",
    ]
