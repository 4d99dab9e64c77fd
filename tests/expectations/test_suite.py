import os
import subprocess
import sys
import time

from expectations.figures import Rule
from expectations.suite import unmet

KEPT = Rule("x", "must not be missing", "stop", 0)
BROKEN = Rule("x", "must be finite", "stop", 3)


def test_great_expectations_names_the_figures_out_of_bounds():
    rows = Rule("the table", "must have at least 1", "stop", 0, minimum=1, maximum=None)
    assert unmet("things", [KEPT, BROKEN, rows]) == (BROKEN, rows)
    assert unmet("things", [KEPT]) == ()


def test_bounds_include_their_ends():
    assert unmet("things", [Rule("y", "is two", "stop", 2, minimum=2, maximum=2)]) == ()
    assert len(unmet("things", [Rule("y", "is less", "stop", 2, maximum=1)])) == 1


def test_a_suite_of_thirty_rules_is_judged_in_well_under_a_second():
    rules = [Rule(f"column_{position}", "must be finite", "stop", position % 7) for position in range(30)]
    unmet("warm", [KEPT])
    begin = time.process_time()
    unmet("things", rules)
    assert time.process_time() - begin < 0.8


OFFLINE = """
import os, socket, sys
import expectations.gate
assert "great_expectations" not in sys.modules

def refuse(*args):
    raise AssertionError("great-expectations wants the network")

socket.socket.connect = refuse
from expectations.figures import Rule
from expectations.suite import unmet
assert len(unmet("things", [Rule("x", "must be finite", "stop", 1)])) == 1
assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
assert os.listdir() == []
"""


def test_great_expectations_is_imported_late_and_needs_neither_network_nor_disk(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "GX_ANALYTICS_ENABLED"}
    subprocess.run([sys.executable, "-c", OFFLINE], check=True, env=environment, cwd=tmp_path, timeout=120)
