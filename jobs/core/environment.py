"""Environment variables that libraries read when they are imported; `prepare` comes before any of those imports."""

import os
import re
import sys

LOOPBACK = "127.0.0.1"
ON_THIS_MACHINE = re.compile(r"local($|[\[-])|spark://(127\.[\d.]+|localhost):")
"""Spark masters whose workers, too, run on this machine."""
SETTINGS = {
    "PYSPARK_PYTHON": sys.executable,  # workers must run the interpreter that has our packages
    "PYSPARK_DRIVER_PYTHON": sys.executable,
    "MLFLOW_DISABLE_TELEMETRY": "true",  # a batch job calls nobody
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",  # a pickle is a program; models are text
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",  # a progress bar for one file
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",  # seconds; with the retries, a registry that is away is given up in half a
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # minute
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "GX_ANALYTICS_ENABLED": "false",
    "GIT_PYTHON_REFRESH": "quiet",  # mlflow looks for git; a server need not have it
}


def prepare(master: str) -> None:
    """Set what must be set; a master on this machine also stays on loopback, unless SPARK_LOCAL_IP says otherwise."""
    os.environ.update(SETTINGS)
    if ON_THIS_MACHINE.match(master):
        os.environ.setdefault("SPARK_LOCAL_IP", LOOPBACK)
