"""The features that a deployment declares by its own words, and those that it wants built."""

import re
from collections.abc import Collection

from conf.settings import Settings
from models.features.channels import channel_features
from models.features.declaration import Feature, all_features
from models.features.events import event_features

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def further_features(settings: Settings) -> tuple[Feature, ...]:
    """The features of the deployment's kinds of events and of its channels."""
    events = settings.sources.events
    of_channels = channel_features(channel.id for channel in settings.channels) if settings.sources.contacts else ()
    return (*event_features(events.kinds if events else {}), *of_channels)


def wanted(settings: Settings) -> frozenset[str]:
    """The names of the features that are built because the policy or a model names them."""
    by_models = {name for model in settings.models.models.values() for name in model.features or ()}
    declared = {feature.name for feature in (*all_features(), *further_features(settings))}
    return frozenset(declared & {*by_models, *WORD.findall(settings.policy.model_dump_json())})


def buildable(features: Collection[Feature], wanted_names: Collection[str]) -> tuple[Feature, ...]:
    """The features that are built: those that models take by default, and those that are wanted."""
    return tuple(feature for feature in features if feature.by_default or feature.name in wanted_names)
