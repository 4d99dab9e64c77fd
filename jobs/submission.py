"""What spark-submit has to be told to start the driver of a command on a cluster."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conf.deployment import Deployment
from jobs.spark_session import session_settings

PYTHON = {"spark.pyspark.python": sys.executable, "spark.pyspark.driver.python": sys.executable}
"""The interpreter that has our packages, on every machine."""


def submission(deployment: Deployment) -> dict[str, Any]:
    """Where Spark lies, and all that a session would tell its own JVM when it starts one.

    spark-submit starts the JVM before our program, so memory, JVM options and where the log's settings lie come from
    its command line or not at all. Secrets are left out: the program looks them up itself.

    Raises:
        SettingsError: as `session_settings`.
    """
    settings, secret = session_settings(deployment.name, deployment.spark, deployment.time_zone)
    told = {key: value for key, value in settings.items() if key not in secret}
    return {"spark_home": spark_home(), "settings": told | PYTHON}


def spark_home() -> str:
    """The folder of the Spark that a session of this environment would start."""
    found = find_spec("pyspark")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pyspark", name="pyspark")
    return os.environ.get("SPARK_HOME") or str(Path(found.origin).parent)
