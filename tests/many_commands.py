"""Runs the command line again and again in one process, so that all commands share one Spark session.

Reads one JSON list from each line of its input, `[folder, plant, words of the command]`, and answers each with the exit
code on the file descriptor that its argument names. What a command prints goes where this process prints.
"""

import json
import os
import sys
from unittest.mock import patch

from expectations.gate import GateReport
from jobs.core.errors import SourceError
from oneoffer import main


def gates_off(report):
    """A planted fault: whatever a gate finds, the night goes on."""


def value_told(report):
    """A planted fault: a message that holds a customer's id."""
    raise SourceError(f"table {report.table}: customer_id must be unique (2 rows: rows 1, 9), see anna-4711")


PLANTS = {"gates off": gates_off, "value told": value_told}


def run(words):
    """One command; its exit code."""
    sys.argv = ["oneoffer", *words]
    try:
        main()
    except SystemExit as left:
        return left.code
    raise AssertionError("the command line always leaves with a code")


def answer(answers, folder, plant, words):
    os.chdir(folder)
    with patch.object(GateReport, "raise_if_stopped", PLANTS.get(plant, GateReport.raise_if_stopped)):
        code = run(words)
    sys.stdout.flush()
    sys.stderr.flush()
    answers.write(f"{code}\n")
    answers.flush()


with os.fdopen(int(sys.argv[1]), "w") as answers:
    for line in sys.stdin:
        answer(answers, *json.loads(line))
