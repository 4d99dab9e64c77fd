"""A night begins when the night before it has ended."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk import BaseSensorOperator
from airflow.sdk.exceptions import AirflowFailException
from decision_date import BACKFILL

UNFINISHED, FAILED = ("queued", "running"), "failed"


class NightBefore(BaseSensorOperator):
    """Wait while the run of the DAG just before this one, by logical date, goes on.

    A night counts the contacts of the nights before it. Schedules keep to one run at a time; backfills do not, whatever
    the DAG says: by default ten of their dates begin at once. While this waits it takes no worker.
    """

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  as every operator takes them
        waiting = {"mode": "reschedule", "poke_interval": 30, "timeout": timedelta(days=3)}
        super().__init__(**waiting | {"execution_timeout": timedelta(minutes=5)} | settings)

    def poke(self, context: Mapping[str, Any]) -> bool:
        """Whether the night may begin.

        Raises:
            AirflowFailException: a date of a backfill failed, so the ones after it do not begin, as in a replay.
        """
        before = context["ti"].get_previous_dagrun()
        if before is None:
            return True
        if before.state == FAILED and before.run_type == context["dag_run"].run_type == BACKFILL:
            raise AirflowFailException(f"{before.run_id} failed: clear its red task, and then this one")
        return before.state not in UNFINISHED
