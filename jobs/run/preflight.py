"""Checks before a night starts: every rule can be read, every secret is set."""

from collections.abc import Collection

from conf.errors import SettingsError
from conf.expressions import Kind
from conf.settings import Settings
from jobs.candidates.formulas import read_formulas
from jobs.candidates.limit_columns import check_limit_columns
from jobs.core.secrets import salt
from jobs.run_context import RunContext
from models.features.declaration import all_features
from models.features.of_deployment import further_features

KIND_OF_ATTRIBUTE = {"text": Kind.TEXT, "number": Kind.NUMBER}


def check_policy(context: RunContext) -> None:
    """Read every formula and rule that is in force on the date, and every salt.

    Raises:
        PolicyError: an expression cannot be read, or speaks of a column that nobody declares.
        SettingsError: a limit names a column that nobody declares; the environment variable of a salt is not set.
    """
    settings = context.settings
    kinds = {feature.name: Kind.NUMBER for feature in all_features()}
    kinds |= _of_deployment(settings, {*kinds, *settings.sources.customers.attributes})
    attributes = {name: KIND_OF_ATTRIBUTE[kind] for name, kind in settings.sources.customers.attributes.items()}
    read_formulas(settings, kinds | attributes, context.as_of)
    check_limit_columns(settings, kinds | attributes)
    for drawn in (settings.policy.holdout, settings.policy.control, settings.policy.exploration):
        if drawn:
            salt(drawn.salt)


def _of_deployment(settings: Settings, taken: Collection[str]) -> dict[str, Kind]:
    """The features of its events and channels; raises SettingsError where something else has such a name."""
    names = [feature.name for feature in further_features(settings)]
    clash = sorted({name for name in names if name in taken or names.count(name) > 1})
    if clash:
        raise SettingsError(
            f"{settings.folder}: {clash[0]!r} is a feature of a kind of events, or of a channel, and the name of "
            "something else; rename the kind, the channel or the attribute"
        )
    return dict.fromkeys(names, Kind.NUMBER)
