"""# Training

Trains every model of the deployment from what was known before a date and registers it as challenger; runs its gates;
and asks before it becomes the champion, which is the version that the next night scores with.

**When.** Every Sunday at 06:00 of ONEOFFER_TIME_ZONE (another cron in ONEOFFER_TRAINING_SCHEDULE), as of that same day:
Saturday's data are the last that it knows. The same inputs are not trained twice: clearing a task is safe.

**Promotion.** ONEOFFER_PROMOTION says how: `ask` (the default) waits a week for somebody to approve under *Required
actions*, `gates` promotes what passed its gates, `never` leaves champions alone. Whatever is promoted, passed;
`oneoffer models history` shows who promoted what and why, and `oneoffer models rollback` goes back.

**When a task is red.** `train` with 12: too few days or customers for a label, see the log. `validate` with 12: a
challenger failed a gate; nothing is promoted, and the champion goes on scoring. Look at the gates (`oneoffer models
list`), then change the model, or the gate for a reason that can be stated. 16, 17 and 18 are tried again by
themselves. The other codes are those of the night's page.
"""

import os
from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, CronTriggerTimetable, chain
from decision_date import TIME_ZONE
from oneoffer_command import AS_OF, POLICY, OneofferCommand

PROMOTION = os.environ.get("ONEOFFER_PROMOTION", "ask")
if PROMOTION not in ("ask", "gates", "never"):
    raise ValueError(f"ONEOFFER_PROMOTION is ask, gates or never, not {PROMOTION!r}")

with DAG(
    dag_id="oneoffer_training",
    description="Challengers every week; a champion when somebody says so.",
    doc_md=__doc__,
    schedule=CronTriggerTimetable(os.environ.get("ONEOFFER_TRAINING_SCHEDULE", "0 6 * * 0"), timezone=TIME_ZONE),
    catchup=False,
    max_active_runs=1,
    params=AS_OF,
    default_args=POLICY,
    tags=["oneoffer", "models"],
):
    steps = [
        OneofferCommand(task_id="train", execution_timeout=timedelta(hours=6)),
        OneofferCommand(
            task_id="validate", words=["models", "validate"], is_dated=False, execution_timeout=timedelta(hours=2)
        ),
    ]
    if PROMOTION == "ask":
        steps += [
            ApprovalOperator(
                task_id="approve",
                subject="Shall the challengers that passed their gates score from the next night on?",
                body="Gates and figures are in the log of `validate` and in MLflow.",
                response_timeout=timedelta(days=7),
                retries=0,
            )
        ]
    if PROMOTION in ("ask", "gates"):  # what is known is not trained again: this promotes alone
        steps += [
            OneofferCommand(
                task_id="promote",
                words=["train", "--promote"],
                approved_by="approve" if PROMOTION == "ask" else "",
                execution_timeout=timedelta(hours=1),
            )
        ]
    chain(*steps)
