"""A command of oneoffer as a task: which program, which date, and what its exit code means to Airflow."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from subprocess import TimeoutExpired
from typing import Any

from airflow.providers.standard.hooks.subprocess import SubprocessHook
from airflow.sdk import Asset, BaseOperator, Param, Variable
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException, AirflowTaskTimeout
from decision_date import as_of

DECISIONS = Asset("oneoffer_decisions")
"""A committed set; `extra` says of which date."""
RESPONSES = Asset("oneoffer_responses")
"""New answers and purchases; whatever brings them lists it among its outlets."""

NOT_FOR_THE_CORE = ("AIRFLOW", "_AIRFLOW", "PYTHONPATH", "PYTHONHOME")
"""How variables begin that are for Airflow's Python alone."""

NOTHING_TO_DO = 99
SIGNALS = 128
WORTH_RETRYING = {
    16: "another run works on the date, or committed another date meanwhile",
    17: "a disk is full or broken; what was published before is untouched",
    18: "the Spark cluster does not answer, or Spark was killed; or MLflow, and what is kept of it will not do",
}
CAUSES = WORTH_RETRYING | {
    2: "the command or a setting is wrong, or the machine lacks something",
    10: "a table breaks its contract, or features or scores have drifted too far",
    11: "the list of consents is missing, stale or shrunk: nobody may be contacted on its word",
    12: "a model is missing or damaged, or failed its gates",
    13: "no plan can keep all limits: relax one of those named",
    14: "no plan within the gap and the time",
    15: "the audit found a breach, or an earlier set is damaged: nothing is committed",
    19: "the date is published already, and today's inputs make another set",
    20: "a rule of policy.yaml cannot be followed",
    21: "there is no such customer",
    70: "a bug in oneoffer",
    130: "somebody interrupted it",
}

POLICY: dict[str, Any] = {
    "owner": "oneoffer",
    "retries": 3,  # of the codes worth retrying alone; every other one fails at once
    "retry_delay": timedelta(minutes=5),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(hours=1),
}
"""What all tasks have in common."""
AS_OF = {
    "as_of": Param(
        None,
        type=["null", "string"],
        format="date",
        title="Decision date",
        description="The day on which the messages go out; data dated on or after it are unknown. "
        "Empty: as the page of the DAG says.",
    )
}


class OneofferCommand(BaseOperator):
    """Run one command of the core environment.

    Args:
        words: the command and its options; by default the task's own name.
        offset_days: the decision date is so many days after the day of the run, see `decision_date.as_of`.
        is_dated: whether the command takes a decision date at all.
        approved_by: the task in which somebody approved; the command acts in that user's name.
    """

    template_fields = ("words",)

    def __init__(
        self,
        *,
        words: Sequence[str] = (),
        offset_days: int = 0,
        is_dated: bool = True,
        approved_by: str = "",
        **settings: Any,  # noqa: ANN401  as every operator takes them
    ) -> None:
        super().__init__(**settings)
        self.words = list(words or [self.task_id])
        self.offset_days = offset_days
        self.is_dated = is_dated
        self.approved_by = approved_by
        self.process: SubprocessHook | None = None

    def execute(self, context: Mapping[str, Any]) -> str:
        """The decision date, once the command has ended well."""
        day = as_of(context, self.offset_days).isoformat()
        date_words = ["--as-of", day] if self.is_dated else []
        command = [setting("bin"), *self.words, "--conf", setting("conf"), *date_words]
        self.process = SubprocessHook()
        variables = environment() | (self._approver(context) if self.approved_by else {})
        try:
            code = self.process.run_command(command, env=variables, cwd=setting("home")).exit_code
        except AirflowTaskTimeout:  # what was too slow once would be so again
            self.on_kill()
            raise too_slow(self) from None
        raise_for(code)
        emit(self, context, day)
        return day

    def on_kill(self) -> None:
        """A task that is stopped or has timed out stops its command too; its rerun takes up the date."""
        if self.process is not None and self.process.sub_process is not None:
            self.process.send_sigterm()
            with suppress(TimeoutExpired):
                self.process.sub_process.wait(timeout=60)

    def _approver(self, context: Mapping[str, Any]) -> dict[str, str]:
        """ONEOFFER_USER is written on the version that is promoted."""
        answer = context["ti"].xcom_pull(task_ids=self.approved_by) or {}
        user = answer.get("responded_by_user")
        return {"ONEOFFER_USER": user["name"]} if user else {}


def setting(name: str) -> str:
    """What the variable `oneoffer_<name>` of Airflow says, or ONEOFFER_<NAME> of the worker's environment.

    bin: absolute path of the core environment's program; conf: folder of the deployment; home: working folder.
    """
    value = Variable.get(f"oneoffer_{name}", default=None) or os.environ.get(f"ONEOFFER_{name.upper()}")
    if not value or not os.path.isabs(value):
        raise AirflowFailException(f"set the variable oneoffer_{name} to an absolute path, or ONEOFFER_{name.upper()}")
    return value


def environment() -> dict[str, str]:
    """The worker's environment without Airflow's own settings, some of which are secrets, and without its Python path.

    Folders of DAGs on PYTHONPATH often hold packages called like ours.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith(NOT_FOR_THE_CORE)}


def emit(task: BaseOperator, context: Mapping[str, Any], day: str) -> None:
    """Say of which date the task's assets are."""
    for asset in task.outlets:
        context["outlet_events"][asset].extra = {"as_of": day}


def too_slow(task: BaseOperator) -> AirflowFailException:
    """What a task says that was stopped because of its time."""
    return AirflowFailException(f"stopped after {task.execution_timeout}: look why, or allow more")


def raise_for(code: int) -> None:
    """End the task as the exit code says: skipped, failed at once, or to be tried again."""
    if code == 0:
        return
    if code == NOTHING_TO_DO:
        raise AirflowSkipException("nothing to do")
    is_killed = code < 0 or code > SIGNALS  # as the system says it, and as spark-submit does
    cause = CAUSES.get(code, "the process was ended from outside" if is_killed else "not a code of oneoffer")
    kind = AirflowException if code in WORTH_RETRYING else AirflowFailException
    raise kind(f"exit code {code}: {cause}; the log above says what, where and how many")
