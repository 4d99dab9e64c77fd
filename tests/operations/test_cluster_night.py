"""The night as tasks of Airflow on a Spark cluster, all of them real: the set of one machine, byte for byte."""

import json
import os
import sys
from pathlib import Path

import pytest

from jobs.stages import STAGES

pytestmark = pytest.mark.slow
ONEOFFER = Path(sys.executable).with_name("oneoffer")
AS_OF = "2025-03-01"


def test_the_nights_set_is_that_of_one_machine(airflow, company, cluster, afresh, tree):
    place = afresh(company)
    surroundings = {
        "ONEOFFER_BIN": str(ONEOFFER),
        "ONEOFFER_CONF": str(place.folder / "conf"),
        "ONEOFFER_HOME": str(place.folder),
        "ONEOFFER_SALT": place.salt,
        "AIRFLOW_CONN_ONEOFFER_SPARK": cluster.master,
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    found = airflow.ask("run", "oneoffer_nightly_cluster", "none", json.dumps({"as_of": AS_OF}), **surroundings)
    assert found["tasks"] == {task: ["success", 1] for task in ("night_before", *STAGES)}
    assert tree(place) == tree(company)
    assert (cluster.folder / "master.log").read_text().count("Registered app oneoffer") >= len(STAGES) / 2
