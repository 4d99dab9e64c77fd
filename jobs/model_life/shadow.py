"""Shadow night: a date planned again with other scores, in a temporary lake of its own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pyspark.sql import DataFrame

from jobs.core.lake import GROUP_SCORES, GROUPS
from jobs.run_context import RunContext
from jobs.stages import build_candidates, optimize

_OF_THE_NIGHT = ("population", "features")
_SCORES = ("propensities", "values")


@contextmanager
def shadow_night(context: RunContext, score: str, scores: DataFrame) -> Iterator[RunContext]:
    """The candidates and the plan of a date, had one model answered something else.

    Args:
        context: of a night whose scores are in the lake; nothing of it is changed.
        score: the column name of the model's predictions.
        scores: customer_id and that column.

    Yields:
        A context whose lake has `candidates` and, where there is one, the `plan`; it is gone afterwards.

    Raises:
        NotInLake: the date was not scored.
        Infeasible, NoPlanInTime: the limits cannot be kept with these scores.
    """
    # Inside the lake, where every worker can write; its tables are never looked for there.
    with tempfile.TemporaryDirectory(prefix=".shadow-", dir=context.lake.root) as folder:
        deployment = context.settings.deployment.model_copy(update={"lake": Path(folder)})
        shadow = RunContext(replace(context.settings, deployment=deployment), context.as_of)
        _copy_inputs(context, shadow, score, scores)
        build_candidates.run(shadow)
        optimize.run(shadow)
        yield shadow


def _copy_inputs(context: RunContext, shadow: RunContext, score: str, scores: DataFrame) -> None:
    """The night's own tables, with the given score in place of the real one; rates of groups stay the night's."""
    lake, shadow_lake, as_of = context.lake, shadow.lake, context.as_of
    groups = (GROUPS, GROUP_SCORES) if context.settings.models.with_groups else ()
    for name in (*_OF_THE_NIGHT, *groups):
        target = shadow_lake.folder(name, as_of)
        target.parent.mkdir(parents=True)
        target.symlink_to(lake.folder(name, as_of).resolve())
    for name in _SCORES:
        table = lake.read(context.spark, name, as_of)
        if score in table.columns:
            table = table.drop(score).join(scores.select("customer_id", score), "customer_id", "left")
        shadow_lake.write(table, name, as_of)
