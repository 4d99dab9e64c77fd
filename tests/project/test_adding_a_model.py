"""The recipe for a data scientist, followed to the letter in a copy of the code."""

import os
import random
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.full
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/adding_a_model.md").read_text()
COPIED = ("conf", "expectations", "jobs", "models", "optimization", "tests")

FOLLOW = """
import os, shlex, sys
from jobs.core.environment import SETTINGS
os.environ.update(SETTINGS)
from jobs.cli.commands import app
for line in sys.argv[1].splitlines():
    app(shlex.split(line)[1:], standalone_mode=False)
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-c", os.devnull, *sys.argv[2:]]))
"""
FILES = ("models/features/weekends.py", "models/estimators/extra_trees.py")
CHECKS = (
    "tests/models/features/test_worked_rows.py",
    "tests/models/estimators/test_all_estimators.py",
    "-k",
    "weekend_share or extra_trees",
)


def blocks():
    """Where it belongs -> what the page shows; commands are under `sh`."""
    result = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
    files = dict(re.match(r"# ([^\n]+)\n(.*)", text, re.DOTALL).groups() for kind, text in result if kind != "sh")
    return files | {"sh": next(text for kind, text in result if kind == "sh")}


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A copy of the code with the page's blocks in their places, and a shop of 300 customers; then the commands."""
    place = tmp_path_factory.mktemp("recipe")
    for name in COPIED:
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "oneoffer.py", place)
    shown = blocks()
    for name in FILES:
        (place / name).write_text(shown[name])
    shop = tmp_path_factory.mktemp("shop")
    os.symlink(place / "tests", shop / "tests")
    shutil.copytree(ROOT / "tests/deployments/cdnow", shop / "conf")
    (shop / "conf/models.yaml").write_text("models:\n" + shown["models.yaml"])
    (shop / "conf/policy.yaml").write_text(shown["policy.yaml"])
    (shop / "data").mkdir()
    (shop / "data/CDNOW_master.txt").write_text(purchases())
    done = subprocess.run(
        [sys.executable, "-c", FOLLOW, shown["sh"], *CHECKS],
        cwd=shop,
        env=os.environ | {"PYTHONPATH": str(place), "ONEOFFER_SALT": "any"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return shop, done.stdout


def purchases():
    """From January 1997 on; a third come weekly at weekends, the others now and then."""
    draw = random.Random(3)
    rows = []
    for number in range(300):
        is_steady = number % 3 == 0
        day = date(1997, 1, 4) + timedelta(days=7 * draw.randrange(4))  # a Saturday
        while day < date(1998, 3, 1):
            rows.append(f"{number:05} {day:%Y%m%d} 1 {draw.randrange(5, 30)}.00")
            day += timedelta(days=7 if is_steady else draw.randrange(5, 60))
    return "customer_id date number_of_cds dollar_value\n" + "\n".join(rows) + "\n"


def test_the_model_is_trained_on_the_feature_and_promoted(followed):
    _, printed = followed
    assert "staying_away" in printed
    assert "not promoted" not in printed


def test_the_night_scores_with_it(followed):
    shop, _ = followed
    (scores,) = (shop / "work/lake/propensities").glob("*1998-03-01*")
    table = pq.read_table(scores).to_pydict()
    by_customer = dict(zip(table["customer_id"], table["staying_away"], strict=True))
    steady = [score for customer, score in by_customer.items() if int(customer) % 3 == 0]
    others = [score for customer, score in by_customer.items() if int(customer) % 3 and score is not None]
    assert max(steady) < sum(others) / len(others)


def test_the_tests_over_everything_that_registers_itself_cover_both(followed):
    _, printed = followed
    assert (
        int(re.search(r"(\d+) passed", printed)[1]) >= 9
    )  # the feature's worked rows, in Spark and by the auditor; eight of the estimator
