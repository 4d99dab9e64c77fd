"""Sources before as_of -> one row of features per customer."""

from expectations.gate import check
from expectations.tables import table
from jobs.core.lake import FEATURE_DECLARATIONS, FEATURE_DECLARATIONS_FILE
from jobs.run_context import RunContext
from jobs.scoring.model_sources import model_sources
from models.feature_table import available, feature_table
from models.features.declaration import as_json


def run(context: RunContext) -> None:
    """Build the features of everybody whose data may be used, knowing only what is dated before the decision date."""
    sources = model_sources(context, context.as_of)
    features = feature_table(sources, [context.as_of]).drop("as_of").cache()
    check(features, table("features")).raise_if_stopped()
    context.lake.write(features, "features", context.as_of)
    features.unpersist()
    context.lake.write_file(as_json(available(sources)), FEATURE_DECLARATIONS, context.as_of, FEATURE_DECLARATIONS_FILE)
