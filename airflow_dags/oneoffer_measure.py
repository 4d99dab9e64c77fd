"""# Measuring

Compares the forecasts of a past date with what happened after it: how far propensities, values and effects came true.

**When.** Whenever the asset `oneoffer_responses` is updated: list it among the outlets of whatever brings answers and
purchases. The date is that of 61 days ago: labels of up to 60 days, the decision date included, ended the day before
yesterday, so they are complete even where the data of yesterday are still on their way. *Trigger* with a decision date
measures any other. A model whose label is not over by then is left out, and the log says so.

**When the task is red.** 2 with "no … for this date": no night was run for it, or its lake was deleted; nothing is
lost. 16, 17 and 18 are tried again by themselves. The other codes are those of the night's page.
"""

from datetime import timedelta

from airflow.sdk import DAG
from oneoffer_command import AS_OF, POLICY, RESPONSES, OneofferCommand

with DAG(
    dag_id="oneoffer_measure",
    description="Forecasts beside what happened.",
    doc_md=__doc__,
    schedule=[RESPONSES],
    catchup=False,
    max_active_runs=1,
    params=AS_OF,
    default_args=POLICY,
    tags=["oneoffer", "models"],
):
    OneofferCommand(task_id="measure", offset_days=-61, execution_timeout=timedelta(hours=2))
