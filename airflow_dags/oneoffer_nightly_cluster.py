"""# The night on a cluster

The same night as `oneoffer_nightly`, stage by stage, for companies that outgrow one machine: each task is a
`spark-submit` of the core environment in client mode, so the driver runs on Airflow's worker and the executors on the
cluster. Set, date, retries, exit codes and what to do about them are those of the night's page. Switch on one of the
two: both would run the same date, of which one publishes and the other waits for it.

**Before the first night.** Add the connection `oneoffer_spark` (type Spark, host `spark://…`, port 7077); its address
overrides `spark.master` of deployment.yaml. The cluster's machines need the core environment's Python packages and
the folders of sources and lake, all at the same places; our own code is sent to them. Cores, memory and where the
executors find the driver (`spark.driver.host`) are `spark.settings` of deployment.yaml.

**When.** As `oneoffer_nightly`: 02:00 of ONEOFFER_TIME_ZONE for the messages of that same day, *Trigger* with a
decision date, or *Backfill*.

**When a task is red**, its last line names the exit code, as on the night's page. Besides: "add a connection": there is
none of that name. 18 with the cluster's address: no master answers there; it is tried again by itself. A task that does
not end: the cluster has no free cores or memory, see the master's page. Machines that die while a stage runs only cost
time: Spark does their work again.
"""

import os
from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, chain
from decision_date import TIME_ZONE, days_ahead
from night_before import NightBefore
from oneoffer_command import AS_OF, DECISIONS, POLICY
from oneoffer_spark_command import OneofferSparkCommand
from stage_limits import MINUTES

with DAG(
    dag_id="oneoffer_nightly_cluster",
    description="One decision per customer, every night, on a Spark cluster.",
    doc_md=__doc__,
    schedule=CronTriggerTimetable(os.environ.get("ONEOFFER_SCHEDULE", "0 2 * * *"), timezone=TIME_ZONE),
    catchup=False,
    max_active_runs=1,
    params=AS_OF,
    default_args=POLICY,
    tags=["oneoffer", "night"],
):
    chain(
        NightBefore(task_id="night_before"),
        *(
            OneofferSparkCommand(
                task_id=stage,
                offset_days=days_ahead(),
                execution_timeout=timedelta(minutes=minutes),
                outlets=[DECISIONS] if stage == "publish" else [],
            )
            for stage, minutes in MINUTES.items()
        ),
    )
