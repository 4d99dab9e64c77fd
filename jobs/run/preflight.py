"""Checks before a night starts: every rule can be read, every secret is set."""

from collections.abc import Collection

from conf.errors import SettingsError
from conf.expressions import Kind
from conf.settings import Settings
from jobs.candidates.formulas import read_formulas
from jobs.core.secrets import salt
from jobs.run_context import RunContext
from models.features.declaration import all_features
from models.features.events import event_features

KIND_OF_ATTRIBUTE = {"text": Kind.TEXT, "number": Kind.NUMBER}


def check_policy(context: RunContext) -> None:
    """Read every formula and rule that is in force on the date, and every salt.

    Raises:
        PolicyError: an expression cannot be read, or speaks of a column that nobody declares.
        SettingsError: the environment variable of a salt is not set.
    """
    settings = context.settings
    kinds = {feature.name: Kind.NUMBER for feature in all_features()}
    kinds |= _of_events(settings, {*kinds, *settings.sources.customers.attributes})
    attributes = {name: KIND_OF_ATTRIBUTE[kind] for name, kind in settings.sources.customers.attributes.items()}
    read_formulas(settings, kinds | attributes, context.as_of)
    for drawn in (settings.policy.holdout, settings.policy.control, settings.policy.exploration):
        if drawn:
            salt(drawn.salt)


def _of_events(settings: Settings, taken: Collection[str]) -> dict[str, Kind]:
    """The features of the kinds of events; raises SettingsError where something else has such a name."""
    events = settings.sources.events
    for kind, words in (events.kinds if events else {}).items():
        clash = sorted({feature.name for feature in event_features({kind: words})} & set(taken))
        if clash:
            path, line = settings.where("sources", ("events", "kinds", kind))
            raise SettingsError(f"{path}:{line}: {clash[0]!r} is a feature or an attribute already; rename the kind")
    return {feature.name: Kind.NUMBER for feature in event_features(events.kinds if events else {})}
