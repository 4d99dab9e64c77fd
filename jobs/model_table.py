"""What the models of a deployment learn from and are tested on."""

from collections.abc import Mapping

from conf.models import Model
from jobs.context import RunContext
from jobs.model_sources import model_sources
from models.training_table import TrainingTable, training_table


def model_table(context: RunContext, models: Mapping[str, Model]) -> TrainingTable:
    """Features and outcomes of these models at all their cut-offs, knowing what was known before the context's date."""
    sources, settings = model_sources(context, context.as_of), context.settings
    most, seed = settings.models.max_training_customers, settings.deployment.seed
    return training_table(sources, models, context.as_of, max_customers=most, seed=seed)
