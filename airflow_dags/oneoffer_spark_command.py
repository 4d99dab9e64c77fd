"""A command of oneoffer as a task that spark-submit starts, in client mode, on the cluster of a connection."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Connection
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowNotFoundException,
    AirflowTaskTimeout,
)
from decision_date import as_of
from oneoffer_command import emit, environment, raise_for, setting, too_slow

CONNECTION = "oneoffer_spark"
"""Airflow's name for the cluster; its address is the master."""
PROGRAM = Path(__file__).parent / "spark_program" / "submitted.py"
OURS_ALONE = 0o027
"""The mask of oneoffer.py: the driver's JVM runs before that does."""


class OneofferSparkCommand(SparkSubmitOperator):
    """Run one dated command of the core environment as the driver of a Spark application.

    spark-submit is the core environment's own, and its settings are those that the core would use itself.
    Airflow's environment holds another Spark, which is not used.

    Args:
        words: the command and its options; by default the task's own name.
        offset_days: the decision date is so many days after the day of the run, see `decision_date.as_of`.
    """

    def __init__(self, *, words: Sequence[str] = (), offset_days: int = 0, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(conn_id=CONNECTION, deploy_mode="client", application=str(PROGRAM), **settings)
        self.words = list(words or [self.task_id])
        self.offset_days = offset_days

    def execute(self, context: Mapping[str, Any]) -> str:
        """The decision date, once the command has ended well."""
        day = as_of(context, self.offset_days).isoformat()
        try:
            code = self._submit(day)
        except AirflowTaskTimeout:
            self.on_kill()
            raise too_slow(self) from None
        if code:
            self.on_kill()  # a JVM that was killed leaves the program behind
        raise_for(code)
        emit(self, context, day)
        return day

    def on_kill(self) -> None:
        """Stop spark-submit and the program that it started, which would outlive it; the rerun takes up the date."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=60)

    def _submit(self, day: str) -> int:
        """The exit code of the program, which spark-submit hands on."""
        conf, master = ["--conf", setting("conf")], ["--set", f"deployment.spark.master={self._master()}"]
        spark = submission([*conf, *master])
        self.application_args = [*self.words, *conf, "--as-of", day, *master]
        self.conf, self.name = spark["settings"], f"oneoffer {self.task_id}"
        self._spark_binary = f"{spark['environment']['SPARK_HOME']}/bin/spark-submit"
        self._hook = self._get_hook()
        process = {"cwd": setting("home"), "umask": OURS_ALONE, "start_new_session": True}
        try:
            self._hook.submit(self.application, env=environment() | spark["environment"], **process)
        except AirflowException:
            if self._process is None:  # it never began
                raise
        return int(self._process.returncode)

    def _master(self) -> str:
        try:
            Connection.get(CONNECTION)
        except AirflowNotFoundException:  # the hook would take YARN for it
            raise AirflowFailException(f"add a connection {CONNECTION} whose address is the cluster's master") from None
        return str(self._get_hook()._connection["master"])

    @property
    def _process(self) -> "subprocess.Popen[str] | None":
        return self._hook._submit_sp if self._hook is not None else None


def submission(words: Sequence[str]) -> dict[str, Any]:
    """The `environment` and `settings` that the core would give to its own spark-submit, without any secret."""
    command = [setting("bin"), "submission", *words]
    done = subprocess.run(  # noqa: S603  the operator's own program
        command, env=environment(), cwd=setting("home"), check=False, stdout=subprocess.PIPE, text=True
    )
    raise_for(done.returncode)
    return dict(json.loads(done.stdout))
