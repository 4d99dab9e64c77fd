"""The environment and settings with which spark-submit starts the driver of a command on a cluster."""

import os
import sys
from pathlib import Path

from conf.deployment import Deployment
from jobs.core.environment import prepare
from jobs.spark.session import session_settings

PYTHON = {"spark.pyspark.python": sys.executable, "spark.pyspark.driver.python": sys.executable}
"""The interpreter that has our packages, on every machine."""


def submission(deployment: Deployment) -> dict[str, dict[str, str]]:
    """The `environment` and the `settings` that a session gives to its own JVM when it starts one.

    spark-submit starts the JVM before our program, so memory, JVM options, the address to listen at and where the log's
    settings lie come with it or not at all. Secrets are left out: the program looks them up itself.

    Raises:
        SettingsError: as `session_settings`.
    """
    prepare(deployment.spark.master)
    import pyspark  # noqa: PLC0415  a heavy import, after `prepare`

    settings, secret = session_settings(deployment.name, deployment.spark, deployment.time_zone)
    address = {name: os.environ[name] for name in ("SPARK_LOCAL_IP",) if name in os.environ}
    public = {key: value for key, value in settings.items() if key not in secret}
    return {"environment": {"SPARK_HOME": str(Path(pyspark.__file__).parent)} | address, "settings": public | PYTHON}
