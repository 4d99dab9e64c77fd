"""Checks before a night starts: every rule can be read, every secret is set."""

from conf.expressions import Kind
from jobs.candidates.formulas import read_formulas
from jobs.candidates.limit_columns import check_limit_columns
from jobs.core.secrets import salt
from jobs.run_context import RunContext
from models.features.declaration import all_features

KIND_OF_ATTRIBUTE = {"text": Kind.TEXT, "number": Kind.NUMBER}


def check_policy(context: RunContext) -> None:
    """Read every formula and rule that is in force on the date, and every salt.

    Raises:
        PolicyError: an expression cannot be read, or speaks of a column that nobody declares.
        SettingsError: a limit names a column that nobody declares; the environment variable of a salt is not set.
    """
    settings = context.settings
    kinds = {feature.name: Kind.NUMBER for feature in all_features() if not feature.is_per_category}
    attributes = {name: KIND_OF_ATTRIBUTE[kind] for name, kind in settings.sources.customers.attributes.items()}
    read_formulas(settings, kinds | attributes, context.as_of)
    check_limit_columns(settings, kinds | attributes)
    for drawn in (settings.policy.holdout, settings.policy.control, settings.policy.exploration):
        if drawn:
            salt(drawn.salt)
