"""Features × champions -> propensities and values."""

from pyspark.sql import DataFrame

from expectations.gate import check
from expectations.tables import table
from jobs.run_context import RunContext
from jobs.scoring.champions import champions_for, keep_champions
from jobs.scoring.drift import check_drift
from jobs.scoring.feature_files import feature_files
from jobs.scoring.group_scores import write_group_scores
from jobs.scoring.scored_with import table_of
from models.loading import prove_loading
from models.scoring import score_and_count

MONEY_TYPE = "bigint"


def run(context: RunContext) -> None:
    """Score every customer of the feature table with one version of every model of models.yaml, in one pass.

    Raises:
        ModelUnusable: a model has no champion, or its files are damaged or do not fit.
        RegistryAway: MLflow does not answer, and no champion kept from an earlier night will do.
        Drifted: features or scores have moved further than deployment.yaml allows.
    """
    lake, as_of = context.lake, context.as_of
    pinned = champions_for(context)
    champions = [champion.champion for champion in pinned]
    prove_loading(champions, limit_seconds=context.settings.deployment.mlflow.load_seconds)
    scored = score_and_count(feature_files(context.spark, lake.files("features", as_of)), champions)
    scored.all_rows.cache()
    try:
        check_drift(context, champions, scored.counts())
        for name, columns in _by_kind(scored.scores).items():
            part = scored.scores.select("customer_id", *columns)
            check(part, table(name)).raise_if_stopped()
            lake.write(part, name, as_of)
    finally:
        scored.all_rows.unpersist()
    write_group_scores(context, [champion.contract for champion in champions])
    keep_champions(context, pinned)
    lake.write_arrow(table_of(pinned), "scored_with", as_of)


def _by_kind(scores: DataFrame) -> dict[str, list[str]]:
    """Table -> its columns: money are values, everything else is a probability."""
    kinds = {name: kind for name, kind in scores.dtypes if name != "customer_id"}
    return {
        "propensities": [name for name, kind in kinds.items() if kind != MONEY_TYPE],
        "values": [name for name, kind in kinds.items() if kind == MONEY_TYPE],
    }
