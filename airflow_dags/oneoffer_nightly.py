"""# The night

Decides for every customer of the deployment one offer through one channel, or none, and publishes the set. One task
is one stage; stages hand tables to each other in the lake, so each can be cleared and run again by itself. A set
without a COMMIT does not exist for readers: whatever fails, campaign teams see the last whole, audited set or none.

**When.** Every night at 02:00 of ONEOFFER_TIME_ZONE (another cron in ONEOFFER_SCHEDULE), for the messages of that same
day. The decision date is the day on which the messages go out: everything dated before it is known, so at 02:00 the
whole of yesterday. A night that runs in the evening for the next day, say at 22:00, sets ONEOFFER_DAYS_AHEAD to 1.

**Other dates.** *Trigger* with a decision date runs any date. *Backfill* runs a range: exactly the dates that it names,
whatever ONEOFFER_DAYS_AHEAD says. Of nights missed in an outage the latest alone is made up. A night counts the
contacts of the nights before it, so `night_before` waits until the run before has ended; where a date of a backfill has
failed, the dates after it do not begin. Do not run a backfill *backwards*: with few active runs, each would wait for
one that cannot begin. (A backfill before the first scheduled night makes up last night too.)

**When a task is red**, its last line names the exit code:

| code | what happened | what to do |
|---|---|---|
| 2, 20 | settings or a rule cannot be read; file and line are in the log | correct the file, clear the task |
| 10 | a source table breaks its contract, or a drift limit was passed | repair the feed, or change the limit |
| 11 | the list of consents is missing, stale or shrunk | get the list; there is no way around it |
| 12 | no champion, or a damaged one | `oneoffer models list`; promote or roll back; clear `score` and the rest |
| 13, 14 | limits contradict each other; or no plan in time | relax the limit that is named; raise the gap or the time |
| 15 | the audit found a breach, or an earlier set is damaged | `oneoffer ledger check`; else keep the lake, report it |
| 16, 17, 18 | date locked; a disk; MLflow or cluster away | tried again; then clear the task (16: `--take-over`) |
| 19 | published already, from other inputs | nothing, or `oneoffer run --supersede` |
| 70 | a bug | report the lines above; `ONEOFFER_SHOW_ERRORS=1` at a console shows more |

The same date started twice publishes once: the second run waits, finds the date published, verifies it and is green.
Green tasks emit the asset `oneoffer_decisions` with the date.
"""

import os
from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, chain
from decision_date import TIME_ZONE, days_ahead
from night_before import NightBefore
from oneoffer_command import AS_OF, DECISIONS, POLICY, OneofferCommand
from stage_limits import MINUTES

with DAG(
    dag_id="oneoffer_nightly",
    description="One decision per customer, every night.",
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
            OneofferCommand(
                task_id=stage,
                offset_days=days_ahead(),
                execution_timeout=timedelta(minutes=minutes),
                outlets=[DECISIONS] if stage == "publish" else [],
            )
            for stage, minutes in MINUTES.items()
        ),
    )
