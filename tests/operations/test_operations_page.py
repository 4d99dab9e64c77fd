"""docs/operations.md, followed to the letter: every block in its order, by one operator in one shell."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
BLOCKS = re.findall(r"(?ms)^```sh\n(.*?)^```", PAGE)
(CRON,) = re.findall(r"(?m)^0 2 \* \* \* (.+)$", PAGE)
MARK = "THE NEXT BLOCK"


@pytest.fixture(scope="module")
def operator(company, tmp_path_factory, free_port):
    """The folder of the deployment after the page was followed, and what each block printed."""
    shop = tmp_path_factory.mktemp("shop")
    places = {
        "/srv/oneoffer": str(ROOT),
        "/srv/shop": str(shop),
        ":5000": f":{free_port()}",
        ":7077": f":{free_port()}",
    }
    edits = (
        f"rm -r conf; cp -r {company.folder}/conf {company.folder}/data .; echo ONEOFFER_SALT={company.salt} >secrets"
    )
    blocks = [block + (f"\n{edits}\n" if "oneoffer init" in block else "") for block in BLOCKS]
    script = "\n".join(["set -euo pipefail", *(f"echo {MARK}\n{block}" for block in blocks)])
    for place, here in places.items():
        script = script.replace(place, here)
    ours = {
        "ONEOFFER_PYTHON": sys.executable,
        "ONEOFFER_MLFLOW_PORT": places[":5000"].removeprefix(":"),
        "ONEOFFER_MLFLOW_HOME": str(shop / "mlflow"),
        "ONEOFFER_SPARK_PORT": places[":7077"].removeprefix(":"),
        "ONEOFFER_SPARK_HOME": str(shop / "spark"),
    }
    environment = {name: value for name, value in os.environ.items() if name != "ONEOFFER_SALT"} | ours
    printed = shop / "printed"
    with printed.open("w") as output:
        shell = subprocess.Popen(
            ["bash", "-c", script], stdout=output, stderr=output, start_new_session=True, env=environment
        )
    try:
        code = shell.wait(timeout=1800)
    finally:
        os.killpg(shell.pid, signal.SIGTERM)  # the servers that were left in the background
    assert code == 0, printed.read_text()
    return shop, dict(zip(BLOCKS, printed.read_text().split(MARK)[1:], strict=True)), places


@pytest.fixture
def printed(operator):
    """What the block with these words printed."""

    def by(words):
        (result,) = [text for block, text in operator[1].items() if words in block]
        return result

    return by


def committed(shop, as_of):
    return sorted(path.name for path in (shop / "work/published" / as_of).glob("COMMIT.*"))


def test_every_date_of_the_page_is_published_once_and_the_corrected_one_twice(operator):
    shop = operator[0]
    result = {day: committed(shop, day) for day in ("2025-03-01", "2025-03-02", "2025-03-03", "2025-03-04")}
    assert result == {
        "2025-03-01": ["COMMIT.1"],
        "2025-03-02": ["COMMIT.1"],
        "2025-03-03": ["COMMIT.1", "COMMIT.2"],
        "2025-03-04": ["COMMIT.1"],
    }


def test_what_the_page_says_is_what_is_printed(printed):
    assert "checks, nothing found" in printed("oneoffer verify")
    assert "verified, every byte as it was" in printed("oneoffer score")
    assert "COMMIT.1 is superseded by COMMIT.2" in printed("--supersede")
    assert "nobody has opted out since" in printed("oneoffer recall")
    assert "verified, every byte as it was" in printed("--take-over")


def test_the_line_of_cron_runs_in_crons_own_environment(operator):
    shop, _, places = operator
    line = CRON.replace(r"$(date +\%F)", "2025-03-05")
    assert line != CRON
    for place, here in places.items():
        line = line.replace(place, here)
    bare = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(shop),
        "SHELL": "/bin/sh",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    done = subprocess.run(["sh", "-c", line], env=bare, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert committed(shop, "2025-03-05") == ["COMMIT.1"]
    output = subprocess.run(
        [Path(sys.executable).with_name("oneoffer"), "status", "--conf", "conf", "--json"],
        cwd=shop,
        env=os.environ | {"ONEOFFER_SALT": "oneoffer-demo"},
        capture_output=True,
        text=True,
    )
    assert [night["state"] for night in json.loads(output.stdout)] == ["published"] * 5
